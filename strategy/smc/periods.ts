// Floor 1, room 4: day, week and kill zones together. They begin and end on quarters of an hour only, so the bars between leave no
// more than their highest and lowest price, which is handed on when a quarter ends or somebody asks.
import { CellBlock } from '../cell-block.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { PeriodSink } from './period.ts';
import { PreviousLevelsDetector } from './previous-levels.ts';
import { SessionDetector } from './sessions.ts';
import type { PreviousLevels } from './types.ts';

const HIGH = 0;
const LOW = 1;
/** The first end among the running periods. */
const NEXT_END_MS = 2;
export const PERIOD_CELLS = 3;

export class Periods {
  readonly #levels = new PreviousLevelsDetector();
  readonly #sessions = new SessionDetector();
  readonly #cells: Float64Array;
  readonly #first: number;
  readonly #ended: PeriodSink;

  /** `ended` is told of every period when it is over. */
  constructor(ended: PeriodSink, block: CellBlock = new CellBlock(PERIOD_CELLS)) {
    this.#ended = (name, period) => {
      if ((name === 'day' || name === 'week') && period.whole) this.#levels.note(name, period);
      ended(name, period);
    };
    this.#cells = block.cells;
    this.#first = block.take(PERIOD_CELLS);
    this.#forget();
    this.#cells[this.#first + NEXT_END_MS] = Number.NEGATIVE_INFINITY;
  }

  #forget(): void {
    this.#cells[this.#first + HIGH] = Number.NEGATIVE_INFINITY;
    this.#cells[this.#first + LOW] = Number.POSITIVE_INFINITY;
  }

  get previous(): PreviousLevels {
    return this.#levels.levels;
  }
  get session(): string | null {
    return this.#sessions.name;
  }

  /** Before a bar is judged: what ended without its last bars. */
  before(window: BarWindow): void {
    if (!window.startsQuarter) return;
    this.#handOn();
    if (window.openMs < (this.#cells[this.#first + NEXT_END_MS] as number)) return;
    this.#levels.day.endBefore(window, this.#ended);
    this.#levels.week.endBefore(window, this.#ended);
    this.#sessions.endBefore(window, this.#ended);
  }

  /** After it was judged: the bar belongs to what runs, and may end it. */
  after(window: BarWindow): void {
    if (window.startsQuarter) this.#begin(window);
    else {
      const cells = this.#cells;
      const { high, low } = window;
      if (high > (cells[this.#first + HIGH] as number)) cells[this.#first + HIGH] = high;
      if (low < (cells[this.#first + LOW] as number)) cells[this.#first + LOW] = low;
    }
    if (!window.endsQuarter || window.closeMs < (this.#cells[this.#first + NEXT_END_MS] as number)) return;
    this.#handOn();
    this.#levels.day.endAt(window, this.#ended);
    this.#levels.week.endAt(window, this.#ended);
    this.#sessions.endAt(window, this.#ended);
  }

  #begin(window: BarWindow): void {
    this.#levels.day.push(window);
    this.#levels.week.push(window);
    this.#sessions.push(window);
    this.#findNextEnd();
  }

  #findNextEnd(): void {
    const { day, week } = this.#levels;
    this.#cells[this.#first + NEXT_END_MS] = Math.min(day.endMs, week.endMs, this.#sessions.endMs);
  }

  #handOn(): void {
    const high = this.#cells[this.#first + HIGH] as number;
    if (high === Number.NEGATIVE_INFINITY) return;
    const low = this.#cells[this.#first + LOW] as number;
    this.#levels.day.extend(high, low);
    this.#levels.week.extend(high, low);
    this.#sessions.extend(high, low);
    this.#forget();
  }

  write(tape: TapeWriter): void {
    this.#handOn();
    this.#levels.write(tape);
    this.#sessions.write(tape);
  }

  read(tape: TapeReader): void {
    this.#forget();
    this.#levels.read(tape);
    this.#sessions.read(tape);
    this.#findNextEnd();
  }
}
