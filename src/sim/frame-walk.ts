// Floor 2, the simulated venue: candles as they come over a stream, running or final, as price steps. A frame tells how far its
// bar has gone; what it adds to the frame before is walked by the rules of bar-walk.ts, so that a bar that comes as one final
// frame is walked exactly as in a backtest, and what a bar did before a position was opened touches nothing of it.
import { type EpochMs, epochMs } from '../core/units.ts';
import { type Leg, legsOf, type Road, stepTo, travel, type WalkedBar } from './bar-walk.ts';
import type { SimVenue } from './venue.ts';

interface Seen {
  readonly bar: WalkedBar;
  readonly atMs: number;
}

export interface BarFrame {
  readonly symbol: string;
  readonly bar: WalkedBar;
  /** When the frame was true: the last instant of a final one. */
  readonly atMs: EpochMs;
  readonly closeMs: number;
  readonly final: boolean;
}

export class FrameWalk {
  readonly #venue: SimVenue;
  readonly #seen = new Map<string, Seen>();
  readonly #marks = new Map<string, number>();

  constructor(venue: SimVenue) {
    this.#venue = venue;
  }

  /** The venue's own mark; from the first one on stops on the mark follow it and no longer the last price. */
  hearMark(symbol: string, mark: number, atMs: EpochMs): void {
    this.#marks.set(symbol, mark);
    this.resume(symbol, atMs);
  }

  /** The newest price stands (again: after candles of the past were walked). */
  resume(symbol: string, atMs: EpochMs): void {
    const seen = this.#seen.get(symbol);
    if (seen === undefined) return;
    this.#seen.set(symbol, { ...seen, atMs });
    stepTo(this.#road(symbol), seen.bar.close, atMs);
  }

  #road(symbol: string): Road {
    return { venue: this.#venue, symbol, mark: this.#marks.get(symbol) ?? null };
  }

  /** Frames of a bar that is over are old news. */
  hearBar({ symbol, bar, atMs, closeMs, final }: BarFrame): void {
    const before = this.#seen.get(symbol);
    if (before !== undefined && bar.openMs < before.bar.openMs) return;
    const road = this.#road(symbol);
    this.#seen.set(symbol, { bar, atMs });
    if (!this.#venue.watches(symbol)) {
      stepTo(road, bar.close, atMs);
      return;
    }
    const same = before !== undefined && before.bar.openMs === bar.openMs;
    if (!same) stepTo(road, bar.open, epochMs(bar.openMs));
    const known = same ? before.bar : { ...bar, high: bar.open, low: bar.open, close: bar.open };
    const legs = legsOf(road, bar, closeMs).filter((leg, i) => i === LAST || goesBeyond(leg, known));
    // A final frame's extremes are dated as a candle's are, but never before what was heard of the bar already.
    const dated = (leg: Leg): EpochMs => (final ? epochMs(Math.max(leg.atMs, same ? before.atMs : 0)) : atMs);
    travel(
      road,
      known.close,
      legs.map((leg) => ({ to: leg.to, atMs: dated(leg) })),
    );
  }
}

/** The bar's close: the leg that every frame has. */
const LAST = 2;
const goesBeyond = ({ to }: Leg, { high, low }: WalkedBar): boolean => to > high || to < low;
