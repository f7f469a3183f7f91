// Emulator, the world behind the exchange: folded bars that were asked for lately. A venue looks its history up; ours folds it from
// minutes that it has to think up, and a start asks 648 contracts for the same five days that the start before it asked for.
import type { BarRange } from './fold-bars.ts';
import type { MarketBar } from './source.ts';

/** Oldest first, one row of ten doubles a bar. */
const FIELDS = [
  'openMs',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'quoteVolume',
  'trades',
  'takerBuyVolume',
  'takerBuyQuoteVolume',
] as const satisfies readonly (keyof MarketBar)[];
const WIDTH = FIELDS.length;
const MAX_BARS = 512;
/** Of one contract: what a bot trades by, and a chart or two. */
const MAX_INTERVALS = 2;

type Fold = (range: BarRange) => MarketBar[];

/** A run of neighbouring bars. */
class Run {
  readonly firstMs: number;
  readonly #cells: Float64Array;

  constructor(bars: readonly MarketBar[]) {
    this.firstMs = bars[0]?.openMs ?? 0;
    this.#cells = new Float64Array(bars.length * WIDTH);
    for (const [i, bar] of bars.entries()) for (const [k, field] of FIELDS.entries()) this.#cells[i * WIDTH + k] = bar[field];
  }

  get length(): number {
    return this.#cells.length / WIDTH;
  }

  slice(from: number, to: number): MarketBar[] {
    const cells = this.#cells;
    const bars: MarketBar[] = [];
    for (let at = from * WIDTH; at < to * WIDTH; at += WIDTH)
      bars.push({
        openMs: cells[at] as number,
        open: cells[at + 1] as number,
        high: cells[at + 2] as number,
        low: cells[at + 3] as number,
        close: cells[at + 4] as number,
        volume: cells[at + 5] as number,
        quoteVolume: cells[at + 6] as number,
        trades: cells[at + 7] as number,
        takerBuyVolume: cells[at + 8] as number,
        takerBuyQuoteVolume: cells[at + 9] as number,
      });
    return bars;
  }
}

/** Of one contract whose bars follow each other without a hole from its first to its last. */
export class FoldCache {
  readonly #runs = new Map<number, Run>();

  /** Bars of a range whose ends are opens; `fold` makes those that are not held. */
  bars(range: BarRange, fold: Fold): MarketBar[] {
    const { intervalMs, fromMs, toMs } = range;
    const run = this.#runs.get(intervalMs);
    const endMs = run === undefined ? 0 : run.firstMs + run.length * intervalMs;
    if (run === undefined || toMs < run.firstMs || fromMs > endMs) {
      const bars = fold(range);
      this.#keep(intervalMs, bars);
      return bars;
    }
    const place = (ms: number): number => (ms - run.firstMs) / intervalMs;
    if (fromMs >= run.firstMs && toMs < endMs) return run.slice(place(fromMs), place(toMs) + 1);
    const older = fold({ intervalMs, fromMs, toMs: run.firstMs - intervalMs });
    const newer = fold({ intervalMs, fromMs: endMs, toMs });
    this.#keep(intervalMs, [...older, ...run.slice(0, run.length), ...newer]);
    const held = run.slice(Math.max(0, place(fromMs)), Math.min(run.length, place(toMs) + 1));
    return [...older, ...held, ...newer];
  }

  #keep(intervalMs: number, bars: readonly MarketBar[]): void {
    if (bars.length === 0) return;
    this.#runs.delete(intervalMs);
    this.#runs.set(intervalMs, new Run(bars.slice(-MAX_BARS)));
    if (this.#runs.size <= MAX_INTERVALS) return;
    for (const oldest of this.#runs.keys()) {
      this.#runs.delete(oldest);
      return;
    }
  }
}
