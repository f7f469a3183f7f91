// Risk, room 5: may this signal take a real slot? Each guard is a named pure function; the list and its order are the policy.
import type { Instrument, Mark } from '../core/market.ts';
import type { Signal } from '../core/signal.ts';
import { DAY_MS, timeframeMs } from '../core/timeframe.ts';
import { type EpochMs, type Side, type SymbolId, sideSign } from '../core/units.ts';
import { dailyLossPct, type LimitsState } from './limits.ts';
import { type ModelFilterSettings, type ModelOpinion, modelVerdict } from './model-filter.ts';
import type { RiskSettings } from './settings.ts';
import { type RefusalReason, type Refused, refused } from './verdict.ts';

/** A real position, an unresolved entry or an armed one: each takes a slot (invariant I9). */
export interface HeldSlot {
  readonly symbol: SymbolId;
  readonly side: Side;
}

/** A real entry that was decided: what the cluster cap counts, however it ended. */
export interface DecidedEntry {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly barCloseMs: EpochMs;
}

/** The market outside the symbol; null and NaN where it is not known. */
export interface MarketMood {
  /** BTC's trend close against its EMA200: +1, 0, −1. */
  readonly btcTrend: number | null;
  /** Share of symbols above their EMA200, 0–1. */
  readonly breadthEma200: number;
}

export interface GuardContext {
  readonly signal: Signal;
  /** Place among the signals of the same minute, 1 = best. */
  readonly rank: number;
  readonly now: EpochMs;
  /** Null: the contract is not on the venue's list any more. */
  readonly instrument: Instrument | null;
  readonly slots: readonly HeldSlot[];
  /** Newest real entries, at least those of the last `clusterMinutes`. */
  readonly entries: readonly DecidedEntry[];
  readonly limits: LimitsState;
  readonly equityUsdt: number;
  readonly mark: Mark | null;
  readonly market: MarketMood;
  /** Symbols on which a person wants no entries. */
  readonly blacklist?: ReadonlySet<SymbolId>;
  /** What the model thinks of the signal; absent where no filter is set up. */
  readonly model?: { readonly opinion: ModelOpinion | null; readonly settings: ModelFilterSettings };
  readonly settings: RiskSettings;
}

/** The guard could not judge: the signal passes and the gap is counted. */
export interface Unanswered {
  readonly kind: 'noData';
  readonly guard: RefusalReason;
  readonly text: string;
}

export type GuardAnswer = null | Refused | Unanswered;
export type Guard = (context: GuardContext) => GuardAnswer;

/** Contract §8.1: only the best three of a minute may take a real slot. */
export const MAX_REAL_RANK = 3;
/** Contract §8.18: thirty bars is the one cool-down there is; a losing symbol and a losing streak wait as long. */
export const COOLDOWN_BARS = 30;
/** Three stops in a row happen one time in eight by luck alone; it is the point where waiting is cheap. */
export const LOSING_STREAK = 3;
/** A settlement this near is paid before the trade can have earned it. */
export const FUNDING_NEAR_MS = 10 * 60_000;
/** Settling contracts lose their book first: three days before delivery nothing new is opened. */
export const DELISTING_MS = 3 * DAY_MS;
/** Against BTC's trend and against three quarters of the market at once. */
export const BREADTH_EXTREME = 0.25;

const cooldownMs = (signal: Signal): number => COOLDOWN_BARS * timeframeMs(signal.entryTimeframe);
const minutes = (ms: number): string => `${Math.ceil(ms / 60_000)} min`;

export const blacklisted: Guard = ({ signal, blacklist }) =>
  blacklist?.has(signal.symbol) ? refused('blacklist', `${signal.symbol} is on the blacklist`) : null;

/** A signal is emitted at the score of the start; a person may have asked for more since. */
export const minConfidence: Guard = ({ signal, settings }) =>
  signal.score >= settings.minConfidence
    ? null
    : refused('confidence', `a score of ${signal.score}, ${settings.minConfidence} is asked for`);

