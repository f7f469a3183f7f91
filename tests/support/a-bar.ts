// A bar to arrange a test with: one field said, the rest plausible.
import type { Bar } from '../../src/core/market.ts';
import { epochMs } from '../../src/core/units.ts';

export function aBar(said: Partial<Bar> = {}): Bar {
  const close = said.close ?? said.open ?? 100;
  const open = said.open ?? close;
  return {
    openMs: said.openMs ?? epochMs(0),
    open,
    high: said.high ?? Math.max(open, close),
    low: said.low ?? Math.min(open, close),
    close,
    volume: said.volume ?? 10,
    quoteVolume: said.quoteVolume ?? Number.NaN,
    trades: said.trades ?? Number.NaN,
    takerBuyVolume: said.takerBuyVolume ?? Number.NaN,
  };
}

/** `count` 1m bars from an instant on, closes walking by `step`. */
export function minutesFrom(fromMs: number, count: number, step = 0): Bar[] {
  return Array.from({ length: count }, (_, i) =>
    aBar({ openMs: epochMs(fromMs + i * 60_000), open: 100 + i * step, close: 100 + (i + 1) * step }),
  );
}
