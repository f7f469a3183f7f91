import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CandleSnapshotFile, readCandles } from '../../../src/adapters/candle-snapshot/snapshot-file.ts';
import { BarRows } from '../../../src/core/bar-rows.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import type { StoredCandles } from '../../../src/ports/candle-store.ts';
import { minutesFrom } from '../../support/a-bar.ts';
import { aFolder } from '../../support/a-run.ts';

const START = Date.parse('2025-06-02T16:00:00Z');
const candles = (name: string, bars: number): StoredCandles => ({
  symbol: symbolId(name),
  trend: BarRows.of(minutesFrom(START, bars, 0.1)),
  entry: BarRows.of(minutesFrom(START, 3, -0.3)),
  memory: null,
});
const MEMORY = {
  rules: 'a strategy 1.0|15m|1m|0.1',
  facts: [[3, { 訊號: ['ob:1', null] }]],
  numbers: Float64Array.of(0.1, Number.NaN, -Infinity),
};
const ALL = [candles('BTCUSDT', 5), { ...candles('币安人生USDT', 2), memory: MEMORY }, candles('NEWUSDT', 0)];

async function written(path: string, identity = 'sim|a|15m|1m') {
  const store = new CandleSnapshotFile({ path, identity });
  const writer = await store.begin(epochMs(START));
  for (const [i, one] of ALL.entries()) {
    writer.add(one);
    if (i === 0) await writer.flush();
  }
  await writer.finish();
  return store;
}

describe('the candle file', () => {
  it('reads the next record to where a released one lay, and leaves those that are still read alone', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const archive = (await written(path)).load();
    if (archive.kind === 'absent') throw new Error(archive.reason);
    const found = (name: string): StoredCandles => archive.find(symbolId(name)) as StoredCandles;
    const first = found('BTCUSDT');
    const held = found('币安人生USDT');
    archive.release(first);
    const next = found('BTCUSDT');
    expect(next.trend.cells.buffer).toBe(first.trend.cells.buffer);
    expect(next.trend.bars()).toEqual(ALL[0]?.trend.bars());
    expect(held.trend.cells.buffer).not.toBe(next.trend.cells.buffer);
    expect(held.trend.bars()).toEqual(ALL[1]?.trend.bars());
    expect(held.memory).toEqual(MEMORY);
    archive.close();
  });

  it('gives back what was kept to the last bit, unknown cells included, and is readable by its owner only', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const archive = (await written(path)).load();
    expect(archive).toMatchObject({ kind: 'found', savedMs: START, symbols: 3 });
    for (const one of ALL) expect(archive.kind === 'found' && archive.find(one.symbol)).toEqual(one);
    expect(archive.kind === 'found' && archive.find(symbolId('XRPUSDT'))).toBeNull();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('of another account, market or timeframe is as good as none', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    await written(path);
    const reason = 'the candle file is of another account, market or timeframe';
    expect(new CandleSnapshotFile({ path, identity: 'live|b|15m|1m' }).load()).toEqual({ kind: 'absent', reason });
    expect(new CandleSnapshotFile({ path: `${path}x`, identity: '' }).load()).toEqual({
      kind: 'absent',
      reason: 'no candle file yet',
    });
  });

  it('with one spoilt byte in a record loses that contract only', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const store = await written(path);
    const bytes = readFileSync(path);
    const at = bytes.indexOf(Buffer.from('BTCUSDT')) + 100;
    bytes[at] = (bytes[at] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    const archive = store.load();
    expect(archive.kind === 'found' && ALL.map(({ symbol }) => archive.find(symbol) !== null)).toEqual([false, true, true]);
  });

  it('cut short gives the whole records before the cut', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const store = await written(path);
    truncateSync(path, statSync(path).size - 10);
    const archive = store.load();
    expect(archive.kind === 'found' && ALL.map(({ symbol }) => archive.find(symbol) !== null)).toEqual([true, true, false]);
  });

  it('of another version, with a spoilt head, or without one is told as unusable', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    await written(path);
    const sound = readFileSync(path);
    const spoil = (at: number): unknown => {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ 0x7f;
      writeFileSync(path, bytes);
      return readCandles(path);
    };
    expect(spoil(0)).toEqual({ kind: 'absent', reason: 'the candle file cannot be used: it is no candle file' });
    expect(spoil(4)).toMatchObject({ kind: 'absent', reason: expect.stringMatching(/of version \d+, not 2/) });
    expect(spoil(20)).toEqual({ kind: 'absent', reason: 'the candle file cannot be used: its head is damaged' });
    writeFileSync(path, '');
    expect(readCandles(path)).toMatchObject({ kind: 'absent' });
    expect(readCandles(dirname(path))).toEqual({ kind: 'absent', reason: expect.stringContaining('EISDIR') });
  });

  it('gives no record that the disk does not give back', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const archive = (await written(path)).load();
    if (archive.kind === 'absent') throw new Error(archive.reason);
    archive.close();
    expect(archive.find(symbolId('BTCUSDT'))).toBeNull();
  });

  it('stays as it was when a kill comes in the middle of the next one', async () => {
    const path = join(aFolder(), 'candles-sim.bin');
    const store = await written(path);
    const before = readFileSync(path);
    const writer = await store.begin(epochMs(START + 60_000));
    writer.add(candles('BTCUSDT', 9));
    await writer.flush();
    expect(readFileSync(path).equals(before)).toBe(true);
    // The half-written neighbour has no head yet: even found under the right name it would not be believed.
    expect(readCandles(`${path}.new`)).toMatchObject({ kind: 'absent' });
    await writer.abandon();
    expect(existsSync(`${path}.new`)).toBe(false);
  });
});
