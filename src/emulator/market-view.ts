// Emulator, market: what the market shows at an instant — prices, the forming candle, closed candles — from the source,
// with scripted prices laid over it. The one place where both meet.
import type { Interval } from './intervals.ts';
import { type Contract, type MarketBar, type MarketSource, PATH_STEP_MS, PATH_STEPS } from './market/source.ts';
import type { PathPoint, PriceScript } from './price-script.ts';
import { placesOf } from './wire-number.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** The minute a symbol is in: its path and the extremes reached so far at each step. */
interface OpenMinute {
  readonly openMs: number;
  readonly bar: MarketBar;
  readonly path: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
}

interface Folded {
  readonly openMs: number;
  readonly untilMs: number;
  readonly bar: MarketBar | null;
}

export class MarketView {
  readonly source: MarketSource;
  readonly #script: PriceScript;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #minutes: (OpenMinute | null)[];
  /** Last price where the source has no bar for the minute (a hole in a recording). */
  readonly #lastKnown: number[];
  readonly #folded = new Map<string, Folded>();
  readonly #tickPlaces: readonly number[];
  #epoch = 0;

  constructor(source: MarketSource, script: PriceScript) {
    this.source = source;
    this.#script = script;
    this.#numbers = new Map(source.contracts.map((contract, index) => [contract.symbol as string, index]));
    this.#minutes = source.contracts.map(() => null);
    this.#lastKnown = source.contracts.map(() => 0);
    this.#tickPlaces = source.contracts.map((contract) => placesOf(contract.tickSize));
  }

  /** Grows when a script changes what bars look like: whoever keeps figures of them begins anew. */
  get epoch(): number {
    return this.#epoch;
  }

  numberOf(symbol: string): number | null {
    return this.#numbers.get(symbol) ?? null;
  }

  contract(index: number): Contract {
    return this.source.contracts[index] as Contract;
  }

  listed(index: number, atMs: number): boolean {
    return this.source.listed(index, atMs);
  }

