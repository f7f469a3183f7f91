import { describe, expect, it } from 'vitest';
import { BLACKLIST_MS } from '../../services/data/symbol-blacklist.ts';
import { symbolId } from '../../src/core/units.ts';
import { VenueError } from '../../src/ports/errors.ts';
import { A, aDataRoom, aLoadedRoom, MINUTE, START, truth } from '../support/data-room.ts';

const QUARTER = 15 * MINUTE;
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `S${i}`);

describe('the audit of folded bars', () => {
  it('compares twenty contracts each quarter hour, going round, and finds nothing in a sound market', async () => {
    const { data, feed, answers, closeMinute } = await aLoadedRoom(names(30));
    feed.asked.length = 0;
    for (let i = 0; i <= 30; i++) {
      closeMinute(START + i * MINUTE);
      await answers();
    }
    const asked = feed.asked.filter((request) => request.timeframe === '15m');
    // Minutes 0, 15 and 30 begin a quarter: 3 × 20 requests of two bars.
    expect(asked).toHaveLength(60);
    expect(new Set(asked.map(({ symbol }) => symbol)).size).toBe(30);
    expect([data.counts.audited, data.counts.auditDiffers]).toEqual([120, 0]);
  });

  it('reads a contract anew whose folded bar is not the venue’s, tells it, and blocks entries until then', async () => {
    const { data, feed, answers, closeMinute, findings } = await aLoadedRoom(['A']);
    for (let i = 0; i < 15; i++) closeMinute(START + i * MINUTE);
    await answers();
    const other = { ...truth(START, QUARTER), high: START / MINUTE + 20 };
    feed.other.set(`A 15m ${START}`, other);
    closeMinute(START + QUARTER);
    await answers();
    expect(findings.map(({ kind, barOpenMs }) => [kind, barOpenMs])).toEqual([
      ['foldDiffers', START],
      ['reloaded', START + QUARTER],
    ]);
    expect(data.counts.auditDiffers).toBe(1);
    expect(data.bars(A)?.trend.at(0)).toEqual(other);
    expect(data.candleFault(A)).toBeNull();
    expect(data.takeReloaded().map(({ symbol, part }) => [symbol, part])).toEqual([['A', 'again']]);
  });

  it('goes on trying when the pages of a spoilt contract do not come', async () => {
    const { data, feed, answers, closeMinute } = await aLoadedRoom(['A']);
    for (let i = 0; i < 15; i++) closeMinute(START + i * MINUTE);
    await answers();
    feed.other.set(`A 15m ${START}`, { ...truth(START, QUARTER), high: START / MINUTE + 20 });
    closeMinute(START + QUARTER);
    feed.errors.set(A, new VenueError('not now', { remedy: 'final' }));
    await answers();
    expect(data.takeReloaded()).toEqual([]);
    feed.errors.clear();
    closeMinute(START + QUARTER + MINUTE);
    await answers();
    closeMinute(START + QUARTER + 2 * MINUTE);
    await answers();
    expect(data.candleFault(A)).toBeNull();
  });
});

describe('a contract that the venue does not know', () => {
  const unknown = new VenueError('400 -1121 Invalid symbol.', { remedy: 'final', code: -1121 });

  it('is left out of the start, is not waited for, and is tried again after an hour', async () => {
    const room = await aDataRoom(['A', 'B']);
    const { data, feed, answers, closeMinute } = room;
    feed.errors.set(symbolId('B'), unknown);
    await data.chooseUniverse();
    await data.load(new AbortController().signal, () => undefined);
    expect(data.candleFault(symbolId('B'))).toBe('on the blacklist: 400 -1121 Invalid symbol.');
    expect(closeMinute(START, ['A']).lateSymbols).toEqual([]);
    await answers();
    feed.errors.clear();
    const again = () => feed.asked.filter(({ symbol }) => symbol === 'B').length;
    const before = again();
    closeMinute(START + BLACKLIST_MS - 2 * MINUTE, ['A']);
    await answers();
    expect(again()).toBe(before);
    closeMinute(START + BLACKLIST_MS, ['A']);
    await answers();
    expect(data.takeReloaded().map(({ symbol }) => symbol)).toEqual(['B']);
    expect(data.candleFault(symbolId('B'))).toBeNull();
  });

  it('ends the start when the venue knows none', async () => {
    const { data, feed } = await aDataRoom(['A']);
    feed.errors.set(A, unknown);
    await data.chooseUniverse();
    await expect(data.load(new AbortController().signal, () => undefined)).rejects.toBe(unknown);
  });
});

describe('a forced rescan', () => {
  it('reads the newest closed bars at once and completes what is missing', async () => {
    const { data, feed, answers, clock, closeMinute } = await aLoadedRoom(['A', 'B']);
    closeMinute(START, ['A', 'B']);
    await answers();
    feed.asked.length = 0;
    clock.ms = START + 2 * MINUTE + 500;
    data.rescan(A);
    data.rescan(A);
    await answers();
    expect(feed.asked.map(({ symbol, fromMs }) => [symbol, fromMs])).toEqual([['A', START]]);
    expect(data.bars(A)?.holds(START + MINUTE)).toBe(true);
  });
});
