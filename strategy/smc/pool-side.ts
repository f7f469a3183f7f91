// Floor 1, room 4: the liquidity of one side (smc.md a6): levels beyond which stops rest, the nearest to the price in front,
// and those that a close went beyond a moment ago, of which it is not yet known whether they were swept or run.
import type { EpochMs } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import { insertAt, removeAt } from './ordered.ts';
import type { SmcParams } from './params.ts';
import { looseWire, type Tripwire } from './tripwires.ts';
import {
  type LiquidityPool,
  type Mutable,
  POOL_KINDS,
  type PoolEvent,
  type PoolKind,
  type PoolSide,
  type Swing,
} from './types.ts';

interface HeldPool extends Mutable<LiquidityPool> {
  /** Bar of the newest member: what its age counts from. */
  renewedIndex: number;
  /** First bar that closed beyond it, −1 while none did. */
  beyondIndex: number;
}

export interface PeriodLevel {
  readonly period: string;
  readonly kind: 'day' | 'week' | 'session';
  readonly level: number;
  readonly startMs: EpochMs;
}

function writePool(tape: TapeWriter, pool: HeldPool): void {
  tape.word(POOL_KINDS, pool.kind);
  tape.number(pool.level);
  tape.number(pool.weight);
  tape.instant(pool.atMs);
  tape.instant(pool.knownAtMs);
  tape.number(pool.knownIndex);
  tape.text(pool.period);
  tape.number(pool.renewedIndex);
  tape.number(pool.beyondIndex);
}

/** Field by field as at its birth, so that all pools have one shape. */
const readPool = (tape: TapeReader, side: PoolSide): HeldPool => ({
  side,
  kind: tape.word(POOL_KINDS),
  level: tape.number(),
  weight: tape.count(),
  atMs: tape.instant(),
  knownAtMs: tape.instant(),
  knownIndex: tape.count(),
  period: tape.name(),
  renewedIndex: tape.count(),
  beyondIndex: tape.count(),
});

const PERIOD_WEIGHT = { day: 2, week: 2, session: 1 } as const;

const prefixOf = (period: string): string => (period === '' ? 'pool' : `pool.${period}`);

export class PoolSideBook {
  readonly side: PoolSide;
  readonly #sign: 1 | -1;
  readonly #params: SmcParams['liquidity'];
  readonly #wire: Tripwire;
  readonly #unswept: HeldPool[] = [];
  readonly #beyond: HeldPool[] = [];
  readonly #swept: HeldPool[] = [];
  #oldest = Number.POSITIVE_INFINITY;

  constructor(side: PoolSide, params: SmcParams['liquidity'], wire: Tripwire = looseWire()) {
    this.#wire = wire;
    this.side = side;
    this.#sign = side === 'buySide' ? 1 : -1;
    this.#params = params;
  }

  get pools(): readonly LiquidityPool[] {
    return this.#unswept;
  }