  /** Last price; 0 before the contract ever traded. */
  last(index: number, atMs: number): number {
    const own = this.#sourceLast(index, atMs);
    const contract = this.contract(index);
    if (!this.#script.touches(contract.symbol)) return own;
    return this.#toTick(index, this.#script.priceAt(contract.symbol, atMs, own));
  }

  /** Mark price; it follows a scripted last price in proportion. */
  mark(index: number, atMs: number): number {
    const own = this.#sourceLast(index, atMs);
    const mark = this.source.markOf(index, atMs, own);
    const contract = this.contract(index);
    if (own === 0 || !this.#script.touches(contract.symbol)) return mark;
    return mark * (this.last(index, atMs) / own);
  }

  fundingRate(index: number, atMs: number): number {
    return this.source.fundingRate(index, atMs) ?? 0.0001;
  }

  /** Scripts a path from now on: points in ms from now, at least one, ascending. */
  scriptPath(index: number, points: readonly PathPoint[]): void {
    const last = points[points.length - 1] as PathPoint;
    const own = this.#sourceLast(index, last.atMs);
    this.#script.add({ symbol: this.contract(index).symbol, points, ratioAfter: own > 0 ? last.price / own : 1 });
    this.#folded.clear();
    this.#epoch += 1;
  }

  /** The candle of this interval that is open at the instant, as far as it has come. */
  forming(index: number, interval: Interval, atMs: number): MarketBar | null {
    const openMs = interval.open(atMs);
    const minute = this.#formingMinute(index, atMs);
    if (interval.fixedMs === MINUTE_MS) return minute;
    const before = this.#closedPart(index, interval, atMs);
    if (before === null) return minute === null ? null : { ...minute, openMs };
    return minute === null ? { ...before, openMs } : merge({ ...before, openMs }, minute);
  }

  /** Closed candles with opens in [fromMs, toMs], none that is still open at `atMs`. */
  closed(
    index: number,
    interval: Interval,
    span: { readonly fromMs: number; readonly toMs: number; readonly atMs: number },
  ): MarketBar[] {
    const lastOpenMs = Math.min(span.toMs, interval.open(interval.open(span.atMs) - 1));
    if (span.fromMs > lastOpenMs) return [];
    if (interval.fixedMs === null) return this.#foldDays(index, interval, { fromMs: span.fromMs, toMs: lastOpenMs });
    return this.#fixedBars(index, interval.fixedMs, { fromMs: span.fromMs, toMs: lastOpenMs });
  }

  /** The minute that opens here with its final values, scripted or not. */
  minute(index: number, openMs: number): MarketBar | null {
    const bar = this.source.minute(index, openMs);
    const symbol = this.contract(index).symbol;
    if (bar === null || openMs + MINUTE_MS <= this.#script.firstMs(symbol)) return bar;
    return this.#scriptedMinute(index, bar, openMs + MINUTE_MS);
  }

  /** The last price in each 3 s piece of a minute, scripted or not; null outside the contract's span. */
  pathOf(index: number, openMs: number): readonly number[] | null {
    const path = this.source.path(index, openMs);
    if (path === null) return null;
    const symbol = this.contract(index).symbol;
    if (openMs + MINUTE_MS <= this.#script.firstMs(symbol)) return Array.from(path);
    return Array.from(path, (price, i) => this.#toTick(index, this.#script.priceAt(symbol, openMs + i * PATH_STEP_MS, price)));
  }

  #toTick(index: number, price: number): number {
    const tick = Number(this.contract(index).tickSize);
    return Number((Math.round(price / tick) * tick).toFixed(this.#tickPlaces[index]));
  }

  #sourceLast(index: number, atMs: number): number {
    const minute = this.#openMinute(index, atMs);
    if (minute === null) return this.#lastKnown[index] as number;
    const price = minute.path[stepAt(atMs)] as number;
    this.#lastKnown[index] = price;
    return price;
  }

  #openMinute(index: number, atMs: number): OpenMinute | null {
    const openMs = atMs - (atMs % MINUTE_MS);
    const held = this.#minutes[index] ?? null;
    if (held?.openMs === openMs) return held;
    const bar = this.source.minute(index, openMs);
    const path = this.source.path(index, openMs);
    if (bar === null || path === null) return null;
    const minute = { openMs, bar, path, highs: running(path, Math.max), lows: running(path, Math.min) };
    this.#minutes[index] = minute;
    return minute;
  }

  #formingMinute(index: number, atMs: number): MarketBar | null {
    const minute = this.#openMinute(index, atMs);
    if (minute === null) return null;
    if (this.#script.firstMs(this.contract(index).symbol) <= atMs)
      return this.#scriptedMinute(index, shareOf(minute.bar, atMs), atMs + 1);
    const step = stepAt(atMs);
    return {
      ...shareOf(minute.bar, atMs),
      open: minute.path[0] as number,
      high: minute.highs[step] as number,
      low: minute.lows[step] as number,
      close: minute.path[step] as number,
    };
  }

  /** The bar's volumes with prices sampled where they may change: the 3 s grid and the scripted instants before `untilMs`. */
  #scriptedMinute(index: number, bar: MarketBar, untilMs: number): MarketBar {
    const symbol = this.contract(index).symbol;
    const grid = Array.from({ length: PATH_STEPS }, (_, i) => bar.openMs + i * PATH_STEP_MS).filter((at) => at < untilMs);
    const instants = [...grid, ...this.#script.instantsIn(symbol, bar.openMs, untilMs)].sort((a, b) => a - b);
    const path = this.source.path(index, bar.openMs);
    const prices = instants.map((at) =>
      this.#toTick(index, this.#script.priceAt(symbol, at, (path ?? [])[stepAt(at)] ?? bar.close)),
    );
    return {
      ...bar,
      open: prices[0] as number,
      high: Math.max(...prices),
      low: Math.min(...prices),
      close: prices[prices.length - 1] as number,
    };
  }

  #fixedBars(index: number, intervalMs: number, span: { readonly fromMs: number; readonly toMs: number }): MarketBar[] {
    const scriptedFromMs = this.#script.firstMs(this.contract(index).symbol);
    const cutMs = scriptedFromMs - (scriptedFromMs % intervalMs);
    if (!Number.isFinite(scriptedFromMs) || span.toMs < cutMs) return this.source.bars(index, intervalMs, span.fromMs, span.toMs);
    const plain = span.fromMs < cutMs ? this.source.bars(index, intervalMs, span.fromMs, cutMs - intervalMs) : [];
    const firstMs = Math.max(cutMs, span.fromMs + ((intervalMs - (span.fromMs % intervalMs)) % intervalMs));
    for (let openMs = firstMs; openMs <= span.toMs; openMs += intervalMs) {
      const bar = this.#foldMinutes(index, openMs, openMs + intervalMs);
      if (bar !== null) plain.push(bar);
    }
    return plain;
  }

  #foldMinutes(index: number, fromMs: number, toMs: number): MarketBar | null {
    let folded: MarketBar | null = null;
    for (let openMs = fromMs; openMs < toMs; openMs += MINUTE_MS) {
      const minute = this.minute(index, openMs);
      if (minute !== null) folded = folded === null ? { ...minute, openMs: fromMs } : merge(folded, minute);
    }
    return folded;
  }

  #foldDays(index: number, interval: Interval, span: { readonly fromMs: number; readonly toMs: number }): MarketBar[] {
    const bars: MarketBar[] = [];
    for (const day of this.#fixedBars(index, DAY_MS, { fromMs: span.fromMs, toMs: interval.next(span.toMs) - DAY_MS })) {
      const openMs = interval.open(day.openMs);
      const held = bars[bars.length - 1];
      if (openMs < span.fromMs) continue;
      if (held?.openMs === openMs) bars[bars.length - 1] = merge(held, day);
      else bars.push({ ...day, openMs });
    }
    return bars;
  }

  /** The closed minutes of the candle that is open now, folded once a minute. */
  #closedPart(index: number, interval: Interval, atMs: number): MarketBar | null {
    const openMs = interval.open(atMs);
    const untilMs = atMs - (atMs % MINUTE_MS);
    if (untilMs === openMs) return null;
    const key = `${index}|${interval.name}`;
    const held = this.#folded.get(key);
    if (held?.openMs === openMs && held.untilMs === untilMs) return held.bar;
    const hours = { fromMs: openMs, toMs: untilMs - (untilMs % 3_600_000) - 3_600_000 };
    const whole = interval.fixedMs === null || interval.fixedMs > 3_600_000 ? this.#fixedBars(index, 3_600_000, hours) : [];
    const rest = this.#foldMinutes(index, whole.length === 0 ? openMs : hours.toMs + 3_600_000, untilMs);
    const bar = [...whole, ...(rest === null ? [] : [rest])].reduce<MarketBar | null>(
      (sum, next) => (sum === null ? next : merge(sum, next)),
      null,
    );
    this.#folded.set(key, { openMs, untilMs, bar });
    return bar;
  }
}

