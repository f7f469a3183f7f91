// Floor 1, room 4: order blocks of one side (smc.md a5), from the break that makes them to their end, and what a failed one turns into.
// Of the blocks ever made nearly all fail in time: every end is told, so nobody counts survivors only.
import type { Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { LegState } from './leg.ts';
import type { SmcParams } from './params.ts';
import type { Tripwire } from './tripwires.ts';
import {
  BREAK_FORMS,
  type DroppedEvent,
  type FlippedBlock,
  type LegSweep,
  MSB_GRADES,
  type Mutable,
  type OrderBlock,
  type SmcZone,
  type StructureBreak,
  SWEEP_KINDS,
  ZONE_STATES,
} from './types.ts';
import { closesThrough, type LiveZone, opposite, sideName, tellZone, visit, wicksThrough, writeZone } from './zone.ts';
import { ZoneLadder } from './zone-ladder.ts';

/** What can be told from the rest is left out: its name, its middle, the breaking bar and whether its leg had a gap. */
function writeBlock(tape: TapeWriter, block: OrderBlock): void {
  writeZone(tape, block);
  tape.number(block.legHeight);
  tape.number(block.atr);
  tape.word(BREAK_FORMS, block.breakForm);
  tape.number(block.brokenLevel);
  tape.number(block.fvgSizeAtr);
  tape.flag(block.displacementInLeg);
  tape.word(MSB_GRADES, block.msbGrade);
  tape.word(SWEEP_KINDS, block.sweep.kind);
  tape.flag(block.sweep.onOb);
  tape.number(block.sweep.barsBeforeBreak);
  tape.number(block.volumePercentile);
}

const readSweep = (tape: TapeReader): LegSweep => ({
  kind: tape.word(SWEEP_KINDS),
  onOb: tape.flag(),
  barsBeforeBreak: tape.number(),
});

/** Field by field as at its birth, so that all blocks have one shape; what is told from the rest comes last. */
function readBlock(tape: TapeReader, window: BarWindow, side: Side): OrderBlock {
  const top = tape.number();
  const bottom = tape.number();
  const block: Mutable<OrderBlock> = {
    id: '',
    kind: 'orderBlock',
    side,
    top,
    bottom,
    mid: window.grid.mid(top, bottom),
    atMs: tape.instant(),
    atIndex: tape.count(),
    knownAtMs: tape.instant(),
    knownIndex: tape.count(),
    state: tape.word(ZONE_STATES),
    touches: tape.count(),
    touching: tape.flag(),
    legHeight: tape.number(),
    atr: tape.number(),
    breakIndex: -1,
    breakForm: tape.word(BREAK_FORMS),
    brokenLevel: tape.number(),
    fvgInLeg: false,
    fvgSizeAtr: tape.number(),
    displacementInLeg: tape.flag(),
    msbGrade: tape.word(MSB_GRADES),
    sweep: readSweep(tape),
    volumePercentile: tape.number(),
  };
  block.id = window.nameOf('ob', sideName(side), block);
  block.breakIndex = block.knownIndex;
  block.fvgInLeg = block.fvgSizeAtr > 0;
  return block;
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

  write(tape: TapeWriter): void {
    tape.list(this.#ladder.zones, writeBlock);
  }

  read(tape: TapeReader, window: BarWindow): void {
    this.#failed.length = 0;
    this.#ladder.restore(tape.list((own) => readBlock(own, window, this.#side)));
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
