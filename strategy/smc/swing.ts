// Floor 1, room 4: confirmed swing highs and lows (smc.md a1). A bar is a swing high when it is above every bar of its left and
// not below any of its right: of equal highs the earliest. Known `right` bars later, never moved.
import type { BarWindow } from './bar-window.ts';
import { type Row, RowFormat } from './pack.ts';
import type { Swing, SwingLabel } from './types.ts';

const FORMAT = new RowFormat<Swing>(['index', 'atMs', 'knownIndex', 'level', 'kind'], [], { kind: ['high', 'low'] });

export const packSwing = (swing: Swing): Row => FORMAT.pack(swing);
export function unpackSwing(row: Row): Swing {
  const { kind, index, atMs, knownIndex, level } = FORMAT.unpack(row);
  return { kind, index, atMs, knownIndex, level };
}

export interface SwingSnapshot {
  readonly lastHigh: Row | null;
  readonly lastLow: Row | null;
}

const LABELS = { high: { above: 'HH', equal: 'EH', below: 'LH' }, low: { above: 'HL', equal: 'EL', below: 'LL' } } as const;

function labelOf(swing: Swing, before: Swing | null): SwingLabel {
  if (before === null) return 'first';
  const labels = LABELS[swing.kind];
  return swing.level > before.level ? labels.above : swing.level < before.level ? labels.below : labels.equal;
}

export class SwingDetector {
  readonly #left: number;
  readonly #right: number;
  /** Newest confirmed swings. */
  lastHigh: Swing | null = null;
  lastLow: Swing | null = null;

  constructor(left: number, right: number) {
    this.#left = left;
    this.#right = right;
  }

  /** Nearly every bar fails against its neighbours, so they are asked first and the window is hardly walked. */
  #isHigh(window: BarWindow, k: number): boolean {
    const level = window.highAt(k);
    for (let i = k + 1; i <= k + this.#right; i++) if (window.highAt(i) > level) return false;
    for (let i = k - 1; i >= k - this.#left; i--) if (window.highAt(i) >= level) return false;
    return true;
  }

  #isLow(window: BarWindow, k: number): boolean {
    const level = window.lowAt(k);
    for (let i = k + 1; i <= k + this.#right; i++) if (window.lowAt(i) < level) return false;
    for (let i = k - 1; i >= k - this.#left; i--) if (window.lowAt(i) <= level) return false;
    return true;
  }

  /** The swing high that this bar confirms, or null. */
  confirmHigh(window: BarWindow): Swing | null {
    const k = window.index - this.#right;
    if (k < this.#left || !this.#isHigh(window, k)) return null;
    const swing: Swing = { kind: 'high', index: k, atMs: window.openMsAt(k), knownIndex: window.index, level: window.highAt(k) };
    this.#tell(window, swing, labelOf(swing, this.lastHigh));
    this.lastHigh = swing;
    return swing;
  }

  confirmLow(window: BarWindow): Swing | null {
    const k = window.index - this.#right;
    if (k < this.#left || !this.#isLow(window, k)) return null;
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

  snapshot(): SwingSnapshot {
    return { lastHigh: this.lastHigh && packSwing(this.lastHigh), lastLow: this.lastLow && packSwing(this.lastLow) };
  }

  restore(snapshot: SwingSnapshot): void {
    this.lastHigh = snapshot.lastHigh && unpackSwing(snapshot.lastHigh);
    this.lastLow = snapshot.lastLow && unpackSwing(snapshot.lastLow);
  }
}
