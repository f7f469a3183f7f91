// Emulator, REST: the 24-hour statistics of a contract, from hourly candles and the running hour.

import { invariant } from '../core/units.ts';
import { intervalOf } from './intervals.ts';
import type { MarketBar } from './market/source.ts';
import type { MarketView } from './market-view.ts';

const DAY_MS = 86_400_000;
const HOUR = intervalOf('1h');

/** Hours that closed inside the window: they do not change any more. Keyed by view so that two exchanges share nothing. */
const closedHours = new WeakMap<MarketView, Map<string, readonly MarketBar[]>>();

export function dayTicker(view: MarketView, index: number, atMs: number): Record<string, unknown> {
  const contract = view.contract(index);
  const bars = dayBars(view, index, atMs);
  const first = bars[0];
  const last = view.last(index, atMs);
  const open = first?.open ?? last;
  const volume = total(bars, (bar) => bar.volume);
  const quote = total(bars, (bar) => (bar.quoteVolume > 0 ? bar.quoteVolume : bar.volume * bar.close));
  const trades = total(bars, (bar) => bar.trades);
  const price = (value: number): string => value.toFixed(contract.pricePrecision);
  const firstId = first === undefined || trades === 0 ? -1 : (first.openMs / 60_000) * 1_000_000;
  return {
    symbol: contract.symbol,
    priceChange: price(last - open),
    priceChangePercent: (open > 0 ? ((last - open) / open) * 100 : 0).toFixed(3),
    weightedAvgPrice: price(volume > 0 ? quote / volume : last),
    lastPrice: price(last),
    lastQty: contract.minQty,
    openPrice: price(open),
    highPrice: price(Math.max(last, ...bars.map((bar) => bar.high))),
    lowPrice: price(Math.min(last, ...bars.map((bar) => bar.low))),
    volume: volume.toFixed(contract.quantityPrecision),
    quoteVolume: quote.toFixed(2),
    openTime: atMs - DAY_MS,
    closeTime: atMs,
    firstId,
    lastId: firstId < 0 ? -1 : firstId + trades - 1,
    count: trades,
  };
}

/** The window moves by whole hours: the oldest, partly expired hour is left out. */
function dayBars(view: MarketView, index: number, atMs: number): readonly MarketBar[] {
  invariant(HOUR !== null, '1h is an interval');
  const openHourMs = HOUR.open(atMs);
  const key = `${index}|${openHourMs}`;
  const held = closedHours.get(view) ?? new Map<string, readonly MarketBar[]>();
  closedHours.set(view, held);
  let closed = held.get(key);
  if (closed === undefined) {
    closed = view.closed(index, HOUR, { fromMs: openHourMs - DAY_MS + HOUR.next(0), toMs: openHourMs - 1, atMs });
    if (held.size >= view.source.contracts.length) held.clear();
    held.set(key, closed);
  }
  const forming = view.forming(index, HOUR, atMs);
  return forming === null ? closed : [...closed, forming];
}

const total = (bars: readonly MarketBar[], of: (bar: MarketBar) => number): number => bars.reduce((sum, bar) => sum + of(bar), 0);
