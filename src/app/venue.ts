// App: the venue a run speaks to, as ports. `sim` starts (or joins) the embedded exchange and keeps step with it; testnet and
// live are the same adapter on other hosts; paper puts a simulated account on any market's prices. After this file nobody knows
// which one it is.

import { type BinanceVenue, createBinance } from '../adapters/binance/binance.ts';
import { ControlDoor, readExchangeState } from '../adapters/exchange-control/client.ts';
import { immediatePacer, realTimePacer } from '../adapters/exchange-control/immediate-pacer.ts';
import { ExchangePacer } from '../adapters/exchange-control/pacer.ts';
import { type SpawnedExchange, spawnExchange } from '../adapters/exchange-control/spawn.ts';
import { SeededRandom } from '../core/random.ts';
import type { WallClock } from '../ports/clock.ts';
import { StartError } from '../ports/errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { Pacer } from '../ports/pacer.ts';
import type { Settings } from './config.ts';
import { paperPath } from './data-files.ts';
import { type HoldFile, stayAwayWhileHeld } from './hold-file.ts';
import { PaperAccountFile } from './paper/account-file.ts';
import { openPaperVenue } from './paper/paper-venue.ts';

export interface OpenedVenue {
  readonly venue: BinanceVenue;
  readonly pacer: Pacer;
  readonly restUrl: string;
  readonly accountId: string;
  /** Whether signed requests can be sent there. */
  readonly keyed: boolean;
  /** Where market time stood when we came, and how fast it may run. */
  readonly startedMs: number;
  readonly speed: number;
  /** Whether the key may withdraw; `notApplicable` where the venue knows no such right. */
  readonly withdrawRight: 'off' | 'on' | 'unknown' | 'notApplicable';
  /** Market time over wall time since we attached; null for a venue in real time. */
  achievedSpeed(): Promise<number | null>;
  close(): Promise<void>;
}

export interface VenueTools {
  readonly wallClock: WallClock;
  readonly logger: Logger;
  /** Where a wait that the venue asked for outlives the process; absent where nobody comes back. */
  readonly holds?: HoldFile;
}

/** Waits of an earlier run are kept to, those of this run are kept for the next. */
const holding = ({ holds, logger }: VenueTools, restUrl: string) => ({
  heldUntilMs: holds?.untilMs(restUrl) ?? 0,
  onHold: (untilMs: number): void => {
    try {
      holds?.keep({ restUrl, untilMs });
    } catch (error) {
      // This run keeps to the wait all the same; only a restart would not know of it.
      logger.warn({ untilMs, error: error instanceof Error ? error.message : String(error) }, 'the wait could not be kept');
    }
  },
});

const READY_WITHIN_MS = 60_000;

