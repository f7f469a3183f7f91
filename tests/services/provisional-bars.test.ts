import { describe, expect, it } from 'vitest';
import { PreviewScan } from '../../services/preview-scan.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { VenueError } from '../../src/ports/errors.ts';
import { strategyById } from '../../strategy/registry.ts';
import { A, aDataRoom, aLoadedRoom, frame, MINUTE, minuteBar, START } from '../support/data-room.ts';

const forming = (openMs: number, said = {}, tradeIds?: { first: number; last: number }) =>
  frame('A', minuteBar(openMs, said), { final: false, ...(tradeIds === undefined ? {} : { tradeIds }) });

describe('a bar that is closed by the clock', () => {
  it('is provisional, blocks entries with a named reason, and is judged when the venue has confirmed it', async () => {
    const { data, clock, answers, findings } = await aLoadedRoom(['A']);
    data.onMarket(forming(START));
    clock.ms = START + MINUTE + 3_000;
    const minute = data.closeMinute(epochMs(START));
    expect(minute.closed).toEqual([]);
    expect([minute.lateSymbols, minute.provisional.map(({ symbol, bar }) => [symbol, bar.openMs])]).toEqual([
      ['A'],
      [['A', START]],
    ]);
    expect(data.candleFault(A)).toBe('the last closed bar is provisional until the venue confirms it');
    expect(data.bars(A)?.entry.lastOpenMs).toBe(START - MINUTE);
    await answers();
    expect(data.takeLate().map(({ bars }) => bars.map(({ entryBar }) => entryBar.openMs))).toEqual([[START]]);
    expect(data.candleFault(A)).toBeNull();
    expect([data.counts.provisional, data.counts.provisionalDiffers, findings]).toEqual([1, 0, []]);
  });

  it('is found wrong where the venue says otherwise, and only the venue’s bar is stored', async () => {
    const { data, clock, answers, findings } = await aLoadedRoom(['A']);
    data.onMarket(forming(START, { close: START / MINUTE + 0.1 }));
    clock.ms = START + MINUTE + 3_000;
    data.closeMinute(epochMs(START));
    await answers();
    data.takeLate();
    const close = START / MINUTE;
    expect(findings).toEqual([
      { kind: 'provisionalDiffers', symbol: 'A', barOpenMs: START, detail: `close ${close + 0.1} against ${close + 0.5}` },
    ]);
    expect(data.counts.provisionalDiffers).toBe(1);
    expect(data.bars(A)?.entry.at(0).close).toBe(close + 0.5);
  });

  it('is not provisional behind a hole: the symbol is late only', async () => {
    const { data, clock } = await aLoadedRoom(['A']);
    data.onMarket(forming(START + MINUTE));
    clock.ms = START + 2 * MINUTE + 3_000;
    data.closeMinute(epochMs(START));
    expect(data.closeMinute(epochMs(START + MINUTE)).provisional).toEqual([]);
  });
});

describe('a bar that is closed by the next bar’s frame', () => {
  it('is final when the next bar begins with the very next trade', async () => {
    const { data, clock } = await aLoadedRoom(['A']);
    data.onMarket(forming(START, {}, { first: 10, last: 19 }));
    data.onMarket(forming(START + MINUTE, {}, { first: 20, last: 21 }));
    clock.ms = START + MINUTE + 3_000;
    const minute = data.closeMinute(epochMs(START));
    expect(minute.closed.map(({ bars }) => bars.map(({ entryBar }) => entryBar.openMs))).toEqual([[START]]);
    expect([minute.lateSymbols, minute.provisional, data.candleFault(A)]).toEqual([[], [], null]);
  });

  it('is provisional when trades between the two frames are missing, or their numbers are not told', async () => {
    for (const next of [{ first: 22, last: 23 }, undefined]) {
      const { data, clock } = await aLoadedRoom(['A']);
      data.onMarket(forming(START, {}, { first: 10, last: 19 }));
      data.onMarket(forming(START + MINUTE, {}, next));
      clock.ms = START + MINUTE + 3_000;
      expect(data.closeMinute(epochMs(START)).provisional).toHaveLength(1);
    }
  });
});

