// Oracle of a6: all pools in one bag, every one of them asked at every bar.
import type { Side } from '../../../../src/core/units.ts';
import type { LegSweep, PoolSide } from '../../../../strategy/smc/types.ts';
import { oraclePeriods } from './period-oracle.ts';
import { atr, bar, perBar, type Series, speaks, ticks } from './series.ts';
import { oracleSwings } from './swing-oracle.ts';

interface Pool {
  readonly side: PoolSide;
  kind: string;
  level: number;
  weight: number;
  readonly at: number;
  readonly period: string;
  renewed: number;
  /** First bar that closed beyond, or null. */
  beyond: number | null;
  /** Order of arrival, for equal ages at equal levels. */
  order: number;
}

export interface OracleSweep {
  readonly t: number;
  readonly side: Side;
  readonly strong: boolean;
  readonly level: number;
  readonly weight: number;
  readonly count: number;
}

type Told = readonly [number, string];
const POOL_SIDES: readonly PoolSide[] = ['buySide', 'sellSide'];
const up = (side: PoolSide): 1 | -1 => (side === 'buySide' ? 1 : -1);

class Bag {
  readonly told: Told[] = [];
  readonly sweeps: OracleSweep[] = [];
  readonly #s: Series;
  #pools: Pool[] = [];
  #arrivals = 0;

  constructor(s: Series) {
    this.#s = s;
  }

