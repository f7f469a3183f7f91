// Floor 1, room 4: everything known of one symbol on one timeframe after its newest closed bar: indicators, detectors and
// the few rings that features look back on. Bars are not kept.
import type { Bar } from '../src/core/market.ts';
import { type Timeframe, timeframeMs } from '../src/core/timeframe.ts';
import { IndicatorCore } from './indicators/indicator-core.ts';
import { Ring } from './ring.ts';
import { SmcEngine } from './smc/smc-engine.ts';

/** How many numbers of each series features look back on. */
export interface TrackDepth {
  readonly closes: number;
  readonly atr: number;
  readonly bandWidth: number;
  readonly volume: number;
  readonly trades: number;
}

/** Bars over which a hole is remembered and counted. */
const GAP_MEMORY_BARS = 240;

export class Track {
  readonly timeframe: Timeframe;
  readonly indicators = new IndicatorCore();
  readonly smc: SmcEngine;
  readonly closes: Ring;
  readonly atr: Ring;
  readonly bandWidth: Ring;
  readonly volume: Ring;
  readonly trades: Ring;
  readonly rsi = new Ring(4);
  #last: Bar | null = null;
  #total = 0;
  #contiguous = 0;
  #histSign = 0;
  #histAge = Number.NaN;
  #holes: { readonly beforeMs: number; readonly missing: number }[] = [];

  constructor(timeframe: Timeframe, tickSize: number, depth: TrackDepth) {
    this.timeframe = timeframe;
    this.smc = new SmcEngine({ timeframe, tickSize });
    this.closes = new Ring(depth.closes);
    this.atr = new Ring(depth.atr);
    this.bandWidth = new Ring(depth.bandWidth);
    this.volume = new Ring(depth.volume);
    this.trades = new Ring(depth.trades);
  }

  /** The newest closed bar, null before the first. */
  get last(): Bar | null {
    return this.#last;
  }

  /** Bars ever seen: what warm-up counts. */
  get total(): number {
    return this.#total;
  }

  /** Bars since the last hole, the newest included. */
  get contiguous(): number {
    return this.#contiguous;
  }

  /** Bars since the MACD histogram changed its sign, 0 on the bar itself; NaN before it ever did. */
  get macdCrossAge(): number {
    return this.#histAge;
  }

  /** Bars missing within the memory of 240 bars. */
  get missingBars(): number {
    const from = (this.#last?.openMs ?? 0) - GAP_MEMORY_BARS * timeframeMs(this.timeframe);
    let missing = 0;
    for (const hole of this.#holes) if (hole.beforeMs >= from) missing += hole.missing;
    return missing;
  }

  push(bar: Bar): void {
    this.#count(bar);
    const ind = this.indicators;
    ind.push(bar);
    this.smc.onBar(bar, ind.atr14, ind.atrBefore);
    this.closes.push(bar.close);
    this.atr.push(ind.atr14);
    this.bandWidth.push((ind.bbUpper - ind.bbLower) / ind.bbMiddle);
    this.volume.push(bar.volume);
    this.trades.push(bar.trades);
    this.rsi.push(ind.rsi14);
    this.#followCross(ind.macdHist);
    this.#last = bar;
  }

  /** A hole that the feed noticed, even where the times of the bars do not show it. */
  breakChain(): void {
    this.#contiguous = 0;
  }

  #count(bar: Bar): void {
    const step = timeframeMs(this.timeframe);
    const missing = this.#last === null ? 0 : (bar.openMs - this.#last.openMs) / step - 1;
    this.#total += 1;
    this.#contiguous = missing === 0 ? this.#contiguous + 1 : 1;
    if (missing === 0) return;
    const oldest = bar.openMs - GAP_MEMORY_BARS * step;
    this.#holes = [...this.#holes.filter((hole) => hole.beforeMs >= oldest), { beforeMs: bar.openMs, missing }];
  }

  #followCross(hist: number): void {
    const sign = Math.sign(hist);
    if (!Number.isNaN(this.#histAge)) this.#histAge += 1;
    if (Number.isNaN(sign) || sign === 0) return;
    if (this.#histSign !== 0 && sign !== this.#histSign) this.#histAge = 0;
    this.#histSign = sign;
  }
}
