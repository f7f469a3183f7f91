// Emulator, streams: what a stream's name means, and the one root it belongs to (§1.2, §8).
import { type Interval, intervalOf } from './intervals.ts';

export type StreamRoot = 'market' | 'public' | 'private';

export type Meaning =
  | { readonly kind: 'kline'; readonly index: number; readonly interval: Interval; readonly form: 'plain' | 'continuous' }
  | { readonly kind: 'mark' | 'aggTrade' | 'ticker' | 'miniTicker' | 'forceOrder'; readonly index: number }
  | { readonly kind: 'markArray' | 'tickerArray' | 'miniTickerArray' | 'forceOrderArray' | 'contractInfo' | 'tradingSession' }
  | { readonly kind: 'bookTicker' | 'trade'; readonly index: number }
  | { readonly kind: 'bookTickerArray' }
  /** `levels` null: the differences of the whole book. */
  | { readonly kind: 'depth'; readonly index: number; readonly levels: number | null; readonly everyMs: number };

export interface NamedContract {
  readonly index: number;
  /** Contract type in lower case, as continuous candles name it. */
  readonly type: string;
}

const WHOLE_MARKET: Readonly<Record<string, Exclude<Meaning, { readonly index: number }>['kind']>> = {
  '!markPrice@arr': 'markArray',
  '!markPrice@arr@1s': 'markArray',
  '!ticker@arr': 'tickerArray',
  '!miniTicker@arr': 'miniTickerArray',
  '!forceOrder@arr': 'forceOrderArray',
  '!contractInfo': 'contractInfo',
  '!bookTicker': 'bookTickerArray',
  tradingSession: 'tradingSession',
};

const OF_SYMBOL = new Map<string, 'mark' | 'aggTrade' | 'ticker' | 'miniTicker' | 'forceOrder' | 'bookTicker' | 'trade'>([
  ['markPrice', 'mark'],
  ['markPrice@1s', 'mark'],
  ['aggTrade', 'aggTrade'],
  ['ticker', 'ticker'],
  ['miniTicker', 'miniTicker'],
  ['forceOrder', 'forceOrder'],
  ['bookTicker', 'bookTicker'],
  ['trade', 'trade'],
]);

export const rootOf = (meaning: Meaning): StreamRoot => {
  const isPublic = ['bookTicker', 'bookTickerArray', 'trade', 'depth'].includes(meaning.kind);
  return isPublic ? 'public' : 'market';
};

/** Null for a name that no stream has: it is acknowledged and stays silent. Names are lower case but for their topics. */
export function meaningOf(name: string, contracts: ReadonlyMap<string, NamedContract>): Meaning | null {
  const whole = WHOLE_MARKET[name];
  if (whole !== undefined) return { kind: whole };
  const cut = name.indexOf('@');
  if (cut < 0) return null;
  const subject = name.slice(0, cut);
  const topic = name.slice(cut + 1);
  if (topic.startsWith('continuousKline_')) return continuous(subject, topic, contracts);
  const index = contracts.get(subject)?.index;
  if (index === undefined) return null;
  const plain = OF_SYMBOL.get(topic);
  if (plain !== undefined) return { kind: plain, index };
  if (topic.startsWith('kline_')) return candle(index, topic.slice('kline_'.length), 'plain');
  return depth(index, topic);
}

function candle(index: number, intervalName: string, form: 'plain' | 'continuous'): Meaning | null {
  const interval = intervalOf(intervalName);
  return interval === null ? null : { kind: 'kline', index, interval, form };
}

/** btcusdt_perpetual@continuousKline_1m: pair and contract type, which may itself hold an underscore. */
function continuous(subject: string, topic: string, contracts: ReadonlyMap<string, NamedContract>): Meaning | null {
  const cut = subject.indexOf('_');
  const contract = cut < 0 ? undefined : contracts.get(subject.slice(0, cut));
  if (contract === undefined || contract.type !== subject.slice(cut + 1)) return null;
  return candle(contract.index, topic.slice('continuousKline_'.length), 'continuous');
}

function depth(index: number, topic: string): Meaning | null {
  // Without retail price improvement orders in this market both kinds of book are the same.
  if (topic === 'rpiDepth@500ms') return { kind: 'depth', index, levels: null, everyMs: 500 };
  const found = /^depth(5|10|20)?(?:@(100|250|500)ms)?$/.exec(topic);
  if (found === null) return null;
  return { kind: 'depth', index, levels: found[1] === undefined ? null : Number(found[1]), everyMs: Number(found[2] ?? 250) };
}
