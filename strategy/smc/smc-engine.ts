// Floor 1, room 4: all SMC detectors of one symbol and timeframe, fed closed bars in order. One bar can do everything at once, so the
// order is fixed: zones are touched and ended → sweeps → swings → structure → new zones. What was told is never taken back, and
// everything told depends on bars up to `knownAt` only.
import type { Bar } from '../../src/core/market.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import { invariant, type Side } from '../../src/core/units.ts';
import { CellBlock } from '../cell-block.ts';
import { TapeReader, TapeWriter } from '../tape.ts';
import { BarWindow, WINDOW_BARS, WINDOW_CELLS } from './bar-window.ts';
import { DisplacementDetector, markDisplacement } from './displacement.ts';
import { markGap } from './fair-value-gap.ts';
import { LEG_CELLS, type LegTracker } from './leg.ts';
import { LiquidityDetector } from './liquidity.ts';
import { defaultParams, type SmcParams } from './params.ts';
import type { Period } from './period.ts';
import { PERIOD_CELLS, Periods } from './periods.ts';
import { DealingRangeTracker, RANGE_CELLS } from './premium-discount.ts';
import { readSide, WIRE, WIRE_CELLS, type Wires, writeSide } from './side-state.ts';
import { StructureDetector } from './structure.ts';
import { isSwingHigh, isSwingLow, SwingDetector } from './swing.ts';
import { Tripwires } from './tripwires.ts';
import type {
  BreakForm,
  DealingRange,
  FairValueGap,
  FlippedBlock,
  LiquidityPool,
  OrderBlock,
  PoolSide,
  PreviousLevels,
  SmcEvent,
  SmcView,
  SmcZone,
  StructureBreak,
  SweepRecord,
  Swing,
  TrendDirection,
} from './types.ts';
import { ZoneRounds } from './zone-rounds.ts';

export interface SmcOptions {
  readonly timeframe: Timeframe;
  /** 0 where it is not known: prices then compare as numbers. */
  readonly tickSize: number;
  readonly params?: SmcParams;
  /** Where the detectors keep their numbers, and the older volumes apart; blocks of their own where none are given. */
  readonly block?: CellBlock;
  readonly volumes?: CellBlock;
  /** `dropped` until `keepEvents` is called; zones and levels are the same either way. */
  readonly events?: 'kept' | 'dropped';
}

export const SMC_CELLS = WINDOW_CELLS + WIRE_CELLS + 2 * LEG_CELLS + RANGE_CELLS + PERIOD_CELLS;

/** Plain JSON; NaN stands as null. */
export interface SmcSnapshot {
  readonly version: 6;
  readonly timeframe: Timeframe;
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly string[];
}

export class SmcEngine implements SmcView {
  readonly #window: BarWindow;
  readonly #wires: Wires;
  readonly #swings: SwingDetector;
  readonly #displacement: DisplacementDetector;
  readonly #structure: StructureDetector;
  readonly #liquidity: LiquidityDetector;
  readonly #range: DealingRangeTracker;
  readonly #periods: Periods;
  readonly #params: SmcParams;
  readonly #zones: ZoneRounds;

  constructor(options: SmcOptions) {
    const { timeframe, tickSize, params = defaultParams(timeframe), block = new CellBlock(SMC_CELLS) } = options;
    this.#wires = new Tripwires(WIRE, block);
    const swingSpan = params.swingLeft + params.swingRight + 1;
    const lookBack = Math.max(swingSpan, params.swingRight + 4, params.displacement.multiBars + 4);
    invariant(lookBack <= WINDOW_BARS, `swings over ${swingSpan} bars need a longer window`);
    const wire = (name: keyof typeof WIRE) => this.#wires.wire(name);
    this.#params = params;
    this.#zones = new ZoneRounds(params, this.#wires, block);
    this.#range = new DealingRangeTracker(block);
    this.#periods = new Periods(this.#ended, block);
    this.#window = new BarWindow(timeframe, tickSize, { lookBack, block, ...(options.volumes && { volumes: options.volumes }) });
    this.#window.keepsEvents = options.events !== 'dropped';
    this.#swings = new SwingDetector(params.swingRight);
    this.#displacement = new DisplacementDetector(params.displacement);
    const pending = { pendingUp: wire('pendingUp'), pendingDown: wire('pendingDown') };
    this.#structure = new StructureDetector(params.msb, { above: wire('above'), below: wire('below'), ...pending });
    this.#liquidity = new LiquidityDetector(params, { buySide: wire('buySide'), sellSide: wire('sellSide') });
  }

