// Floor 1, room 4: liquidity pools and sweeps (smc.md a6): a wick beyond resting stops with the close back inside, or a break that failed
// within three bars. A sweep of buy-side liquidity speaks for shorts, one of sell-side liquidity for longs.
import { SIDES, type Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { SmcParams } from './params.ts';
import { type PeriodLevel, PoolSideBook } from './pool-side.ts';
import type { Tripwire } from './tripwires.ts';
import type { LegSweep, LiquidityPool, PoolSide, SweepRecord, Swing } from './types.ts';
import { sideName } from './zone.ts';

const KINDS = ['single', 'strong'] as const;

function writeSweep(tape: TapeWriter, sweep: SweepRecord): void {
  tape.word(SIDES, sweep.side);
  tape.number(sweep.index);
  tape.instant(sweep.atMs);
  tape.number(sweep.level);
  tape.word(KINDS, sweep.kind);
  tape.number(sweep.weight);
}

const readSweep = (tape: TapeReader): SweepRecord => ({
  side: tape.word(SIDES),
  index: tape.count(),
  atMs: tape.instant(),
  level: tape.number(),
  kind: tape.word(KINDS),
  weight: tape.count(),
});

export class LiquidityDetector {
  readonly #buySide: PoolSideBook;
  readonly #sellSide: PoolSideBook;
  readonly #sweepBars: number;
  /** Sweeps that may still matter for a break, oldest first, and always the newest one. */
  readonly #sweeps: Readonly<Record<Side, SweepRecord[]>> = { long: [], short: [] };

  /** Bar of the newest sweep that speaks for longs and for shorts: asked with every bar, so kept at hand. */
  lastLong = -1;
  lastShort = -1;

  constructor(params: SmcParams, wires?: { readonly buySide: Tripwire; readonly sellSide: Tripwire }) {
    this.#buySide = new PoolSideBook('buySide', params.liquidity, wires?.buySide);
    this.#sellSide = new PoolSideBook('sellSide', params.liquidity, wires?.sellSide);
    this.#sweepBars = params.block.sweepBars;
  }

  pools(side: PoolSide): readonly LiquidityPool[] {
    return (side === 'buySide' ? this.#buySide : this.#sellSide).pools;
  }

  lastSweep(side: Side): SweepRecord | null {
    const sweeps = this.#sweepsOf(side);
    return sweeps[sweeps.length - 1] ?? null;
  }

  #sweepsOf(side: Side): SweepRecord[] {
    return side === 'long' ? this.#sweeps.long : this.#sweeps.short;
  }

  update(window: BarWindow): void {
    const above = this.#buySide.update(window);
    if (above.length > 0) this.#record(window, 'short', above);
    const below = this.#sellSide.update(window);
    if (below.length > 0) this.#record(window, 'long', below);
  }

  /** However many pools a bar swept, it is one sweep, named by the outermost level. */
  #record(window: BarWindow, side: Side, pools: readonly LiquidityPool[]): void {
    const levels = pools.map((pool) => pool.level);
    const level = side === 'short' ? Math.max(...levels) : Math.min(...levels);
    const kind = pools.some((pool) => pool.kind !== 'swing') ? 'strong' : 'single';
    const weight = pools.reduce((sum, pool) => sum + pool.weight, 0);
    const list = this.#sweepsOf(side);
    if (side === 'long') this.lastLong = window.index;
    else this.lastShort = window.index;
    list.push({ side, index: window.index, atMs: window.openMs, level, kind, weight });
    while (window.index - (list[0] as SweepRecord).index > this.#sweepBars) list.shift();
    if (window.keepsEvents)
      window.events.push({
        kind: 'sweep',
        id: window.idOf('sweep', sideName(side), window.openMs),
        at: window.openMs,
        knownAt: window.openMs,
        side,
        level,
        strength: kind,
        weight,
        poolIds: pools.map((pool) => (side === 'short' ? this.#buySide : this.#sellSide).idOf(window, pool)),
      });
  }

  /** The best sweep of the bars before a break: on the leg's origin, then the stronger, then the newest. */
  sweepBefore(side: Side, breakIndex: number, originIndex: number): LegSweep {
    let best: SweepRecord | null = null;
    let bestRank = -1;
    for (const sweep of this.#sweepsOf(side)) {
      if (breakIndex - sweep.index > this.#sweepBars) continue;
      const rank = (Math.abs(sweep.index - originIndex) <= 1 ? 2 : 0) + (sweep.kind === 'strong' ? 1 : 0);
      if (rank < bestRank) continue;
      best = sweep;
      bestRank = rank;
    }
    if (best === null) return { kind: 'none', onOb: false, barsBeforeBreak: Number.NaN };
    return { kind: best.kind, onOb: bestRank >= 2, barsBeforeBreak: breakIndex - best.index };
  }

  addSwing(window: BarWindow, swing: Swing): void {
    (swing.kind === 'high' ? this.#buySide : this.#sellSide).addSwing(window, swing);
  }

  addPeriod(window: BarWindow, period: Omit<PeriodLevel, 'level'>, high: number, low: number): void {
    this.#buySide.addPeriod(window, { ...period, level: high });
    this.#sellSide.addPeriod(window, { ...period, level: low });
  }

  write(tape: TapeWriter): void {
    this.#buySide.write(tape);
    this.#sellSide.write(tape);
    tape.list(this.#sweeps.long, writeSweep);
    tape.list(this.#sweeps.short, writeSweep);
  }

  read(tape: TapeReader): void {
    this.#buySide.read(tape);
    this.#sellSide.read(tape);
    for (const side of SIDES) {
      const sweeps = this.#sweepsOf(side);
      sweeps.length = 0;
      sweeps.push(...tape.list(readSweep));
    }
    this.lastLong = this.lastSweep('long')?.index ?? -1;
    this.lastShort = this.lastSweep('short')?.index ?? -1;
  }
}
