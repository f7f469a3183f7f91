// Floor 1, room 4: confirmed swing highs and lows (smc.md a1). A bar is a swing high when it is above every bar of its left and
// not below any of its right: of equal highs the earliest. Known `right` bars later, never moved.
import type { TapeReader, TapeWriter } from '../tape.ts';
import type { BarWindow } from './bar-window.ts';
import type { SmcParams } from './params.ts';
import type { Swing, SwingLabel } from './types.ts';

type Span = Pick<SmcParams, 'swingLeft' | 'swingRight'>;

const KINDS = ['high', 'low'] as const;

export function writeSwing(tape: TapeWriter, swing: Swing): void {
  tape.word(KINDS, swing.kind);
  tape.number(swing.index);
  tape.instant(swing.atMs);
  tape.number(swing.knownIndex);
  tape.number(swing.level);
}

export const readSwing = (tape: TapeReader): Swing => ({
  kind: tape.word(KINDS),
  index: tape.count(),
  atMs: tape.instant(),
  knownIndex: tape.count(),
  level: tape.number(),
});

const LABELS = { high: { above: 'HH', equal: 'EH', below: 'LH' }, low: { above: 'HL', equal: 'EL', below: 'LL' } } as const;

function labelOf(swing: Swing, before: Swing | null): SwingLabel {
  if (before === null) return 'first';
  const labels = LABELS[swing.kind];
  return swing.level > before.level ? labels.above : swing.level < before.level ? labels.below : labels.equal;
}

/** Whether the bar that lies `swingRight` bars back is a swing. Nearly every bar fails against its neighbours, so they are asked first. */
export function isSwingHigh(window: BarWindow, { swingLeft, swingRight }: Span): boolean {
  const k = window.index - swingRight;
  if (k < swingLeft) return false;
  const level = window.highAt(k);
  for (let i = k + 1; i <= window.index; i++) if (window.highAt(i) > level) return false;
  for (let i = k - 1; i >= k - swingLeft; i--) if (window.highAt(i) >= level) return false;
  return true;
}

export function isSwingLow(window: BarWindow, { swingLeft, swingRight }: Span): boolean {
  const k = window.index - swingRight;
  if (k < swingLeft) return false;
  const level = window.lowAt(k);
  for (let i = k + 1; i <= window.index; i++) if (window.lowAt(i) < level) return false;
  for (let i = k - 1; i >= k - swingLeft; i--) if (window.lowAt(i) <= level) return false;
  return true;
}

/** The swings that were confirmed last. */
export class SwingDetector {
  readonly #right: number;
  /** Newest confirmed swings. */
  lastHigh: Swing | null = null;
  lastLow: Swing | null = null;

  constructor(right: number) {
    this.#right = right;
  }

  /** The swing high that this bar was found to confirm. */
  confirmHigh(window: BarWindow): Swing {
    const k = window.index - this.#right;
    const swing: Swing = { kind: 'high', index: k, atMs: window.openMsAt(k), knownIndex: window.index, level: window.highAt(k) };
    this.#tell(window, swing, labelOf(swing, this.lastHigh));
    this.lastHigh = swing;
    return swing;
  }

  confirmLow(window: BarWindow): Swing {
    const k = window.index - this.#right;
    const swing: Swing = { kind: 'low', index: k, atMs: window.openMsAt(k), knownIndex: window.index, level: window.lowAt(k) };
    this.#tell(window, swing, labelOf(swing, this.lastLow));
    this.lastLow = swing;
    return swing;
  }

  #tell(window: BarWindow, swing: Swing, label: SwingLabel): void {
    if (window.keepsEvents)
      window.events.push({
        kind: swing.kind === 'high' ? 'swing.high' : 'swing.low',
        id: window.idOf('swing', swing.kind, swing.atMs),
        at: swing.atMs,
        knownAt: window.openMs,
        level: swing.level,
        label,
      });
  }

  write(tape: TapeWriter): void {
    tape.maybe(this.lastHigh, writeSwing);
    tape.maybe(this.lastLow, writeSwing);
  }

  read(tape: TapeReader): void {
    this.lastHigh = tape.maybe(readSwing);
    this.lastLow = tape.maybe(readSwing);
  }
}
