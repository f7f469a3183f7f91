// Detectors against their oracles on recorded markets, long enough for zones and pools to grow old.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs } from '../../../src/core/units.ts';
import { defaultParams } from '../../../strategy/smc/params.ts';
import { aBar } from '../../support/a-bar.ts';
import { sharedDir } from '../../support/shared-data.ts';
import { poolLines, sweepLines } from './oracles/liquidity-oracle.ts';
import { periodLines } from './oracles/period-oracle.ts';
import type { Series } from './oracles/series.ts';
import { extensionLines, structureLines } from './oracles/structure-oracle.ts';
import { swingLines } from './oracles/swing-oracle.ts';
import { blockLines, gapLines } from './oracles/zone-oracle.ts';
import { atrOf, EngineRun, linesOf } from './run-engine.ts';

const FOLDER = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');

function recorded(symbol: string, from: number, count: number): Bar[] {
  const text = gunzipSync(readFileSync(join(FOLDER ?? '', `${symbol}.csv.gz`))).toString();
  const lines = text.split('\n').slice(1 + from, 1 + from + count);
  return lines.map((line) => {
    const [openMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = line.split(',').map(Number);
    return aBar({ openMs: epochMs(openMs), open, high, low, close, volume });
  });
}

const CASES = [
  { symbol: 'BTCUSDT', tick: 0.1, from: 20_000 },
  { symbol: 'DOGEUSDT', tick: 0.00001, from: 9_000 },
  { symbol: 'LAYERUSDT', tick: 0.0001, from: 100 },
] as const;

describe.skipIf(FOLDER === null)('on recorded minutes', () => {
  it.each(CASES)('every detector agrees with its oracle: $symbol', ({ symbol, tick, from }) => {
    const bars = recorded(symbol, from, 2_000);
    const params = defaultParams('1m');
    const run = new EngineRun({ timeframe: '1m', tickSize: tick, params }).push(bars);
    const series: Series = { bars, atr: atrOf(bars), timeframe: '1m', tick, params };
    expect(run.events.flat().length).toBeGreaterThan(1_000);
    expect(linesOf(run, 'swing')).toEqual(swingLines(series));
    expect(linesOf(run, 'zone.fairValueGap')).toEqual(gapLines(series));
    expect(linesOf(run, 'structure')).toEqual(structureLines(series));
    expect(linesOf(run, 'msb')).toEqual(extensionLines(series));
    expect(linesOf(run, 'pool')).toEqual(poolLines(series));
    expect(linesOf(run, 'sweep')).toEqual(sweepLines(series));
    expect(linesOf(run, 'period')).toEqual(periodLines(series));
    expect(linesOf(run, 'zone.orderBlock')).toEqual(blockLines(series).blocks);
    expect(JSON.stringify(run.engine.snapshot()).length).toBeLessThan(20 * 1024);
  });
});
