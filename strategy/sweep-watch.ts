// Floor 1, room 4: the bands that liquidity sweeps leave behind. After stops beyond a level were taken and the price came
// back, the stretch between the level and the furthest wick is where a retest may turn; it lives 30 bars.
import type { Bar } from '../src/core/market.ts';
import type { Timeframe } from '../src/core/timeframe.ts';
import type { Side } from '../src/core/units.ts';
import type { SweepZone } from './confluence/evidence.ts';
import { SCORE_LIMITS } from './confluence/score.ts';
import type { SmcView, SweepRecord } from './smc/types.ts';

// A failed break may have stayed beyond its level for three bars: the furthest wick is one of the newest four.
const WICK_BARS = 4;

/** Mutable while it is watched; whoever keeps one copies it. */
type Watched = { -readonly [K in keyof SweepZone]: SweepZone[K] } & { touching: boolean };

/** One band per side, the newest: a newer sweep reaches at least as far into the same stops. */
export class SweepWatch {
  readonly #timeframe: Timeframe;
  /** Highs, then lows, of the newest four bars. */
  readonly #wicks = new Float64Array(2 * WICK_BARS);
  #bars = 0;
  #long: Watched | null = null;
  #short: Watched | null = null;

  constructor(timeframe: Timeframe) {
    this.#timeframe = timeframe;
  }

  /** After the detectors saw the bar. A band made by this bar can be touched from the next one on. */
  onBar(bar: Bar, view: SmcView): void {
    const place = this.#bars % WICK_BARS;
    this.#wicks[place] = bar.high;
    this.#wicks[WICK_BARS + place] = bar.low;
    this.#bars += 1;
    this.#long = this.#made(view, 'long') ?? this.#aged(this.#long, bar, view.barIndex);
    this.#short = this.#made(view, 'short') ?? this.#aged(this.#short, bar, view.barIndex);
  }

  zone(side: Side): SweepZone | null {
    return side === 'long' ? this.#long : this.#short;
  }

  /** The band if the newest bar is part of a visit to it. */
  touched(side: Side): SweepZone | null {
    const zone = side === 'long' ? this.#long : this.#short;
    return zone?.touching ? zone : null;
  }

  #made(view: SmcView, side: Side): Watched | null {
    if (view.lastSweepIndex(side) !== view.barIndex) return null;
    const sweep = view.lastSweep(side);
    return sweep === null ? null : this.#band(sweep);
  }

  #band(sweep: SweepRecord): Watched {
    let low = sweep.level;
    let high = sweep.level;
    for (let place = 0; place < Math.min(WICK_BARS, this.#bars); place++) {
      if (sweep.side === 'long') low = Math.min(low, this.#wicks[WICK_BARS + place] as number);
      else high = Math.max(high, this.#wicks[place] as number);
    }
    return {
      kind: 'sweep',
      id: ['sweep', sweep.side, this.#timeframe, sweep.atMs, low, high].join(':'),
      side: sweep.side,
      top: high,
      bottom: low,
      atMs: sweep.atMs,
      knownAtMs: sweep.atMs,
      knownIndex: sweep.index,
      strength: sweep.kind,
      touches: 0,
      touching: false,
      reach: sweep.level,
    };
  }

  #aged(zone: Watched | null, bar: Bar, barIndex: number): Watched | null {
    if (zone === null) return null;
    const long = zone.side === 'long';
    const broken = long ? bar.close < zone.bottom : bar.close > zone.top;
    if (broken || barIndex - zone.knownIndex > SCORE_LIMITS.sweepBars) return null;
    const touching = long ? bar.low <= zone.top : bar.high >= zone.bottom;
    if (touching && !zone.touching) zone.touches += 1;
    // A second visit that ends uses the band up, as with order blocks.
    if (!touching && zone.touching && zone.touches >= 2) return null;
    zone.touching = touching;
    zone.reach = long ? Math.max(zone.reach, bar.high) : Math.min(zone.reach, bar.low);
    return zone;
  }
}
