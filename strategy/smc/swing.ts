// Floor 1, room 4: confirmed swing highs and lows (smc.md a1). A bar is a swing high when it is above every bar of its left and
// not below any of its right: of equal highs the earliest. Known `right` bars later, never moved.
import type { BarWindow } from './bar-window.ts';
import type { Swing, SwingLabel } from './types.ts';
import { WindowMaximum, type WindowMaximumSnapshot } from './window-maximum.ts';

export interface SwingSnapshot {
  readonly highs: WindowMaximumSnapshot;
  readonly lows: WindowMaximumSnapshot;
  readonly lastHigh: Swing | null;
  readonly lastLow: Swing | null;
}

const LABELS = { high: { above: 'HH', equal: 'EH', below: 'LH' }, low: { above: 'HL', equal: 'EL', below: 'LL' } } as const;

function labelOf(swing: Swing, before: Swing | null): SwingLabel {
  if (before === null) return 'first';
  const labels = LABELS[swing.kind];
  return swing.level > before.level ? labels.above : swing.level < before.level ? labels.below : labels.equal;
}

export class SwingDetector {
  readonly #right: number;
  readonly #span: number;
  readonly #highs: WindowMaximum;
  readonly #lows: WindowMaximum;
  /** Newest confirmed swings. */
  lastHigh: Swing | null = null;
  lastLow: Swing | null = null;

  constructor(left: number, right: number) {
    this.#right = right;
    this.#span = left + right + 1;
    this.#highs = new WindowMaximum(this.#span);
    this.#lows = new WindowMaximum(this.#span);
  }

  /** Feeds the windows; must see every bar, also those before anything may be said. */
  push(window: BarWindow): void {
    this.#highs.push(window.index, window.high);
    this.#lows.push(window.index, -window.low);
  }

  /** The swing high that this bar confirms, or null. */
  confirmHigh(window: BarWindow): Swing | null {
    const k = window.index - this.#right;
    if (window.index < this.#span - 1 || this.#highs.index !== k) return null;
    const swing: Swing = { kind: 'high', index: k, atMs: window.openMsAt(k), knownIndex: window.index, level: window.highAt(k) };
    this.#tell(window, swing, labelOf(swing, this.lastHigh));
    this.lastHigh = swing;
    return swing;
  }

  confirmLow(window: BarWindow): Swing | null {
    const k = window.index - this.#right;
    if (window.index < this.#span - 1 || this.#lows.index !== k) return null;
    const swing: Swing = { kind: 'low', index: k, atMs: window.openMsAt(k), knownIndex: window.index, level: window.lowAt(k) };
    this.#tell(window, swing, labelOf(swing, this.lastLow));
    this.lastLow = swing;
    return swing;
  }

  #tell(window: BarWindow, swing: Swing, label: SwingLabel): void {
    window.events.push({
      kind: swing.kind === 'high' ? 'swing.high' : 'swing.low',
      id: window.idOf('swing', swing.kind, swing.atMs),
      at: swing.atMs,
      knownAt: window.openMs,
      level: swing.level,
      label,
    });
  }

  snapshot(): SwingSnapshot {
    return { highs: this.#highs.snapshot(), lows: this.#lows.snapshot(), lastHigh: this.lastHigh, lastLow: this.lastLow };
  }

  restore(snapshot: SwingSnapshot): void {
    this.#highs.restore(snapshot.highs);
    this.#lows.restore(snapshot.lows);
    this.lastHigh = snapshot.lastHigh;
    this.lastLow = snapshot.lastLow;
  }
}