  /** One closed bar with the ATR14 of this timeframe, the bar included, and the ATR before it (NaN while unknown). */
  onBar(bar: Bar, atr: number, atrBefore: number): void {
    const window = this.#window;
    const lastOpenMs = window.index < 0 ? Number.NEGATIVE_INFINITY : window.openMs;
    // Asked first, so that the sentence is written only when it is needed.
    if (!(bar.openMs > lastOpenMs)) invariant(false, `bar ${bar.openMs} does not follow ${lastOpenMs}`);
    window.push(bar, atr, atrBefore);
    markDisplacement(window, this.#params.displacement);
    markGap(window, this.#params.gap);
    this.#periods.before(window);
    if (window.ready) this.#judge(window);
    this.#periods.after(window);
  }

  #judge(window: BarWindow): void {
    this.#zones.update(window);
    if (this.#wakes(WIRE.sellSide, window.low) || this.#wakes(WIRE.buySide, -window.high)) this.#liquidity.update(window);
    this.#confirmSwings(window);
    const broken = this.#breakStructure(window);
    this.#extendBreaks(window);
    this.#createZones(window, broken);
    this.#range.update(window);
  }

  #extendBreaks(window: BarWindow): void {
    const woken = this.#wakes(WIRE.pendingDown, window.low) || this.#wakes(WIRE.pendingUp, -window.high);
    if (woken) this.#structure.extend(window, this.#extended);
  }

  readonly #extended = (side: Side, breakIndex: number): void => {
    this.#zones.side(side).blocks.raiseGrade(breakIndex);
  };

