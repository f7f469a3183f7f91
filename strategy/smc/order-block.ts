// Floor 1, room 4: order blocks of one side (smc.md a5), from the break that makes them to their end, and what a failed one turns into.
// Of the blocks ever made nearly all fail in time: every end is told, so nobody counts survivors only.
import type { Side } from '../../src/core/units.ts';
import type { BarWindow } from './bar-window.ts';
import type { LegState } from './leg.ts';
import { FLAG, type Row, RowFormat } from './pack.ts';
import type { SmcParams } from './params.ts';
import type { Tripwire } from './tripwires.ts';
import type { DroppedEvent, FlippedBlock, LegSweep, OrderBlock, SmcZone, StructureBreak } from './types.ts';
import { closesThrough, type LiveZone, opposite, sideName, tellZone, visit, wicksThrough } from './zone.ts';
import { ZoneLadder } from './zone-ladder.ts';

/** What cannot be told from the rest. */
type Stored = Omit<OrderBlock, 'id' | 'kind' | 'side' | 'mid' | 'breakIndex' | 'fvgInLeg' | 'sweep'>;

const FORMAT = new RowFormat<Stored>(
  [
    'top',
    'bottom',
    'atMs',
    'atIndex',
    'knownAtMs',
    'knownIndex',
    'state',
    'touches',
    'touching',
    'legHeight',
    'atr',
    'breakForm',
    'brokenLevel',
    'fvgSizeAtr',
    'displacementInLeg',
    'msbGrade',
  ],
  ['volumePercentile'],
  { state: ['fresh', 'tapped', 'half', 'filled'], touching: FLAG, breakForm: ['bos', 'choch', 'mss'], displacementInLeg: FLAG },
);

type SweepRow = readonly [LegSweep['kind'], boolean, number | null];

export interface OrderBlockSnapshot {
  readonly blocks: readonly (readonly [Row, SweepRow])[];
}

interface Prices {
  readonly top: number;
  readonly bottom: number;
}

/** The candle's range, stretched to the leg's origin on the far side; or its body alone. */
function pricesOf(side: Side, zone: SmcParams['block']['zone'], { candle, origin }: LegState): Prices {
  if (zone === 'body') return { top: Math.max(candle.open, candle.close), bottom: Math.min(candle.open, candle.close) };
  return side === 'long'
    ? { top: candle.high, bottom: Math.min(candle.low, origin) }
    : { top: Math.max(candle.high, origin), bottom: candle.low };
}

function blockOf(
  window: BarWindow,
  made: StructureBreak,
  leg: LegState,
  found: Prices & { readonly sweep: LegSweep },
): OrderBlock {
  const { candle } = leg;
  return {
    id: window.idOf('ob', sideName(made.side), candle.atMs),
    kind: 'orderBlock',
    side: made.side,
    top: found.top,
    bottom: found.bottom,
    mid: window.grid.mid(found.top, found.bottom),
    atMs: candle.atMs,
    atIndex: candle.index,
    knownAtMs: window.openMs,
    knownIndex: window.index,
    state: 'fresh',
    touches: 0,
    touching: false,
    legHeight: made.legHeight,
    atr: window.atr,
    breakIndex: window.index,
    breakForm: made.form,
    brokenLevel: made.level,
    fvgInLeg: leg.gapAtr > 0,
    fvgSizeAtr: leg.gapAtr,
    displacementInLeg: leg.displacement,
    msbGrade: made.msbGrade,
    sweep: found.sweep,
    volumePercentile: window.volumePercentile(leg.volumeSum / leg.volumeBars),
  };
}

export class OrderBlockBook {
  readonly #side: Side;
  readonly #params: SmcParams['block'];
  readonly #ladder: ZoneLadder<OrderBlock>;
  readonly #failed: OrderBlock[] = [];

  constructor(side: Side, params: SmcParams['block'], wire?: Tripwire) {
    this.#side = side;
    this.#params = params;
    this.#ladder = new ZoneLadder(side, 'near', params.maxAge, wire && { wire });
  }

  get zones(): readonly OrderBlock[] {
    return this.#ladder.zones;
  }

  /** Zones that the newest bar visits. */
  collectTouched(into: SmcZone[]): void {
    this.#ladder.collectTouched(into);
  }

  update(window: BarWindow): void {
    this.#ladder.update(window, this.#step);
  }

