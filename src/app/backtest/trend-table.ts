// App, backtest: what the portfolio has to know of a contract's trend timeframe, one row a closed trend bar. Running positions are
// managed by it and the market's mood is read off it, without the strategies at hand.
import type { SymbolStrategy } from '../../../strategy/strategy.ts';
import type { TrendFacts } from '../../book/management.ts';
import type { Side } from '../../core/units.ts';
import { epochMs } from '../../core/units.ts';

/** Rows in order of time; plain arrays of numbers, so that threads can hand them over. */
export interface TrendRows {
  /** Close of the trend bar. */
  readonly closeMs: Float64Array;
  readonly atr: Float64Array;
  /** When the newest break of structure became known, negative for a short one; 0 where there is none yet. */
  readonly signedBreakMs: Float64Array;
  /** Close against EMA200: +1, 0 (not known), −1. */
  readonly bias: Int8Array;
  /** Direction of the trend bar. */
  readonly direction: Int8Array;
}

export class TrendRecorder {
  readonly #closeMs: number[] = [];
  readonly #atr: number[] = [];
  readonly #break: number[] = [];
  readonly #bias: number[] = [];
  readonly #direction: number[] = [];

  note(closeMs: number, player: SymbolStrategy): void {
    const now = player.trendNow;
    const last = now?.lastBreak ?? null;
    this.#closeMs.push(closeMs);
    this.#atr.push(now?.atr ?? Number.NaN);
    this.#break.push(last === null ? 0 : last.knownMs * (last.side === 'long' ? 1 : -1));
    this.#bias.push(player.trendBias);
    this.#direction.push(player.trendReturnSign);
  }

  rows(): TrendRows {
    return {
      closeMs: Float64Array.from(this.#closeMs),
      atr: Float64Array.from(this.#atr),
      signedBreakMs: Float64Array.from(this.#break),
      bias: Int8Array.from(this.#bias),
      direction: Int8Array.from(this.#direction),
    };
  }
}

/** Reads one contract's rows forward in time. */
export class TrendReader {
  readonly #rows: TrendRows;
  #next = 0;

  constructor(rows: TrendRows) {
    this.#rows = rows;
  }

  /** Never goes back. */
  advanceTo(atMs: number): void {
    while (this.#next < this.#rows.closeMs.length && (this.#rows.closeMs[this.#next] as number) <= atMs) this.#next += 1;
  }

  get bias(): number {
    return this.#next === 0 ? 0 : (this.#rows.bias[this.#next - 1] as number);
  }

  get direction(): number {
    return this.#next === 0 ? 0 : (this.#rows.direction[this.#next - 1] as number);
  }

  get facts(): TrendFacts {
    if (this.#next === 0) return { atr: Number.NaN, lastBreak: null };
    const known = this.#rows.signedBreakMs[this.#next - 1] as number;
    const side: Side = known > 0 ? 'long' : 'short';
    return {
      atr: this.#rows.atr[this.#next - 1] as number,
      lastBreak: known === 0 ? null : { side, knownMs: epochMs(Math.abs(known)) },
    };
  }
}
