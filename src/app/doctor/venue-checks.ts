// App, `perpscout doctor`: what the venue must offer: an answer, its clock, its list, each stream, a key that may trade and may
// not withdraw, the modes we need, and a conditional order that can be placed, seen and cancelled.
import { chooseUniverse } from '../../../services/data/universe.ts';
import type { BinanceVenue } from '../../adapters/binance/binance.ts';
import { priceToTicks, qtyToSteps, steps } from '../../core/grid.ts';
import type { Instrument, MarketEvent } from '../../core/market.ts';
import { clientOrderId, type SymbolId } from '../../core/units.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Settings } from '../config.ts';
import { bad, type Finding, ok, skipped, warning } from './finding.ts';

const STREAM_WITHIN_MS = 15_000;
/** A clock that is known less well than this makes recvWindow a gamble. */
const CLOCK_ERROR_MS = 500;
/** Far enough below the market that the probe cannot fire while it rests for a second. */
const PROBE_DISTANCE = 0.8;
const PROBE_ID = 'doctor-probe';

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export interface VenueUnderTest {
  readonly venue: BinanceVenue;
  readonly settings: Settings;
  readonly wallClock: WallClock;
  readonly restUrl: string;
}

export async function checkVenue(test: VenueUnderTest): Promise<Finding[]> {
  const { venue, settings, restUrl } = test;
  if (!(await venue.sync())) return [bad('venue', restUrl, 'venue', 69)];
  const findings: Finding[] = [ok('venue', restUrl), clockFinding(venue)];
  const instruments = await venue.feed.instruments().catch((error: unknown) => reasonOf(error));
  if (typeof instruments === 'string') return [...findings, bad('universe', instruments, 'venue', 69)];
  const policy = {
    quoteAsset: settings.UNIVERSE_QUOTE,
    tradifi: settings.UNIVERSE_INCLUDE_TRADFI ? ('include' as const) : ('exclude' as const),
  };
  const { included } = chooseUniverse(instruments, policy, venue.clock.now());
  findings.push(
    included.length > 0
      ? ok('universe', `${included.length} / ${instruments.length}`)
      : bad('universe', `0 / ${instruments.length}`, 'universe', 78),
  );
  const probe = included.find((instrument) => instrument.symbol === 'BTCUSDT') ?? included[0];
  if (probe !== undefined) findings.push(await checkMarketStream(test, probe.symbol));
  return [...findings, ...(await checkAccount(test, probe ?? null))];
}

function clockFinding(venue: BinanceVenue): Finding {
  const clock = venue.health().clock;
  if (clock === null) return bad('clock', '∅', 'venue', 69);
  const found = `±${Math.round(clock.offsetMs)} ms`;
  return clock.offsetMs <= CLOCK_ERROR_MS ? ok('clock', found) : warning('clock', found, 'clock');
}

async function checkMarketStream({ venue, wallClock, settings }: VenueUnderTest, symbol: SymbolId): Promise<Finding> {
  const begunMs = wallClock.now();
  const outcome = await withinTime<string | null>(wallClock, null, (settle, signal) => {
    const sink = (event: MarketEvent): void => {
      if (event.kind !== 'feed') settle(`${symbol} · ${Math.round(wallClock.now() - begunMs)} ms`);
    };
    venue.feed.follow([symbol], settings.ENTRY_TF, sink, signal).catch(() => settle(null));
  });
  return outcome === null ? bad('marketStream', symbol, 'stream', 69) : ok('marketStream', outcome);
}

async function checkUserStream({ venue, wallClock }: VenueUnderTest): Promise<Finding> {
  const begunMs = wallClock.now();
  const outcome = await withinTime<string | null>(wallClock, null, (settle, signal) => {
    venue.broker
      .follow(() => undefined, signal)
      .then(
        () => settle(`${Math.round(wallClock.now() - begunMs)} ms`),
        () => settle(null),
      );
  });
  return outcome === null ? bad('userStream', '∅', 'stream', 69) : ok('userStream', outcome);
}

/** The first answer wins; what still runs is told to end. */
async function withinTime<T>(
  wallClock: WallClock,
  late: T,
  begin: (settle: (value: T) => void, signal: AbortSignal) => void,
): Promise<T> {
  const ending = new AbortController();
  let cancel = (): void => undefined;
  try {
    return await new Promise<T>((resolve) => {
      cancel = wallClock.after(STREAM_WITHIN_MS, () => resolve(late));
      begin(resolve, ending.signal);
    });
  } finally {
    cancel();
    ending.abort();
  }
}