  /** A price measures what lies below it, its negative what lies above. */
  #wakes(place: number, reach: number): boolean {
    return this.#wires.wakes(place, reach, this.#window.index);
  }

  #confirmSwings(window: BarWindow): void {
    const high = isSwingHigh(window, this.#params) ? this.#swings.confirmHigh(window) : null;
    const low = isSwingLow(window, this.#params) ? this.#swings.confirmLow(window) : null;
    this.#follow(window, this.#zones.long.leg, high);
    this.#follow(window, this.#zones.short.leg, low);
  }

  #follow(window: BarWindow, leg: LegTracker, swing: Swing | null): void {
    if (swing === null) {
      leg.push(window);
      return;
    }
    leg.start(window, swing.index);
    this.#structure.noteSwing(swing);
    this.#liquidity.addSwing(window, swing);
  }

  #breakStructure(window: BarWindow): StructureBreak | null {
    if (!this.#wakes(WIRE.above, -window.close) && !this.#wakes(WIRE.below, window.close)) return null;
    const side = this.#structure.brokenSide(window);
    if (side === null) return null;
    const { leg, gaps } = this.#zones.side(side);
    const made = this.#structure.record(window, side, leg);
    gaps.noteBreak(leg.originIndex);
    this.#range.start(window, side, leg);
    return made;
  }

  #createZones(window: BarWindow, broken: StructureBreak | null): void {
    if (window.moved !== 0) this.#displacement.tell(window);
    if (window.gap !== 0) this.#createGap(window, window.gap > 0 ? 'long' : 'short');
    if (broken === null) return;
    const { leg, blocks } = this.#zones.side(broken.side);
    const sweep = this.#liquidity.sweepBefore(broken.side, window.index, leg.originIndex);
    // A break that extended in its own bar is of grade 2 already.
    blocks.create(window, this.#structure.lastBreak(broken.side, 'any') ?? broken, leg, sweep);
  }

  #createGap(window: BarWindow, side: Side): void {
    const made = this.#structure.lastBreak(side, 'any');
    this.#zones.side(side).gaps.create(window, made !== null && made.index >= window.index - 2);
  }

  readonly #ended = (name: string, period: Period): void => {
    if (!period.whole) return;
    const window = this.#window;
    const { high, low, firstBarMs } = period;
    const kind = name === 'day' || name === 'week' ? name : 'session';
    if (!window.ready) return;
    if (window.keepsEvents)
      window.events.push({
        kind: 'period.closed',
        id: window.idOf('period', name, firstBarMs),
        at: firstBarMs,
        knownAt: window.openMs,
        period: name,
        high,
        low,
      });
    this.#liquidity.addPeriod(window, { period: name, kind, startMs: firstBarMs }, high, low);
  };

  get barIndex(): number {
    return this.#window.index;
  }
  get ready(): boolean {
    return this.#window.ready;
  }
  get events(): readonly SmcEvent[] {
    return this.#window.events;
  }
  /** From the next bar on, for those who draw or tell what was found. */
  keepEvents(): void {
    this.#window.keepsEvents = true;
  }
  get touched(): readonly SmcZone[] {
    return this.#window.ready ? this.#zones.touched : [];
  }
  get trend(): TrendDirection {
    return this.#structure.trend;
  }
  orderBlocks(side: Side): readonly OrderBlock[] {
    return this.#zones.side(side).blocks.zones;
  }
  fairValueGaps(side: Side): readonly FairValueGap[] {
    return this.#zones.side(side).gaps.zones;
  }
  flippedBlocks(side: Side): readonly FlippedBlock[] {
    return this.#zones.side(side).flipped.zones;
  }
  pools(side: PoolSide): readonly LiquidityPool[] {
    return this.#liquidity.pools(side);
  }
  lastBreak(side: Side, form: BreakForm | 'any'): StructureBreak | null {
    return this.#structure.lastBreak(side, form);
  }
  lastSweep(side: Side): SweepRecord | null {
    return this.#liquidity.lastSweep(side);
  }
  lastSweepIndex(side: Side): number {
    return side === 'long' ? this.#liquidity.lastLong : this.#liquidity.lastShort;
  }
  lastSwing(kind: Swing['kind']): Swing | null {
    return kind === 'high' ? this.#swings.lastHigh : this.#swings.lastLow;
  }
  lastDisplacementIndex(side: Side): number {
    return this.#displacement.lastIndex(side);
  }
  get range(): DealingRange | null {
    return this.#range.range;
  }
  rangePosition(side: Side, price: number): number {
    return this.#range.position(side, price);
  }
  get retracementPct(): number {
    return this.#range.retracementPct;
  }
  get deepestRetracementPct(): number {
    return this.#range.deepestPct;
  }
  get previousLevels(): PreviousLevels {
    return this.#periods.previous;
  }
  get session(): string | null {
    return this.#periods.session;
  }

  snapshot(): SmcSnapshot {
    const tape = new TapeWriter('whole');
    this.write(tape);
    const numbers = tape.numbers.map((value) => (Number.isNaN(value) ? null : value));
    return { version: 6, timeframe: this.#window.timeframe, numbers, texts: tape.texts };
  }

  restore({ version, timeframe, numbers, texts }: SmcSnapshot): void {
    invariant(version === 6 && timeframe === this.#window.timeframe, 'not a snapshot of this timeframe');
    const tape = new TapeReader(
      'whole',
      Float64Array.from(numbers, (value) => value ?? Number.NaN),
      texts,
    );
    this.read(tape);
    tape.end();
  }

  write(tape: TapeWriter): void {
    this.#window.write(tape);
    this.#swings.write(tape);
    this.#displacement.write(tape);
    this.#structure.write(tape);
    this.#liquidity.write(tape);
    if (tape.part === 'whole') this.#range.write(tape);
    this.#periods.write(tape);
    writeSide(tape, this.#zones.long);
    writeSide(tape, this.#zones.short);
  }

  read(tape: TapeReader): void {
    this.#window.read(tape);
    this.#swings.read(tape);
    this.#displacement.read(tape);
    this.#structure.read(tape);
    this.#liquidity.read(tape);
    if (tape.part === 'whole') this.#range.read(tape);
    this.#periods.read(tape);
    readSide(tape, this.#zones.long, this.#window);
    readSide(tape, this.#zones.short, this.#window);
  }
}