/** Starts `perpscout exchange` as a second process with these words and joins it. */
export async function spawnSim(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  tools: VenueTools,
): Promise<OpenedVenue> {
  const shim = new URL(import.meta.url.endsWith('.ts') ? '../perpscout.mjs' : '../../../src/perpscout.mjs', import.meta.url);
  const child = await spawnExchange({
    argv: [process.execPath, shim.pathname, 'exchange', ...words],
    environment: { ...environment, PERPSCOUT_CHILD: '1' },
    readyWithinMs: READY_WITHIN_MS,
    onStderrLine: (line) => tools.logger.warn({ line }, 'the exchange says'),
  });
  try {
    return await joinSim(child.rest, child.ws, tools, child);
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Joins a running embedded exchange by its rest URL. */
export async function joinSim(
  restUrl: string,
  wsUrl: string,
  tools: VenueTools,
  child: SpawnedExchange | null,
): Promise<OpenedVenue> {
  const state = await readExchangeState(restUrl).catch((error: unknown) => {
    throw new StartError(69, `no embedded exchange answers at ${restUrl}; start one with: perpscout exchange`, { cause: error });
  });
  tools.holds?.check(restUrl, state.nowMs);
  const stopping = new AbortController();
  const paced = state.speed === 1 ? 'realTime' : 'paced';
  const venue = createBinance({
    restUrl,
    wsUrl,
    apiKey: state.apiKey,
    apiSecret: state.apiSecret,
    wallClock: tools.wallClock,
    random: new SeededRandom(1),
    logger: tools.logger,
    paced,
    accountId: state.accountId,
    nowMs: state.nowMs,
    ...holding(tools, restUrl),
  });
  const signal = stopping.signal;
  const pacer =
    paced === 'paced'
      ? new ExchangePacer({ restUrl, feed: venue.feed, broker: venue.broker, logger: tools.logger, signal })
      : realTimePacer(new ControlDoor(restUrl, signal));
  return {
    venue,
    pacer,
    restUrl,
    accountId: state.accountId,
    keyed: true,
    startedMs: state.nowMs,
    speed: state.speed,
    withdrawRight: 'notApplicable',
    achievedSpeed: async () => numberIn((await readExchangeState(restUrl)).all, 'achievedSpeed'),
    close: async () => {
      stopping.abort();
      venue.stop();
      await child?.stop();
    },
  };
}

function numberIn(all: Readonly<Record<string, unknown>>, name: string): number | null {
  const clock = all['clock'];
  const found =
    typeof clock === 'object' && clock !== null ? Object.entries(clock).find(([key]) => key === name)?.[1] : all[name];
  return typeof found === 'number' ? found : null;
}

const HOSTS = {
  testnet: { rest: 'https://demo-fapi.binance.com', ws: 'wss://demo-fstream.binance.com' },
  live: { rest: 'https://fapi.binance.com', ws: 'wss://fstream.binance.com' },
} as const;

/** The real venue or its demo twin, not asked for anything yet; keys from the settings. */
export function binanceOf(
  mode: 'testnet' | 'live',
  settings: Settings,
  tools: VenueTools,
): { venue: BinanceVenue; restUrl: string } {
  const restUrl = settings.BINANCE_REST_URL || HOSTS[mode].rest;
  const venue = createBinance({
    restUrl,
    wsUrl: settings.BINANCE_WS_URL || HOSTS[mode].ws,
    apiKey: settings.BINANCE_API_KEY,
    apiSecret: settings.BINANCE_API_SECRET,
    wallClock: tools.wallClock,
    random: new SeededRandom(Math.floor(tools.wallClock.epoch())),
    logger: tools.logger,
    paced: 'realTime',
    accountId: null,
    ...holding(tools, restUrl),
  });
  return { venue, restUrl };
}

/** Opens it for trading: refuses to start where the venue, the key or its rights do not allow it. */
export async function openBinance(mode: 'testnet' | 'live', settings: Settings, tools: VenueTools): Promise<OpenedVenue> {
  if (settings.BINANCE_API_KEY === '' || settings.BINANCE_API_SECRET === '') {
    throw new StartError(77, `mode ${mode} needs BINANCE_API_KEY and BINANCE_API_SECRET (or their _FILE forms)`);
  }
  const { venue, restUrl } = binanceOf(mode, settings, tools);
  tools.holds?.check(restUrl, tools.wallClock.epoch());
  const answered = await venue.sync();
  stayAwayWhileHeld(restUrl, venue);
  if (!answered) throw new StartError(69, `${restUrl} does not answer; check the network or BINANCE_REST_URL`);
  const key = await venue.checkKey();
  if (key.kind === 'refused') throw new StartError(77, `the venue refuses the key (${key.code ?? 'no code'}): ${key.reason}`);
  const restrictions = key.kind === 'ok' ? key.restrictions : null;
  if (restrictions?.withdrawals === true)
    throw new StartError(77, 'this key may withdraw; create one without the withdrawal right');
  return {
    venue,
    pacer: immediatePacer,
    restUrl,
    withdrawRight: mode === 'testnet' ? 'notApplicable' : restrictions === null ? 'unknown' : 'off',
    accountId: await venue.broker.accountId(),
    keyed: true,
    startedMs: venue.clock.now(),
    speed: 1,
    achievedSpeed: async () => null,
    close: async () => venue.stop(),
  };
}

/** The market of a paper run: an embedded exchange that was opened for it, or the real venue's public side. */
export async function openPaper(
  settings: Settings,
  { embedded, start }: { readonly embedded: OpenedVenue | null; readonly start: 'resume' | 'fresh' },
  tools: VenueTools,
): Promise<OpenedVenue> {
  const market = embedded ?? (await loopbackExchange(settings, tools)) ?? (await publicSide(settings, tools));
  try {
    const file = new PaperAccountFile(paperPath(settings));
    const generation = start === 'fresh' ? file.setAside(new Date().toISOString().replace(/[:.]/g, '-')) : 1;
    const paper = await openPaperVenue({
      market: market.venue,
      marketName: market.accountId,
      settings,
      file,
      generation,
      logger: tools.logger,
      brackets: market.keyed ? 'asked' : 'assumed',
    });
    return {
      ...market,
      venue: paper.venue,
      accountId: paper.accountId,
      withdrawRight: 'notApplicable',
      close: async () => {
        paper.close();
        await market.close();
      },
    };
  } catch (error) {
    await market.close();
    throw error;
  }
}

/** BINANCE_REST_URL on this machine is most likely a `perpscout exchange`, whose clock has to be kept step with. */
export async function loopbackExchange(settings: Settings, tools: VenueTools): Promise<OpenedVenue | null> {
  const restUrl = settings.BINANCE_REST_URL;
  if (!restUrl.startsWith('http:')) return null;
  const wsUrl = settings.BINANCE_WS_URL || restUrl.replace(/^http/, 'ws');
  return joinSim(restUrl, wsUrl, tools, null);
}

/** Prices need no key: where one is set, it is used for the leverage brackets alone. */
async function publicSide(settings: Settings, tools: VenueTools): Promise<OpenedVenue> {
  const { venue, restUrl } = binanceOf('live', settings, tools);
  tools.holds?.check(restUrl, tools.wallClock.epoch());
  const answered = await venue.sync();
  stayAwayWhileHeld(restUrl, venue);
  if (!answered) {
    venue.stop();
    throw new StartError(69, `${restUrl} does not answer; check the network or BINANCE_REST_URL`);
  }
  return {
    venue,
    pacer: immediatePacer,
    restUrl,
    accountId: new URL(restUrl).host,
    keyed: settings.BINANCE_API_KEY !== '' && settings.BINANCE_API_SECRET !== '',
    withdrawRight: 'notApplicable',
    startedMs: venue.clock.now(),
    speed: 1,
    achievedSpeed: async () => null,
    close: async () => venue.stop(),
  };
}
