// App, `perpscout run`: the whole bot. Opens the venue, the journal and the four rooms, loads the market, and runs the loop
// until it is told to stop; then it says what rests on the exchange. The rooms are loaded after the settings were read, so that a
// refusal comes at once.
import { mkdirSync } from 'node:fs';
import { systemClock } from '../../adapters/clock/system.ts';
import { acquireInstanceLock } from '../../adapters/journal/instance-lock.ts';
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings, type Settings } from '../config.ts';
import { holdPath } from '../data-files.ts';
import { HoldFile } from '../hold-file.ts';
import { logger } from '../log.ts';
import { type MarketChoice, marketArgs, marketChoice } from '../market-options.ts';
import { keepHeapModest } from '../modest-heap.ts';
import { Probe } from '../probe.ts';
import { checkWritable } from '../replay/journal-writer.ts';
import type { OpenedVenue, VenueTools } from '../venue.ts';

/** Without a chat that lives in real time the embedded exchange may run this much faster than the clock on the wall. */
const DEFAULT_SIM_SPEED = 60;

export async function run(args: ParsedArgs): Promise<number> {
  const settings = withMode(loadSettings(process.env), args);
  keepHeapModest();
  const forMs = args.durationMs('for');
  const choice = marketChoice(args);
  const record = args.text('record');
  if (record !== null) checkWritable(record);
  mkdirSync(settings.DATA_DIR, { recursive: true, mode: 0o700 });
  const lock = acquireInstanceLock(settings.DATA_DIR, process.pid);
  const holds = new HoldFile(holdPath(settings));
  const tools: VenueTools = { wallClock: systemClock, logger: logger(settings), holds };
  const probePath = args.text('probe');
  const probe = probePath === null ? null : new Probe(probePath, tools.wallClock);
  const start = args.has('fresh') ? 'fresh' : 'resume';
  const entries = args.has('allow-entries') ? 'allowed' : 'asLatched';
  const asked = { forMs, start, entries, output: args.has('json') ? 'json' : 'text', probe, record } as const;
  try {
    const { runSession } = await import('../session.ts');
    return await runSession(settings, asked, tools, () => openVenue(settings, { args, choice }, tools));
  } finally {
    probe?.close();
    lock.release();
  }
}

function withMode(settings: Settings, args: ParsedArgs): Settings {
  const mode = args.oneOf('mode', ['sim', 'paper', 'testnet', 'live']) ?? settings.MODE;
  if (mode === 'live' && settings.TRADING_ENABLED && settings.LIVE_CONFIRM === '') {
    throw new StartError(78, 'mode live with TRADING_ENABLED=true needs LIVE_CONFIRM=I-ACCEPT-THE-RISK');
  }
  return { ...settings, MODE: mode };
}

interface Wish {
  readonly args: ParsedArgs;
  readonly choice: MarketChoice;
}

async function openVenue(settings: Settings, wish: Wish, tools: VenueTools): Promise<OpenedVenue> {
  const { openBinance, openPaper } = await import('../venue.ts');
  if (settings.MODE === 'testnet' || settings.MODE === 'live') return openBinance(settings.MODE, settings, tools);
  if (settings.MODE === 'sim') return openEmbedded(settings, wish, tools);
  const { args } = wish;
  const playsMarket = MARKET_WORDS.some((name) => args.text(name) !== null);
  const embedded = playsMarket ? await openEmbedded(settings, wish, tools) : null;
  return openPaper(settings, { embedded, start: args.has('fresh') ? 'fresh' : 'resume' }, tools);
}

/** Any of these asks for an embedded exchange: paper mode has the real venue's prices otherwise. */
const MARKET_WORDS = ['exchange', 'recorded', 'symbols', 'seed', 'from', 'speed'];

async function openEmbedded(settings: Settings, { args, choice }: Wish, tools: VenueTools): Promise<OpenedVenue> {
  const { joinSim, spawnSim } = await import('../venue.ts');
  const url = args.text('exchange');
  if (url !== null) {
    if (!URL.canParse(url))
      throw new StartError(2, `perpscout run: --exchange is "${url}"; allowed: the rest URL that perpscout exchange prints`);
    return joinSim(url.replace(/\/+$/, ''), url.replace(/^http/, 'ws').replace(/\/+$/, ''), tools, null);
  }
  const speed = choice.speed ?? (settings.DISCORD_TOKEN === '' ? DEFAULT_SIM_SPEED : 1);
  const words = [...marketArgs(choice), '--speed', String(speed), ...(args.has('fresh') ? ['--fresh'] : [])];
  return spawnSim(words, { ...process.env, DATA_DIR: settings.DATA_DIR }, tools);
}
