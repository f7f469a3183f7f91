// Emulator, market: the 24-hour statistics of a contract. Closed hours are kept as figures, so that a whole market costs one
// new hour a contract each hour and the running hour at each question.
import { invariant } from '../core/units.ts';
import { type Interval, intervalOf } from './intervals.ts';
import type { MarketBar } from './market/source.ts';
import type { MarketView } from './market-view.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The oldest, partly expired hour is left out of the window. */
const CLOSED_HOURS = 23;

function hourInterval(): Interval {
  const hour = intervalOf('1h');
  invariant(hour !== null, '1h is an interval');
  return hour;
}
const HOUR = hourInterval();

/** What the window needs of an hour, ascending by open. */
interface Hour {
  readonly openMs: number;
  readonly bar: MarketBar | null;
}

/** Keyed by view so that two exchanges share nothing; a scripted price makes an hour stale (see `epoch`). */
const closedHours = new WeakMap<MarketView, Map<number, { readonly epoch: number; readonly hours: readonly Hour[] }>>();

export interface DayFigures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly last: number;
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  readonly firstOpenMs: number | null;
}

export function dayFigures(view: MarketView, index: number, atMs: number): DayFigures {
  const last = view.last(index, atMs);
  const sum = { open: last, high: last, low: last, volume: 0, quoteVolume: 0, trades: 0, firstOpenMs: null as number | null };
  const include = (bar: MarketBar): void => {
    if (sum.firstOpenMs === null) {
      sum.firstOpenMs = bar.openMs;
      sum.open = bar.open;
    }
    sum.high = Math.max(sum.high, bar.high);
    sum.low = Math.min(sum.low, bar.low);
    sum.volume += bar.volume;
    sum.quoteVolume += bar.quoteVolume > 0 ? bar.quoteVolume : bar.volume * bar.close;
    sum.trades += bar.trades;
  };
  for (const { bar } of hoursOf(view, index, atMs)) if (bar !== null) include(bar);
  const forming = view.forming(index, HOUR, atMs);
  if (forming !== null) include(forming);
  return { ...sum, last };
}

export const dayVolume = (view: MarketView, index: number, atMs: number): number => dayFigures(view, index, atMs).volume;

/** True once a contract's hours have been read: from then on it costs one hour each hour. */
export const isDayKnown = (view: MarketView, index: number): boolean => closedHours.get(view)?.get(index)?.epoch === view.epoch;

const SLICE_MS = 8;

/**
 * The whole market's figures as JSON text, made in slices: a cold market takes seconds, and other requests and frames get
 * their turn in between.
 */
export async function dayTickers(desk: { readonly view: MarketView; now(): number }): Promise<string> {
  const { view } = desk;
  const rows: string[] = [];
  let since = performance.now();
  for (let index = 0; index < view.source.contracts.length; index++) {
    const atMs = desk.now();
    if (view.listed(index, atMs)) rows.push(JSON.stringify(dayTicker(view, index, atMs)));
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
  return `[${rows.join(',')}]`;
}

function hoursOf(view: MarketView, index: number, atMs: number): readonly Hour[] {
  const openHourMs = HOUR.open(atMs);
  const held = closedHours.get(view) ?? new Map<number, { readonly epoch: number; readonly hours: readonly Hour[] }>();
  closedHours.set(view, held);
  const known = held.get(index);
  const usable = known?.epoch === view.epoch ? known.hours : [];
  if (known?.epoch === view.epoch && usable.at(-1)?.openMs === openHourMs - HOUR_MS) return usable;
  const fromMs = openHourMs - CLOSED_HOURS * HOUR_MS;
  const kept = usable.filter((hour) => hour.openMs >= fromMs && hour.openMs < openHourMs);
  const missingFromMs = (kept.at(-1)?.openMs ?? fromMs - HOUR_MS) + HOUR_MS;
  const bars = view.closed(index, HOUR, { fromMs: missingFromMs, toMs: openHourMs - 1, atMs });
  const hours = [...kept];
  for (let openMs = missingFromMs; openMs < openHourMs; openMs += HOUR_MS) {
    hours.push({ openMs, bar: bars.find((bar) => bar.openMs === openMs) ?? null });
  }
  held.set(index, { epoch: view.epoch, hours });
  return hours;
}

/** The figures in the words of REST ticker/24hr. */
export function dayTicker(view: MarketView, index: number, atMs: number): Record<string, unknown> {
  const contract = view.contract(index);
  const text = dayTexts(view, index, atMs);
  return {
    symbol: contract.symbol,
    priceChange: text.priceChange,
    priceChangePercent: text.priceChangePercent,
    weightedAvgPrice: text.weightedAvgPrice,
    lastPrice: text.last,
    lastQty: contract.minQty,
    openPrice: text.open,
    highPrice: text.high,
    lowPrice: text.low,
    volume: text.volume,
    quoteVolume: text.quoteVolume,
    openTime: atMs - DAY_MS,
    closeTime: atMs,
    firstId: text.firstId,
    lastId: text.lastId,
    count: text.trades,
  };
}

export interface DayTexts {
  readonly priceChange: string;
  readonly priceChangePercent: string;
  readonly weightedAvgPrice: string;
  readonly last: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly volume: string;
  readonly quoteVolume: string;
  readonly firstId: number;
  readonly lastId: number;
  readonly trades: number;
}

export function dayTexts(view: MarketView, index: number, atMs: number): DayTexts {
  const contract = view.contract(index);
  const day = dayFigures(view, index, atMs);
  const price = (value: number): string => value.toFixed(contract.pricePrecision);
  const firstId = day.firstOpenMs === null || day.trades === 0 ? -1 : (day.firstOpenMs / 60_000) * 1_000_000;
  return {
    priceChange: price(day.last - day.open),
    priceChangePercent: (day.open > 0 ? ((day.last - day.open) / day.open) * 100 : 0).toFixed(3),
    weightedAvgPrice: price(day.volume > 0 ? day.quoteVolume / day.volume : day.last),
    last: price(day.last),
    open: price(day.open),
    high: price(day.high),
    low: price(day.low),
    volume: day.volume.toFixed(contract.quantityPrecision),
    quoteVolume: day.quoteVolume.toFixed(2),
    firstId,
    lastId: firstId < 0 ? -1 : firstId + day.trades - 1,
    trades: day.trades,
  };
}