const stepAt = (atMs: number): number => Math.floor((atMs % MINUTE_MS) / PATH_STEP_MS);

function running(path: Float64Array, pick: (a: number, b: number) => number): Float64Array {
  const out = new Float64Array(path.length);
  let held = path[0] as number;
  for (let i = 0; i < path.length; i++) {
    held = pick(held, path[i] as number);
    out[i] = held;
  }
  return out;
}

/** Volume arrives evenly over the minute; no source knows better. */
function shareOf(bar: MarketBar, atMs: number): MarketBar {
  const share = ((atMs % MINUTE_MS) + 1) / MINUTE_MS;
  return {
    ...bar,
    volume: bar.volume * share,
    quoteVolume: bar.quoteVolume * share,
    trades: Math.ceil(bar.trades * share),
    takerBuyVolume: bar.takerBuyVolume * share,
    takerBuyQuoteVolume: bar.takerBuyQuoteVolume * share,
  };
}

const merge = (a: MarketBar, b: MarketBar): MarketBar => ({
  openMs: a.openMs,
  open: a.open,
  high: Math.max(a.high, b.high),
  low: Math.min(a.low, b.low),
  close: b.close,
  volume: a.volume + b.volume,
  quoteVolume: a.quoteVolume + b.quoteVolume,
  trades: a.trades + b.trades,
  takerBuyVolume: a.takerBuyVolume + b.takerBuyVolume,
  takerBuyQuoteVolume: a.takerBuyQuoteVolume + b.takerBuyQuoteVolume,
});
