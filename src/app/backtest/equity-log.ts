// App, backtest: the account over time: equity at every minute that anything was held, folded to hours and days, and the deepest fall
// with every minute counted.
import { DAY_MS } from '../../core/timeframe.ts';

const HOUR_MS = 3_600_000;

export interface AccountNow {
  readonly equityUsdt: number;
  readonly notionalUsdt: number;
  readonly positions: number;
}

export interface EquityPoint {
  readonly atMs: number;
  readonly equityUsdt: number;
}

export interface EquityFall {
  readonly usdt: number;
  /** Of the peak. */
  readonly fraction: number;
  readonly peakMs: number;
  readonly troughMs: number;
}

export class EquityLog {
  readonly #points: EquityPoint[];
  readonly #dayEnds = new Map<number, number>();
  #last: AccountNow;
  #peak: EquityPoint;
  #fall: EquityFall;
  #heldMinutes = 0;
  #notionalMinutes = 0;
  #mostPositions = 0;
  #mostNotionalRatio = 0;

  constructor(startMs: number, balanceUsdt: number) {
    this.#peak = { atMs: startMs, equityUsdt: balanceUsdt };
    this.#points = [this.#peak];
    this.#last = { equityUsdt: balanceUsdt, notionalUsdt: 0, positions: 0 };
    this.#fall = { usdt: 0, fraction: 0, peakMs: startMs, troughMs: startMs };
  }

  /** Something was held when it was looked at last. */
  get isOpen(): boolean {
    return this.#last.positions > 0;
  }

  note(atMs: number, now: AccountNow): void {
    this.#last = now;
    const { equityUsdt } = now;
    if (now.positions > 0) {
      this.#heldMinutes += 1;
      this.#notionalMinutes += now.notionalUsdt / equityUsdt;
      this.#mostPositions = Math.max(this.#mostPositions, now.positions);
      this.#mostNotionalRatio = Math.max(this.#mostNotionalRatio, now.notionalUsdt / equityUsdt);
    }
    this.#dayEnds.set(Math.floor((atMs - 1) / DAY_MS), equityUsdt);
    if (equityUsdt >= this.#peak.equityUsdt) this.#peak = { atMs, equityUsdt };
    const usdt = this.#peak.equityUsdt - equityUsdt;
    if (usdt > this.#fall.usdt)
      this.#fall = { usdt, fraction: usdt / this.#peak.equityUsdt, peakMs: this.#peak.atMs, troughMs: atMs };
    this.#keep({ atMs, equityUsdt });
  }

  /** One point an hour, the last of it. */
  #keep(point: EquityPoint): void {
    const before = this.#points.at(-1);
    const sameHour = before !== undefined && Math.floor(before.atMs / HOUR_MS) === Math.floor(point.atMs / HOUR_MS);
    if (sameHour && this.#points.length > 1) this.#points.pop();
    this.#points.push(point);
  }

  get points(): readonly EquityPoint[] {
    return this.#points;
  }

  get deepestFall(): EquityFall {
    return this.#fall;
  }

  get lastEquityUsdt(): number {
    return this.#last.equityUsdt;
  }

  exposure(bars: number): Readonly<Record<'heldShare' | 'meanLeverageWhenHeld' | 'mostPositions' | 'mostLeverage', number>> {
    return {
      heldShare: bars === 0 ? 0 : this.#heldMinutes / bars,
      meanLeverageWhenHeld: this.#heldMinutes === 0 ? 0 : this.#notionalMinutes / this.#heldMinutes,
      mostPositions: this.#mostPositions,
      mostLeverage: this.#mostNotionalRatio,
    };
  }

  /** Return of each UTC day of the span, quiet days included as zero. */
  dailyReturns(fromMs: number, toMs: number): readonly { readonly day: number; readonly fraction: number }[] {
    let before = this.#points[0]?.equityUsdt ?? 1;
    const days: { day: number; fraction: number }[] = [];
    for (let day = Math.floor(fromMs / DAY_MS); day <= Math.floor((toMs - 1) / DAY_MS); day++) {
      const end = this.#dayEnds.get(day) ?? before;
      days.push({ day, fraction: end / before - 1 });
      before = end;
    }
    return days;
  }
}
