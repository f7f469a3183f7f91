// Tests: a scene of hand-made bars after a silent stretch (50 bars of 99.5–100.5 that open and close at 100: no swing, no gap, no body).
// The ATR is 1 at every bar, so that every threshold is a number one can see.

import { epochMs } from '../../../src/core/units.ts';
import { defaultParams, type SmcParams } from '../../../strategy/smc/params.ts';
import { SmcEngine } from '../../../strategy/smc/smc-engine.ts';
import type { SmcEvent } from '../../../strategy/smc/types.ts';
import { aBar } from '../../support/a-bar.ts';
import { lineOf } from './run-engine.ts';

export type Ohlc = readonly [open: number, high: number, low: number, close: number];

export const QUIET: Ohlc = [100, 100.5, 99.5, 100];
/** A Tuesday, 16:30 in London and 11:30 in New York: no day or session ends for a long while after noon there. */
const START_MS = Date.UTC(2025, 5, 10, 16, 30);

export class Scene {
  readonly engine: SmcEngine;
  #openMs = START_MS;

  constructor(change: Partial<SmcParams> = {}) {
    this.engine = new SmcEngine({ timeframe: '1m', tickSize: 0.1, params: { ...defaultParams('1m'), ...change } });
    this.play(...Array.from({ length: 50 }, () => QUIET));
  }

  /** Events of the last bar played, periods left out. */
  play(...bars: readonly Ohlc[]): readonly SmcEvent[] {
    for (const [open, high, low, close] of bars) {
      this.engine.onBar(aBar({ openMs: epochMs(this.#openMs), open, high, low, close }), 1, 1);
      this.#openMs += 60_000;
    }
    return this.engine.events.filter((event) => event.kind !== 'period.closed');
  }

  rest(count: number, bar: Ohlc = QUIET): readonly SmcEvent[] {
    return this.play(...Array.from({ length: count }, () => bar));
  }

  skipMinutes(count: number): void {
    this.#openMs += count * 60_000;
  }

  /** Open time of the bar `ago` bars back, 0 = the newest. */
  ms(ago: number): number {
    return this.#openMs - (ago + 1) * 60_000;
  }

  /** The last bar's events as lines without times. */
  lines(): string[] {
    return this.engine.events
      .filter((event) => event.kind !== 'period.closed')
      .map((event) => lineOf(event).replace(/ \d{13}/g, ''));
  }
}

/**
 * A swing high at 103, a fall to 98 and a break at 103.4. The order block candle is the one that made the low: 98.0–99.4.
 * The bar before the break is a displacement of 1.9 and leaves a gap 99.5–101.2.
 */
export const RISE: readonly Ohlc[] = [
  [100, 101, 99.8, 100.8],
  [100.8, 103, 100.5, 102],
  [102, 102.2, 100.8, 101],
  [101, 101.2, 99.8, 100],
  [100, 100.2, 98.6, 98.8],
  [98.8, 99.4, 98, 98.6],
  [98.6, 99.5, 98.4, 99.4],
  [99.4, 101.5, 99.3, 101.3],
  [101.3, 103.6, 101.2, 103.4],
];

/** A swing low at 98.5 for the fall in RISE to sweep: 98 is below it, the close of that bar above. */
export const EARLIER_LOW: readonly Ohlc[] = [[100, 100.5, 98.5, 100], ...Array.from({ length: 6 }, () => QUIET)];