  /** The pools this bar swept; the list is reused by the next bar. */
  update(window: BarWindow): readonly LiquidityPool[] {
    while (this.#swept.length > 0) this.#swept.pop();
    if (window.index - this.#oldest > this.#params.maxAge) this.#expire(window);
    if (this.#beyond.length > 0) this.#settle(window);
    this.#meet(window);
    this.#string();
    return this.#swept;
  }

  /** Tells the wire which bar has to look here: any while a break is undecided, else one that reaches the first pool. */
  #string(): void {
    const first = this.#unswept[0];
    const height = first === undefined ? Number.NEGATIVE_INFINITY : -this.#sign * first.level;
    this.#wire.set(this.#beyond.length > 0 ? Number.POSITIVE_INFINITY : height, this.#oldest + this.#params.maxAge);
  }

  /** A close back inside within `reclaim` bars makes a sweep of the failed break; one bar more beyond the level and it was run. */
  #settle(window: BarWindow): void {
    let kept = 0;
    for (const pool of this.#beyond) {
      if (this.#sign * (pool.level - window.close) > 0) this.#swept.push(pool);
      else if (window.index - pool.beyondIndex >= this.#params.reclaim) this.#tell(window, pool, 'pool.run');
      else this.#beyond[kept++] = pool;
    }
    this.#beyond.length = kept;
  }

  /** Only the pools in front that the bar reaches are touched. */
  #meet(window: BarWindow): void {
    const extreme = this.#sign === 1 ? window.high : window.low;
    let reached = 0;
    let kept = 0;
    while (reached < this.#unswept.length) {
      const pool = this.#unswept[reached] as HeldPool;
      const depth = this.#sign * (extreme - pool.level);
      if (depth < 0) break;
      reached += 1;
      const inside = this.#sign * (pool.level - window.close);
      if (inside < 0) {
        pool.beyondIndex = window.index;
        this.#beyond.push(pool);
      } else if (inside > 0 && window.grid.isAtLeast(depth, 1) && depth >= this.#params.penetrationAtr * window.atr) {
        this.#swept.push(pool);
      } else this.#unswept[kept++] = pool;
    }
    if (kept < reached) this.#unswept.splice(kept, reached - kept);
  }

  #expire(window: BarWindow): void {
    let oldest = Number.POSITIVE_INFINITY;
    let kept = 0;
    for (const pool of this.#unswept) {
      // A period's level stays the reference until the next period replaces it.
      if (pool.period === '' && window.index - pool.renewedIndex > this.#params.maxAge) {
        this.#tell(window, pool, 'pool.expired');
        continue;
      }
      if (pool.period === '') oldest = Math.min(oldest, pool.renewedIndex);
      this.#unswept[kept++] = pool;
    }
    this.#unswept.length = kept;
    this.#oldest = oldest;
  }

  /** A confirmed swing makes a pool, or joins the nearest equal one, of which the outer level counts. */
  addSwing(window: BarWindow, swing: Swing): void {
    const equal = this.#equalTo(window, swing.level);
    if (equal === null) {
      this.#add(window, this.#poolOf(window, 'swing', swing.level, swing.atMs));
      return;
    }
    removeAt(this.#unswept, this.#unswept.indexOf(equal));
    equal.level = this.#sign === 1 ? Math.max(equal.level, swing.level) : Math.min(equal.level, swing.level);
    equal.weight += 1;
    equal.kind = 'equal';
    equal.renewedIndex = window.index;
    this.#insert(equal);
    this.#tell(window, equal, 'pool.merged');
  }

  #equalTo(window: BarWindow, level: number): HeldPool | null {
    const tolerance = this.#params.equalAtr * window.atr;
    let found: HeldPool | null = null;
    let nearest = Number.POSITIVE_INFINITY;
    for (const pool of this.#unswept) {
      if (pool.period !== '') continue;
      const distance = Math.abs(pool.level - level);
      if (distance > tolerance && !window.grid.isWithin(distance, 1)) continue;
      if (distance > nearest || (distance === nearest && found !== null && found.knownIndex <= pool.knownIndex)) continue;
      found = pool;
      nearest = distance;
    }
    return found;
  }

  /** The level of a finished period; the one of the period before it steps back. */
  addPeriod(window: BarWindow, { period, kind, level, startMs }: PeriodLevel): void {
    const before = this.#unswept.find((pool) => pool.period === period);
    if (before !== undefined) {
      removeAt(this.#unswept, this.#unswept.indexOf(before));
      this.#tell(window, before, 'pool.replaced');
    }
    const pool = this.#poolOf(window, kind, level, startMs);
    pool.weight = PERIOD_WEIGHT[kind];
    pool.period = period;
    this.#add(window, pool);
  }

  #poolOf(window: BarWindow, kind: PoolKind, level: number, atMs: EpochMs): HeldPool {
    return {
      side: this.side,
      kind,
      level,
      weight: 1,
      atMs,
      knownAtMs: window.openMs,
      knownIndex: window.index,
      period: '',
      renewedIndex: window.index,
      beyondIndex: -1,
    };
  }

  #add(window: BarWindow, pool: HeldPool): void {
    if (this.#unswept.length + this.#beyond.length >= this.#params.maxPools) this.#evict(window);
    this.#insert(pool);
    this.#tell(window, pool, 'pool.created');
  }

  #evict(window: BarWindow): void {
    let oldest: HeldPool | null = null;
    for (const pool of this.#unswept) if (oldest === null || pool.renewedIndex < oldest.renewedIndex) oldest = pool;
    if (oldest === null) return;
    removeAt(this.#unswept, this.#unswept.indexOf(oldest));
    this.#tell(window, oldest, 'pool.expired');
  }

  #insert(pool: HeldPool): void {
    const height = this.#sign * pool.level;
    let low = 0;
    let high = this.#unswept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sign * (this.#unswept[middle] as HeldPool).level <= height) low = middle + 1;
      else high = middle;
    }
    insertAt(this.#unswept, low, pool);
    if (pool.period === '') this.#oldest = Math.min(this.#oldest, pool.renewedIndex);
    this.#string();
  }

  /** Written where somebody reads it only: of pools there are many. */
  idOf(window: BarWindow, pool: LiquidityPool): string {
    return window.nameOf(prefixOf(pool.period), this.side, pool);
  }

  #tell(window: BarWindow, pool: HeldPool, kind: PoolEvent['kind']): void {
    if (!window.keepsEvents) return;
    const id = this.idOf(window, pool);
    window.events.push({
      kind,
      id: kind === 'pool.merged' ? `${id}/merged/${pool.weight}` : `${id}/${kind.slice(5)}`,
      at: pool.atMs,
      knownAt: window.openMs,
      poolId: id,
      poolSide: this.side,
      poolKind: pool.kind,
      level: pool.level,
      weight: pool.weight,
    });
  }

  write(tape: TapeWriter): void {
    tape.list(this.#unswept, writePool);
    tape.list(this.#beyond, writePool);
  }

  read(tape: TapeReader): void {
    this.#swept.length = 0;
    this.#unswept.length = 0;
    this.#beyond.length = 0;
    this.#unswept.push(...tape.list((own) => readPool(own, this.side)));
    this.#beyond.push(...tape.list((own) => readPool(own, this.side)));
    this.#oldest = Number.POSITIVE_INFINITY;
    for (const pool of this.#unswept) if (pool.period === '') this.#oldest = Math.min(this.#oldest, pool.renewedIndex);
    this.#string();
  }
}
