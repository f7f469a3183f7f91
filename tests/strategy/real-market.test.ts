// Ten recorded days of three contracts, with the published settings.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../src/core/market.ts';
import type { Signal } from '../../src/core/signal.ts';
import { epochMs } from '../../src/core/units.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { sharedDir } from '../support/shared-data.ts';
import { feed, isSignal, open, STRICT } from '../support/strategy-run.ts';

const folder = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');
// Six days before the first counted one fill the 499 trend bars.
const FROM_MS = Date.parse('2025-05-19T00:00:00Z');
const COUNTED_MS = Date.parse('2025-05-25T00:00:00Z');
const TO_MS = Date.parse('2025-06-04T00:00:00Z');

function recorded(symbol: string): Bar[] {
  const lines = gunzipSync(readFileSync(join(folder ?? '', `${symbol}.csv.gz`)))
    .toString()
    .trim()
    .split('\n')
    .slice(1);
  const bars = lines.map((line) => {
    const [openMs, o, high, low, close, volume] = line.split(',').map(Number) as [number, number, number, number, number, number];
    return {
      openMs: epochMs(openMs),
      open: o,
      high,
      low,
      close,
      volume,
      quoteVolume: Number.NaN,
      trades: Number.NaN,
      takerBuyVolume: Number.NaN,
    };
  });
  return bars.filter((bar) => bar.openMs >= FROM_MS && bar.openMs < TO_MS);
}

describe.skipIf(folder === null)('ten real days of ENA, XMR and DOGE', () => {
  it('give at least one signal, every plan complete and inside its gates', () => {
    const signals: Signal[] = [];
    for (const [symbol, tickSize] of [
      ['ENAUSDT', 0.0001],
      ['XMRUSDT', 0.01],
      ['DOGEUSDT', 0.00001],
    ] as const) {
      feed(open(smcConfluence, STRICT, tickSize), recorded(symbol), (evaluation) => {
        if (isSignal(evaluation) && evaluation.barOpenMs >= COUNTED_MS) signals.push(evaluation);
      });
    }
    expect(signals.length).toBeGreaterThanOrEqual(1);
    for (const { plan, score, zone, barOpenMs } of signals) {
      expect(Object.values(plan).every(Number.isFinite)).toBe(true);
      expect(plan.costR).toBeLessThanOrEqual(STRICT.costGateR);
      expect(score).toBeGreaterThanOrEqual(STRICT.minConfidence);
      expect(zone.knownAtMs).toBeLessThan(barOpenMs);
    }
  });
});