/** Refuses what the model finds too unlikely; without a model every signal passes, and the gap is counted. */
export const modelFilter: Guard = ({ model }) => {
  if (model === undefined) return null;
  const verdict = modelVerdict(model.opinion, model.settings);
  switch (verdict.kind) {
    case 'pass':
      return null;
    case 'refused':
      return refused('model', verdict.text);
    case 'noModel':
      return { kind: 'noData', guard: 'model', text: 'there is no model to ask' };
  }
};

/** One real entry per side in a burst: same-minute signals of correlated coins are one bet, not many (contract §8.20). */
export const clusterCap: Guard = ({ signal, entries, settings }) => {
  const windowMs = settings.clusterMinutes * 60_000;
  const before = entries.find((entry) => entry.side === signal.side && Math.abs(signal.barCloseMs - entry.barCloseMs) < windowMs);
  if (before === undefined) return null;
  return refused('cluster', `${before.symbol} was entered ${signal.side} within the last ${settings.clusterMinutes} min`);
};

export const rankCap: Guard = ({ rank }) =>
  rank <= MAX_REAL_RANK ? null : refused('rank', `rank ${rank} of its minute, real entries stop at ${MAX_REAL_RANK}`);

export const maxPositions: Guard = ({ slots, settings }) =>
  slots.length < settings.maxPositions
    ? null
    : refused('maxPositions', `${slots.length} of ${settings.maxPositions} slots are taken`);

export const perSymbol: Guard = ({ signal, slots }) =>
  slots.some((slot) => slot.symbol === signal.symbol)
    ? refused('perSymbol', `${signal.symbol} is held or still unresolved`)
    : null;

export const cooldown: Guard = ({ signal, limits, now }) => {
  const lossMs = limits.lastLossBySymbol.get(signal.symbol);
  if (lossMs === undefined || now - lossMs >= cooldownMs(signal)) return null;
  return refused('cooldown', `${signal.symbol} lost ${minutes(now - lossMs)} ago; it waits ${COOLDOWN_BARS} bars`);
};

export const losingStreak: Guard = ({ signal, limits, now }) => {
  if (limits.losingStreak < LOSING_STREAK || limits.lastLossMs === null || now - limits.lastLossMs >= cooldownMs(signal))
    return null;
  return refused(
    'losingStreak',
    `${limits.losingStreak} losses in a row, the last ${minutes(now - limits.lastLossMs)} ago; entries wait ${COOLDOWN_BARS} bars`,
  );
};

export const dailyLoss: Guard = ({ limits, equityUsdt, settings }) => {
  const lossPct = dailyLossPct(limits, equityUsdt);
  if (lossPct < settings.dailyLossLimitPct) return null;
  return refused('dailyLoss', `the day lost ${lossPct.toFixed(2)} %, the limit is ${settings.dailyLossLimitPct} %`);
};

export const contractStatus: Guard = ({ signal, instrument }) => {
  if (instrument === null) return refused('contractStatus', `${signal.symbol} is not on the venue's list`);
  return instrument.status === 'TRADING' ? null : refused('contractStatus', `${signal.symbol} is ${instrument.status}`);
};

export const delisting: Guard = ({ signal, instrument, now }) => {
  if (instrument === null || instrument.deliveryMs - now >= DELISTING_MS) return null;
  return refused('delisting', `${signal.symbol} is delivered in ${((instrument.deliveryMs - now) / DAY_MS).toFixed(1)} days`);
};

/** An unknown volume is no volume: what cannot be shown to be liquid is scanned and labelled, never entered. */
export const liquidity: Guard = ({ signal, settings }) => {
  if (signal.quoteVolume24hUsdt >= settings.minQuoteVolume24hUsdt) return null;
  const found = Number.isNaN(signal.quoteVolume24hUsdt) ? 'an unknown volume' : `${Math.round(signal.quoteVolume24hUsdt)} USDT`;
  return refused('liquidity', `${signal.symbol} traded ${found} in 24 h, ${settings.minQuoteVolume24hUsdt} are needed`);
};

