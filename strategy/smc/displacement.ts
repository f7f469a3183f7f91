// Floor 1, room 4: displacement (smc.md a4): one large decided bar, or two or three bars of one colour that travelled far together.
// It is a property of bars, so a leg may count it wherever it falls.
import type { EpochMs, Side } from '../../src/core/units.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { SmcParams } from './params.ts';

type Form = 'single' | 'multi';
type Params = SmcParams['displacement'];

function isSingle(window: BarWindow, { singleAtr, bodyShare }: Params): boolean {
  const body = Math.abs(window.close - window.open);
  const range = window.high - window.low;
  return range > 0 && body >= singleAtr * window.atrBefore && body / range >= bodyShare;
}

/** First bar of the shortest run that ends here, all bodies one way, net close to close far enough; −1 for none. */
function multiFrom(window: BarWindow, { multiAtr, multiBars }: Params, sign: 1 | -1): number {
  const wanted = multiAtr * window.atr;
  for (let first = window.index; first > window.index - multiBars && first >= 1; first--) {
    if (sign * (window.closeAt(first) - window.openAt(first)) <= 0) return -1;
    if (sign * (window.close - window.closeAt(first - 1)) >= wanted) return first;
  }
  return -1;
}

/** Marks the newest bar in the window; a bar has one colour, so at most one side. */
export function markDisplacement(window: BarWindow, params: Params): void {
  if (window.close === window.open) return;
  const side: Side = window.close > window.open ? 'long' : 'short';
  const from = isSingle(window, params) ? window.index : multiFrom(window, params, side === 'long' ? 1 : -1);
  if (from < 0) return;
  window.markDisplacement(side, from);
}

export class DisplacementDetector {
  readonly #params: Params;
  #lastLong = -1;
  #lastShort = -1;

  constructor(params: Params) {
    this.#params = params;
  }

  /** Index of the bar that ended the newest one, −1 before the first. */
  lastIndex(side: Side): number {
    return side === 'long' ? this.#lastLong : this.#lastShort;
  }

  /** Tells what was marked, in its turn. */
  tell(window: BarWindow): void {
    const { moved } = window;
    if (moved > 0) this.#tellSide(window, 'long', moved - 1);
    else if (moved < 0) this.#tellSide(window, 'short', -moved - 1);
  }

  #tellSide(window: BarWindow, side: Side, from: number): void {
    if (side === 'long') this.#lastLong = window.index;
    else this.#lastShort = window.index;
    if (!window.keepsEvents) return;
    const form: Form = isSingle(window, this.#params) ? 'single' : 'multi';
    const at: EpochMs = window.openMs;
    window.events.push({
      kind: 'displacement',
      id: window.idOf('displacement', side, at),
      at,
      knownAt: at,
      side,
      form,
      from: window.openMsAt(from),
    });
  }

  write(tape: TapeWriter): void {
    tape.number(this.#lastLong);
    tape.number(this.#lastShort);
  }

  read(tape: TapeReader): void {
    this.#lastLong = tape.count();
    this.#lastShort = tape.count();
  }
}