describe('a preview', () => {
  it('leaves the held bars as they were', async () => {
    const { data, clock } = await aLoadedRoom(['A']);
    data.onMarket(forming(START));
    clock.ms = START + MINUTE + 3_000;
    const { provisional } = data.closeMinute(epochMs(START));
    const settings = { pair: { trend: '15m', entry: '1m' }, minConfidence: 70, roundTripCostBps: 12, costGateR: 0.1 } as const;
    const preview = new PreviewScan([strategyById('smc-confluence')], settings, data);
    expect(preview.scan(epochMs(START), provisional)).toEqual([]);
    expect([data.bars(A)?.entry.lastOpenMs, data.bars(A)?.entry.total]).toEqual([START - MINUTE, 99]);
  });
});

describe('a closed bar', () => {
  it('that the venue sends again with other values is confirmed by request; the held one stands when the venue agrees', async () => {
    const { data, answers, findings, closeMinute, feed } = await aLoadedRoom(['A']);
    closeMinute(START);
    data.onMarket(frame('A', minuteBar(START, { close: 1, low: 0.5 })));
    expect(data.counts.disagreements).toBe(1);
    await answers();
    expect([findings, data.counts.reloads, data.candleFault(A)]).toEqual([[], 0, null]);
    expect(feed.asked.at(-1)).toMatchObject({ symbol: 'A', timeframe: '1m', fromMs: START });
  });

  it('that the venue’s history tells differently has the contract read anew, with no entry meanwhile', async () => {
    const { data, answers, findings, closeMinute, feed } = await aLoadedRoom(['A']);
    closeMinute(START);
    const corrected = minuteBar(START, { volume: 7 });
    feed.other.set(`A 1m ${START}`, corrected);
    data.onMarket(frame('A', corrected));
    await answers();
    expect(findings.map(({ kind }) => kind)).toEqual(['closedDiffers', 'reloaded']);
    expect(data.bars(A)?.entry.at(0).volume).toBe(7);
    const [anew] = data.takeReloaded();
    expect([anew?.part, anew?.closed.length, data.candleFault(A)]).toEqual(['again', 99, null]);
  });
});

describe('contracts that fall out', () => {
  it('are not waited for while the venue has them halted', async () => {
    const { data, feed, answers, closeMinute } = await aLoadedRoom(['A', 'B']);
    feed.contracts = feed.contracts.map((one) => (one.symbol === 'B' ? { ...one, status: 'SETTLING' } : one));
    for (let i = 0; i < 61; i++) {
      closeMinute(START + i * MINUTE);
      await answers();
    }
    const minute = closeMinute(START + 61 * MINUTE, ['A']);
    expect([minute.lateSymbols, data.instrument(symbolId('B'))?.status]).toEqual([[], 'SETTLING']);
  });

  it('count their own day of bars, and the venue’s day volume only where they have none', async () => {
    const { data, feed, answers, closeMinute, clock } = await aDataRoom(['A', 'B']);
    const B = symbolId('B');
    feed.errors.set(B, new VenueError('400 -1121', { remedy: 'final', code: -1121 }));
    feed.tickerRows = [A, B].map((symbol) => ({ symbol, lastPrice: 1, quoteVolumeUsdt: 5 }));
    await data.chooseUniverse();
    await data.load(new AbortController().signal, () => undefined);
    const own = data.contextOf(A).quoteVolume24hUsdt;
    closeMinute(START, ['A']);
    await answers();
    expect(clock.ms).toBe(START + MINUTE + 3_000);
    // 96 bars of 30 base units at more than 29 million each: far from the 5 of the ticker.
    expect(own).toBeGreaterThan(1e9);
    expect([data.contextOf(A).quoteVolume24hUsdt, data.contextOf(B).quoteVolume24hUsdt]).toEqual([own, 5]);
  });
});
