// Floor 1, room 4: market structure (smc.md a3): a close beyond the last confirmed swing breaks it. With the trend it is a BOS, against
// it a CHoCH, and a CHoCH whose leg held displacement an MSS. The amplitude filter (MSB) grades how much the break weighs.
import { SIDES, type Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { LegState } from './leg.ts';
import type { SmcParams } from './params.ts';
import { readSwing, writeSwing } from './swing.ts';
import { looseWire, type Tripwire } from './tripwires.ts';
import {
  BREAK_FORMS,
  type BreakForm,
  MSB_GRADES,
  type MsbGrade,
  type StructureBreak,
  type Swing,
  type TrendDirection,
} from './types.ts';
import { sideName } from './zone.ts';

/** A graded break that may still extend: `target` is the level plus a third of the leg. */
interface Pending {
  readonly id: string;
  readonly breakIndex: number;
  readonly side: Side;
  readonly origin: number;
  readonly target: number;
}

interface Level {
  readonly swing: Swing;
  readonly used: boolean;
}

/** A close above the last high, one below the last low, and bars that may end the waiting of a graded break. */
export interface StructureWires {
  readonly above: Tripwire;
  readonly below: Tripwire;
  readonly pendingUp: Tripwire;
  readonly pendingDown: Tripwire;
}

const TRENDS = [-1, 0, 1] as const;
const FORMS_AND_ANY = [...BREAK_FORMS, 'any'] as const;
/** The newest of one side by form, and the newest of all; read and written by name, because a key that varies is searched for. */
type Breaks = { [K in BreakForm | 'any']: StructureBreak | null };
const noBreaks = (): Breaks => ({ bos: null, choch: null, mss: null, any: null });

function breakOf(breaks: Breaks, form: BreakForm | 'any'): StructureBreak | null {
  if (form === 'any') return breaks.any;
  return form === 'bos' ? breaks.bos : form === 'mss' ? breaks.mss : breaks.choch;
}

function setBreak(breaks: Breaks, form: BreakForm | 'any', made: StructureBreak): void {
  if (form === 'any') breaks.any = made;
  else if (form === 'bos') breaks.bos = made;
  else if (form === 'mss') breaks.mss = made;
  else breaks.choch = made;
}

/** Field by field as at its birth, so that all breaks have one shape. */
const graded = (made: StructureBreak, msbGrade: MsbGrade): StructureBreak => ({
  form: made.form,
  side: made.side,
  index: made.index,
  atMs: made.atMs,
  level: made.level,
  swingAtMs: made.swingAtMs,
  legOrigin: made.legOrigin,
  legOriginIndex: made.legOriginIndex,
  legHeight: made.legHeight,
  overshoot: made.overshoot,
  atr: made.atr,
  displacement: made.displacement,
  msbGrade,
});

function writeBreak(tape: TapeWriter, made: StructureBreak): void {
  tape.word(BREAK_FORMS, made.form);
  tape.word(SIDES, made.side);
  tape.number(made.index);
  tape.instant(made.atMs);
  tape.number(made.level);
  tape.instant(made.swingAtMs);
  tape.number(made.legOrigin);
  tape.number(made.legOriginIndex);
  tape.number(made.legHeight);
  tape.number(made.overshoot);
  tape.number(made.atr);
  tape.flag(made.displacement);
  tape.word(MSB_GRADES, made.msbGrade);
}

const readBreak = (tape: TapeReader): StructureBreak => ({
  form: tape.word(BREAK_FORMS),
  side: tape.word(SIDES),
  index: tape.count(),
  atMs: tape.instant(),
  level: tape.number(),
  swingAtMs: tape.instant(),
  legOrigin: tape.number(),
  legOriginIndex: tape.count(),
  legHeight: tape.number(),
  overshoot: tape.number(),
  atr: tape.number(),
  displacement: tape.flag(),
  msbGrade: tape.word(MSB_GRADES),
});

function writePending(tape: TapeWriter, pending: Pending): void {
  tape.text(pending.id);
  tape.number(pending.breakIndex);
  tape.word(SIDES, pending.side);
  tape.number(pending.origin);
  tape.number(pending.target);
}

const readPending = (tape: TapeReader): Pending => ({
  id: tape.name(),
  breakIndex: tape.count(),
  side: tape.word(SIDES),
  origin: tape.number(),
  target: tape.number(),
});

function writeLevel(tape: TapeWriter, { swing, used }: Level): void {
  writeSwing(tape, swing);
  tape.flag(used);
}

const readLevel = (tape: TapeReader): Level => ({ swing: readSwing(tape), used: tape.flag() });

export class StructureDetector {
  readonly #params: SmcParams['msb'];
  readonly #wires: StructureWires;
  trend: TrendDirection = 0;
  #high: Level | null = null;
  #low: Level | null = null;
  readonly #pending: Pending[] = [];
  readonly #long = noBreaks();
  readonly #short = noBreaks();

  constructor(
    params: SmcParams['msb'],
    wires: StructureWires = { above: looseWire(), below: looseWire(), pendingUp: looseWire(), pendingDown: looseWire() },
  ) {
    this.#params = params;
    this.#wires = wires;
  }

  /** A close that reaches an unbroken level has to look here. */
  #string(): void {
    const { above, below } = this.#wires;
    const never = Number.POSITIVE_INFINITY;
    above.set(this.#high === null || this.#high.used ? Number.NEGATIVE_INFINITY : -this.#high.swing.level, never);
    below.set(this.#low === null || this.#low.used ? Number.NEGATIVE_INFINITY : this.#low.swing.level, never);
  }

  /** So has, while a grade is open, a bar that reaches a target or an origin, or that comes too late. */
  #stringPending(): void {
    let up = Number.NEGATIVE_INFINITY;
    let down = Number.NEGATIVE_INFINITY;
    let lastQuiet = Number.POSITIVE_INFINITY;
    for (const { side, target, origin, breakIndex } of this.#pending) {
      up = Math.max(up, side === 'long' ? -target : -origin);
      down = Math.max(down, side === 'long' ? origin : target);
      lastQuiet = Math.min(lastQuiet, breakIndex + this.#params.maxWait);
    }
    this.#wires.pendingUp.set(up, lastQuiet);
    this.#wires.pendingDown.set(down, lastQuiet);
  }

  /** A new swing takes the place of the one before, broken or not. */
  noteSwing(swing: Swing): void {
    if (swing.kind === 'high') this.#high = { swing, used: false };
    else this.#low = { swing, used: false };
    this.#string();
  }

  lastBreak(side: Side, form: BreakForm | 'any'): StructureBreak | null {
    return breakOf(this.#breaksOf(side), form);
  }

  #breaksOf(side: Side): Breaks {
    return side === 'long' ? this.#long : this.#short;
  }

  /** Which side the newest bar breaks. Where both levels were passed (they had crossed), the candle's colour decides, a doji breaks none. */
  brokenSide(window: BarWindow): Side | null {
    const up = this.#high !== null && !this.#high.used && window.close > this.#high.swing.level;
    const down = this.#low !== null && !this.#low.used && window.close < this.#low.swing.level;
    if (up && down) return window.close === window.open ? null : window.close > window.open ? 'long' : 'short';
    return up ? 'long' : down ? 'short' : null;
  }

  /** Records the break of this side by this leg and tells it. */
  record(window: BarWindow, side: Side, leg: LegState): StructureBreak | null {
    const level = side === 'long' ? this.#high : this.#low;
    if (level === null) return null;
    const { swing } = level;
    const overshoot = Math.abs(window.close - swing.level);
    const legHeight = Math.abs(swing.level - leg.origin);
    const strong = legHeight >= this.#params.legAtr * window.atr && overshoot >= this.#params.overAtr * window.atr;
    const grade = strong ? 1 : 0;
    const form = this.#formOf(side, leg.displacement);
    if (side === 'long') this.#high = { swing, used: true };
    else this.#low = { swing, used: true };
    this.trend = side === 'long' ? 1 : -1;
    const made: StructureBreak = {
      form,
      side,
      index: window.index,
      atMs: window.openMs,
      level: swing.level,
      swingAtMs: swing.atMs,
      legOrigin: leg.origin,
      legOriginIndex: leg.originIndex,
      legHeight,
      overshoot,
      atr: window.atr,
      displacement: leg.displacement,
      msbGrade: grade,
    };
    const breaks = this.#breaksOf(side);
    setBreak(breaks, form, made);
    breaks.any = made;
    this.#tell(window, made, grade);
    this.#string();
    return made;
  }

  #formOf(side: Side, displaced: boolean): BreakForm {
    const against = side === 'long' ? this.trend === -1 : this.trend === 1;
    if (!against) return 'bos';
    return displaced ? 'mss' : 'choch';
  }

  #tell(window: BarWindow, made: StructureBreak, grade: 0 | 1): void {
    if (grade === 0 && !window.keepsEvents) return;
    const id = window.idOf('break', sideName(made.side), made.swingAtMs);
    if (window.keepsEvents)
      window.events.push({
        kind: `structure.${made.form}`,
        id,
        at: made.swingAtMs,
        knownAt: window.openMs,
        side: made.side,
        level: made.level,
        swingAt: made.swingAtMs,
        legHeight: made.legHeight,
        overshoot: made.overshoot,
        atr: made.atr,
        grade,
      });
    if (grade === 0) return;
    const sign = made.side === 'long' ? 1 : -1;
    const target = made.level + sign * this.#params.fib * made.legHeight;
    this.#pending.push({ id, breakIndex: made.index, side: made.side, origin: made.legOrigin, target });
    this.#stringPending();
  }

  /**
   * Breaks of grade 1 that this bar carries past their target rise to grade 2; those that waited too long or fell back beyond the leg's
   * origin are given up. The extreme of a bar comes before its close, so a bar that does both extends first.
   */
  extend(window: BarWindow, extended: (side: Side, breakIndex: number) => void): void {
    if (this.#pending.length === 0) return;
    let kept = 0;
    for (const pending of this.#pending) {
      const long = pending.side === 'long';
      const late = window.index - pending.breakIndex > this.#params.maxWait;
      if (!late && (long ? window.high > pending.target : window.low < pending.target)) {
        this.#raise(window, pending);
        extended(pending.side, pending.breakIndex);
      } else if (!late && !(long ? window.close < pending.origin : window.close > pending.origin)) {
        this.#pending[kept] = pending;
        kept += 1;
      }
    }
    this.#pending.length = kept;
    this.#stringPending();
  }

  #raise(window: BarWindow, pending: Pending): void {
    const breaks = this.#breaksOf(pending.side);
    for (const form of FORMS_AND_ANY) {
      const made = breakOf(breaks, form);
      if (made?.index === pending.breakIndex) setBreak(breaks, form, graded(made, 2));
    }
    if (window.keepsEvents)
      window.events.push({
        kind: 'msb.extended',
        id: `${pending.id}/extended`,
        at: window.openMs,
        knownAt: window.openMs,
        side: pending.side,
        breakId: pending.id,
        target: pending.target,
      });
  }

  write(tape: TapeWriter): void {
    tape.word(TRENDS, this.trend);
    tape.maybe(this.#high, writeLevel);
    tape.maybe(this.#low, writeLevel);
    tape.list(this.#pending, writePending);
    const newest = SIDES.flatMap((side) => BREAK_FORMS.map((form) => this.lastBreak(side, form))).filter((made) => made !== null);
    // Older ones first, so that the last of a side is its newest of all.
    tape.list(
      newest.toSorted((a, b) => a.index - b.index),
      writeBreak,
    );
  }

  read(tape: TapeReader): void {
    this.trend = tape.word(TRENDS);
    this.#high = tape.maybe(readLevel);
    this.#low = tape.maybe(readLevel);
    this.#pending.length = 0;
    this.#pending.push(...tape.list(readPending));
    for (const side of SIDES) Object.assign(this.#breaksOf(side), noBreaks());
    for (const made of tape.list(readBreak)) {
      const breaks = this.#breaksOf(made.side);
      setBreak(breaks, made.form, made);
      breaks.any = made;
    }
    this.#string();
    this.#stringPending();
  }
}