  #tell(t: number, change: string, pool: Pool): void {
    const { side, kind, at, level, weight } = pool;
    this.told.push([t, `pool.${change} ${side} ${kind} ${at} ${level} x${weight}`]);
  }

  #remove(pool: Pool): void {
    this.#pools = this.#pools.filter((other) => other !== pool);
  }

  judge(t: number): void {
    const { reclaim, maxAge } = this.#s.params.liquidity;
    for (const pool of this.#pools) {
      if (pool.beyond !== null || pool.period !== '' || t - pool.renewed <= maxAge) continue;
      this.#remove(pool);
      this.#tell(t, 'expired', pool);
    }
    for (const side of POOL_SIDES) {
      const swept = this.#pools.filter((pool) => pool.side === side && this.#isSwept(pool, t));
      for (const pool of this.#pools.filter((p) => p.side === side && !swept.includes(p))) {
        const closedBeyond = up(side) * (bar(this.#s, t).close - pool.level) > 0;
        if (pool.beyond !== null && t - pool.beyond >= reclaim) {
          this.#remove(pool);
          this.#tell(t, 'run', pool);
        } else if (pool.beyond === null && closedBeyond) pool.beyond = t;
      }
      if (swept.length > 0) this.#sweep(t, side, swept);
    }
  }

  #isSwept(pool: Pool, t: number): boolean {
    const { high, low, close } = bar(this.#s, t);
    const closedInside = up(pool.side) * (pool.level - close) > 0;
    const depth = up(pool.side) * ((pool.side === 'buySide' ? high : low) - pool.level);
    const deep = ticks(this.#s, depth) >= 1 && depth >= this.#s.params.liquidity.penetrationAtr * atr(this.#s, t);
    const reclaimed = pool.beyond !== null && t - pool.beyond <= this.#s.params.liquidity.reclaim;
    return closedInside && (reclaimed || (pool.beyond === null && deep));
  }

  #sweep(t: number, side: PoolSide, swept: readonly Pool[]): void {
    for (const pool of swept) this.#remove(pool);
    const levels = swept.map((pool) => pool.level);
    this.sweeps.push({
      t,
      side: side === 'buySide' ? 'short' : 'long',
      strong: swept.some((pool) => pool.kind !== 'swing'),
      level: side === 'buySide' ? Math.max(...levels) : Math.min(...levels),
      weight: swept.reduce((sum, pool) => sum + pool.weight, 0),
      count: swept.length,
    });
  }

  addSwing(t: number, side: PoolSide, level: number, at: number): void {
    const tolerance = this.#s.params.liquidity.equalAtr * atr(this.#s, t);
    const near = (pool: Pool): number => Math.abs(pool.level - level);
    const equal = this.#pools
      .filter((pool) => pool.side === side && pool.period === '' && pool.beyond === null)
      .filter((pool) => near(pool) <= tolerance || ticks(this.#s, near(pool)) <= 1)
      .toSorted((a, b) => near(a) - near(b) || a.at - b.at)[0];
    if (equal === undefined) {
      this.#add(t, { side, kind: 'swing', level, weight: 1, at, period: '', renewed: t, beyond: null, order: 0 });
      return;
    }
    equal.level = up(side) * Math.max(up(side) * equal.level, up(side) * level);
    equal.weight += 1;
    equal.kind = 'equal';
    equal.renewed = t;
    equal.order = this.#arrivals++;
    this.#tell(t, 'merged', equal);
  }

  addPeriod(t: number, side: PoolSide, period: string, level: number, at: number): void {
    const before = this.#pools.find((pool) => pool.side === side && pool.period === period && pool.beyond === null);
    if (before !== undefined) {
      this.#remove(before);
      this.#tell(t, 'replaced', before);
    }
    const kind = period === 'day' || period === 'week' ? period : 'session';
    this.#add(t, { side, kind, level, weight: kind === 'session' ? 1 : 2, at, period, renewed: t, beyond: null, order: 0 });
  }

  #add(t: number, pool: Pool): void {
    const held = this.#pools.filter((other) => other.side === pool.side);
    if (held.length >= this.#s.params.liquidity.maxPools) {
      const oldest = held
        .filter((other) => other.beyond === null)
        .toSorted((a, b) => a.renewed - b.renewed || up(pool.side) * (a.level - b.level) || a.order - b.order)[0];
      if (oldest !== undefined) {
        this.#remove(oldest);
        this.#tell(t, 'expired', oldest);
      }
    }
    pool.order = this.#arrivals++;
    this.#pools.push(pool);
    this.#tell(t, 'created', pool);
  }
}

function fill(s: Series): Bag {
  const bag = new Bag(s);
  const swings = oracleSwings(s);
  const periods = oraclePeriods(s).filter((period) => period.whole && speaks(s, period.known));
  const addPeriods = (t: number, when: 'before' | 'at'): void => {
    for (const period of periods.filter((p) => p.known === t && p.when === when)) {
      bag.addPeriod(t, 'buySide', period.name, period.high, bar(s, period.first).openMs);
      bag.addPeriod(t, 'sellSide', period.name, period.low, bar(s, period.first).openMs);
    }
  };
  for (let t = 0; t < s.bars.length; t++) {
    if (!speaks(s, t)) continue;
    addPeriods(t, 'before');
    bag.judge(t);
    for (const swing of swings.filter((sw) => sw.known === t)) {
      bag.addSwing(t, swing.kind === 'high' ? 'buySide' : 'sellSide', swing.level, bar(s, swing.index).openMs);
    }
    addPeriods(t, 'at');
  }
  return bag;
}

export const oracleSweeps = (s: Series): readonly OracleSweep[] => fill(s).sweeps;
export const poolLines = (s: Series): string[][] => perBar(s, fill(s).told);
export const sweepLines = (s: Series): string[][] =>
  perBar(
    s,
    fill(s).sweeps.map(
      ({ t, side, strong, level, weight, count }): Told => [
        t,
        `sweep ${side} ${strong ? 'strong' : 'single'} ${level} x${weight} of ${count}`,
      ],
    ),
  );

export function sweepBefore(s: Series, sweeps: readonly OracleSweep[], side: Side, breakAt: number, origin: number): LegSweep {
  const onOb = (sweep: OracleSweep): boolean => Math.abs(sweep.t - origin) <= 1;
  const best = sweeps
    .filter((sweep) => sweep.side === side && sweep.t <= breakAt && breakAt - sweep.t <= s.params.block.sweepBars)
    .toSorted((a, b) => Number(onOb(b)) - Number(onOb(a)) || Number(b.strong) - Number(a.strong) || b.t - a.t)[0];
  if (best === undefined) return { kind: 'none', onOb: false, barsBeforeBreak: Number.NaN };
  return { kind: best.strong ? 'strong' : 'single', onOb: onOb(best), barsBeforeBreak: breakAt - best.t };
}