async function checkAccount(test: VenueUnderTest, probe: Instrument | null): Promise<Finding[]> {
  const { venue, settings } = test;
  if (settings.MODE === 'paper') return [skipped('key', settings.MODE)];
  const key = await venue.checkKey();
  if (key.kind === 'unreachable') return [bad('key', key.reason, 'venue', 69)];
  if (key.kind === 'refused') return [bad('key', `${key.code ?? ''} ${key.reason}`.trim(), 'key', 77)];
  const findings: Finding[] = [key.canTrade ? ok('key', 'canTrade') : bad('key', 'canTrade=false', 'canTrade', 77)];
  findings.push(...restrictionFindings(key.restrictions, settings.MODE));
  findings.push(await checkUserStream(test), await checkModes(test), await checkBalance(test));
  if (probe !== null) findings.push(await checkConditional(test, probe));
  return findings;
}

type Restrictions = Extract<Awaited<ReturnType<BinanceVenue['checkKey']>>, { readonly kind: 'ok' }>['restrictions'];

function restrictionFindings(restrictions: Restrictions, mode: string): Finding[] {
  if (restrictions === null) {
    return mode === 'live'
      ? [warning('withdrawal', '∅', 'restrictions')]
      : [skipped('withdrawal', mode), skipped('ipList', mode)];
  }
  return [
    restrictions.withdrawals
      ? bad('withdrawal', 'enableWithdrawals=true', 'withdrawal', 77)
      : ok('withdrawal', 'enableWithdrawals=false'),
    restrictions.ipList ? ok('ipList', 'ipRestrict=true') : warning('ipList', 'ipRestrict=false', 'ipList'),
  ];
}

async function checkModes({ venue }: VenueUnderTest): Promise<Finding> {
  const config = await venue.broker.config();
  if (config === null) return bad('accountModes', '∅', 'venue', 69);
  const found = `dualSidePosition=${config.hedgeMode} · multiAssetsMargin=${config.multiAssets}`;
  if (config.hedgeMode) return bad('accountModes', found, 'oneWay', 78);
  return config.multiAssets ? bad('accountModes', found, 'singleAsset', 78) : ok('accountModes', found);
}

async function checkBalance({ venue }: VenueUnderTest): Promise<Finding> {
  const snapshot = await venue.broker.snapshot();
  if (snapshot === null) return bad('balance', '∅', 'venue', 69);
  const found = `${Number(snapshot.marginBalance).toFixed(2)} USDT · ${snapshot.positions.length} positions`;
  return Number(snapshot.availableBalance) > 0 ? ok('balance', found) : warning('balance', found, 'balance');
}

/** Never with real money: a probe at a live account is an order that nobody asked for, unless trading is switched on. */
async function checkConditional({ venue, settings, wallClock }: VenueUnderTest, probe: Instrument): Promise<Finding> {
  if (settings.MODE === 'live' && !settings.TRADING_ENABLED) return skipped('conditionalOrders', 'TRADING_ENABLED=false');
  const [bar] = await venue.feed.history({ symbol: probe.symbol, timeframe: settings.ENTRY_TF, count: 1 });
  if (bar === undefined) return bad('conditionalOrders', probe.symbol, 'venue', 69);
  const enough = (probe.minNotionalUsdt * 1.1) / (bar.close * PROBE_DISTANCE);
  const clientId = clientOrderId(`${PROBE_ID}-${Math.floor(wallClock.epoch() / 1_000)}`);
  const placed = await venue.broker.placeConditional({
    symbol: probe.symbol,
    clientId,
    type: 'stopMarket',
    action: 'sell',
    trigger: priceToTicks(bar.close * PROBE_DISTANCE, probe.grid, 'down'),
    workingType: 'mark',
    coverage: { kind: 'reduceOnly', steps: steps(qtyToSteps(Math.max(enough, probe.marketMinQty), probe.grid) + 1) },
    priceProtect: 'off',
  });
  if (placed.kind === 'rejected')
    return bad('conditionalOrders', `${probe.symbol}: ${placed.code} ${placed.reason}`, 'conditional', 77);
  const listed = (await venue.broker.openConditionals(probe.symbol))?.some((order) => order.clientId === clientId) ?? false;
  const canceled = await venue.broker.cancelConditional(probe.symbol, clientId);
  const found = `${probe.symbol}: ${placed.kind}, ${listed ? 'listed' : 'not listed'}, ${canceled.kind}`;
  return placed.kind === 'accepted' && listed && canceled.kind === 'canceled'
    ? ok('conditionalOrders', found)
    : bad('conditionalOrders', found, 'conditional', 69);
}