/** Refuses where the next settlement is near and takes from us at least what the whole round trip costs. */
export const fundingTooNear: Guard = ({ signal, mark, now, settings }) => {
  if (mark === null || !Number.isFinite(mark.fundingRate) || !Number.isFinite(mark.nextFundingMs))
    return { kind: 'noData', guard: 'funding', text: `the funding of ${signal.symbol} is not known` };
  const inMs = mark.nextFundingMs - now;
  const paidBps = mark.fundingRate * sideSign(signal.side) * 10_000;
  const roundTripBps = 2 * (settings.takerFeeBps + settings.slippageBps);
  if (inMs < 0 || inMs > FUNDING_NEAR_MS || paidBps < roundTripBps) return null;
  return refused(
    'funding',
    `${signal.symbol} settles in ${minutes(inMs)} and takes ${paidBps.toFixed(1)} bp from a ${signal.side}`,
  );
};

/** Against BTC's trend and against nearly the whole market at once, a set-up of one coin is not worth a slot. */
export const marketSafety: Guard = ({ signal, market }) => {
  if (market.btcTrend === null || Number.isNaN(market.breadthEma200))
    return {
      kind: 'noData',
      guard: 'marketSafety',
      text: market.btcTrend === null ? 'the trend of BTC is not known' : 'the breadth of the market is not known',
    };
  const sign = sideSign(signal.side);
  const withUs = signal.side === 'long' ? market.breadthEma200 : 1 - market.breadthEma200;
  if (market.btcTrend * sign >= 0 || withUs >= BREADTH_EXTREME) return null;
  return refused(
    'marketSafety',
    `BTC trends against a ${signal.side} and only ${(withUs * 100).toFixed(0)} % of the market goes with it`,
  );
};

export interface Quote {
  readonly bid: number;
  readonly ask: number;
}

export const spreadBps = ({ bid, ask }: Quote): number => ((ask - bid) / ((ask + bid) / 2)) * 10_000;

/** Judged last, on the quote of the moment in which the entry would leave: a spread is no property of a closed bar. */
export function spreadTooWide(quote: Quote | null, settings: Pick<RiskSettings, 'maxSpreadBps'>): Refused | Unanswered | null {
  const bps = quote === null ? Number.NaN : spreadBps(quote);
  if (!Number.isFinite(bps)) return { kind: 'noData', guard: 'spread', text: 'the spread is not known' };
  if (bps <= settings.maxSpreadBps) return null;
  return refused('spread', `the spread is ${bps.toFixed(1)} bp, ${settings.maxSpreadBps} are allowed`);
}

/** The policy: the first refusal is the reason that is stored. The cluster cap stands before the per-minute cap (contract §8.20). */
export const GUARDS: readonly Guard[] = [
  blacklisted,
  minConfidence,
  modelFilter,
  clusterCap,
  rankCap,
  maxPositions,
  perSymbol,
  contractStatus,
  delisting,
  liquidity,
  cooldown,
  losingStreak,
  dailyLoss,
  fundingTooNear,
  marketSafety,
];

export interface GuardVerdict {
  readonly refusal: Refused | null;
  /** Guards that had no data to judge by, up to the first refusal. */
  readonly unanswered: readonly Unanswered[];
}

export function applyGuards(context: GuardContext, guards: readonly Guard[] = GUARDS): GuardVerdict {
  const unanswered: Unanswered[] = [];
  for (const guard of guards) {
    const answer = guard(context);
    if (answer?.kind === 'refused') return { refusal: answer, unanswered };
    if (answer?.kind === 'noData') unanswered.push(answer);
  }
  return { refusal: null, unanswered };
}