  readonly #step = (block: LiveZone<OrderBlock>, window: BarWindow): 'stay' | 'leave' => {
    const seen = visit(block, window);
    if (seen === 'away') return 'stay';
    const failed = this.#params.invalidBy === 'wick' ? wicksThrough(block, window) : closesThrough(block, window);
    if (failed) {
      tellZone(window, block, 'invalid');
      this.#failed.push(block);
      return 'leave';
    }
    const spent = this.#params.consumedBy === 'half' ? block.state === 'half' : seen === 'left' && block.touches >= 2;
    if (spent) {
      tellZone(window, block, 'consumed');
      return 'leave';
    }
    return 'stay';
  };

  /** Blocks that failed in this bar; taken once. */
  takeFailed(): readonly OrderBlock[] {
    return this.#failed.length === 0 ? this.#failed : this.#failed.splice(0);
  }

  /** The break's order block, or the reason why there is none. */
  create(window: BarWindow, made: StructureBreak, leg: LegState, sweep: LegSweep): void {
    const prices = pricesOf(this.#side, this.#params.zone, leg);
    const height = prices.top - prices.bottom;
    const tooNarrow = !window.grid.isAtLeast(height, this.#params.minTicks);
    if (tooNarrow || height > this.#params.maxAtr * window.atr) {
      this.#drop(window, made, prices, tooNarrow ? 'tooNarrow' : 'tooWide');
      return;
    }
    this.#supersede(window, prices);
    if (this.#ladder.size >= this.#params.maxActive) this.#ladder.expireOldest(window);
    const block = blockOf(window, made, leg, { ...prices, sweep });
    this.#ladder.add(block);
    tellZone(window, block, 'created');
  }

  #drop(window: BarWindow, made: StructureBreak, prices: Prices, reason: DroppedEvent['reason']): void {
    if (window.keepsEvents)
      window.events.push({
        kind: 'orderBlock.dropped',
        id: window.idOf('dropped', sideName(this.#side), made.swingAtMs),
        at: window.openMs,
        knownAt: window.openMs,
        side: this.#side,
        reason,
        ...prices,
      });
  }

  /** Two blocks of one side that share half of the smaller one are one idea: the newer stays. */
  #supersede(window: BarWindow, { top, bottom }: Prices): void {
    for (let i = this.#ladder.zones.length - 1; i >= 0; i--) {
      const old = this.#ladder.zones[i] as OrderBlock;
      const shared = Math.min(top, old.top) - Math.max(bottom, old.bottom);
      // A millionth of a tick forgives the doubles: exactly half is half.
      const wanted = this.#params.overlap * Math.min(top - bottom, old.top - old.bottom) - window.grid.tick * 1e-6;
      if (shared < wanted) continue;
      this.#ladder.remove(old);
      tellZone(window, old, 'superseded');
    }
  }

  /** The break that made a block was extended. */
  raiseGrade(breakIndex: number): void {
    for (const block of this.#ladder.zones) if (block.breakIndex === breakIndex) (block as LiveZone<OrderBlock>).msbGrade = 2;
  }

  snapshot(): OrderBlockSnapshot {
    return {
      blocks: this.#ladder.zones.map((block) => {
        const { kind, onOb, barsBeforeBreak } = block.sweep;
        return [FORMAT.pack(block), [kind, onOb, Number.isNaN(barsBeforeBreak) ? null : barsBeforeBreak]];
      }),
    };
  }

  restore(window: BarWindow, snapshot: OrderBlockSnapshot): void {
    this.#failed.length = 0;
    const blocks = snapshot.blocks.map(([row, [sweep, onOb, bars]]): OrderBlock => {
      const stored = FORMAT.unpack(row);
      // Field by field as at its birth, so that all blocks have one shape.
      return {
        id: window.nameOf('ob', sideName(this.#side), stored),
        kind: 'orderBlock',
        side: this.#side,
        top: stored.top,
        bottom: stored.bottom,
        mid: window.grid.mid(stored.top, stored.bottom),
        atMs: stored.atMs,
        atIndex: stored.atIndex,
        knownAtMs: stored.knownAtMs,
        knownIndex: stored.knownIndex,
        state: stored.state,
        touches: stored.touches,
        touching: stored.touching,
        legHeight: stored.legHeight,
        atr: stored.atr,
        breakIndex: stored.knownIndex,
        breakForm: stored.breakForm,
        brokenLevel: stored.brokenLevel,
        fvgInLeg: stored.fvgSizeAtr > 0,
        fvgSizeAtr: stored.fvgSizeAtr,
        displacementInLeg: stored.displacementInLeg,
        msbGrade: stored.msbGrade,
        sweep: { kind: sweep, onOb, barsBeforeBreak: bars ?? Number.NaN },
        volumePercentile: stored.volumePercentile,
      };
    });
    this.#ladder.restore(blocks);
  }
}

/** A failed block works from the other side: a breaker if its leg had swept liquidity, a mitigation block if it had not. */
export function flipOf(window: BarWindow, failed: OrderBlock): FlippedBlock {
  const kind = failed.sweep.kind === 'none' ? 'mitigation' : 'breaker';
  return {
    id: `${kind}:${failed.id}`,
    kind,
    side: opposite(failed.side),
    top: failed.top,
    bottom: failed.bottom,
    mid: failed.mid,
    atMs: failed.atMs,
    atIndex: failed.atIndex,
    knownAtMs: window.openMs,
    knownIndex: window.index,
    state: 'fresh',
    touches: 0,
    touching: false,
    originId: failed.id,
  };
}
