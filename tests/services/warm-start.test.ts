import { describe, expect, it } from 'vitest';
import type { MarketMemory } from '../../services/data/data-settings.ts';
import { joinPage, warmPlan } from '../../services/data/warm-start.ts';
import { BarRows } from '../../src/core/bar-rows.ts';
import type { Bar } from '../../src/core/market.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import type { CandleArchive, CandleStore, StoredCandles, StoredMemory } from '../../src/ports/candle-store.ts';
import { anInstrument } from '../support/a-signal.ts';
import { A, aDataRoom, aLoadedRoom, MINUTE, minuteBar, START, truth } from '../support/data-room.ts';

const QUARTER = 15 * MINUTE;
const PAIR = { trend: '15m', entry: '1m' } as const;

const keptUntil = (symbol: SymbolId, endMs: number): StoredCandles => {
  const lastQuarter = endMs - (endMs % QUARTER);
  return {
    symbol,
    trend: BarRows.of(Array.from({ length: 500 }, (_, i) => truth(lastQuarter - (500 - i) * QUARTER, QUARTER))),
    entry: BarRows.of(Array.from({ length: 120 }, (_, i) => minuteBar(endMs - (120 - i) * MINUTE))),
    memory: null,
  };
};

const changed = (rows: BarRows, change: (bars: Bar[]) => Bar[]): BarRows => BarRows.of(change(rows.bars()));

const storeOf = (all: readonly StoredCandles[]): CandleStore & { readonly saved: StoredCandles[] } => {
  const saved: StoredCandles[] = [];
  const archive: CandleArchive = {
    kind: 'found',
    savedMs: epochMs(START),
    symbols: all.length,
    find: (symbol) => all.find((one) => one.symbol === symbol) ?? null,
    release: () => undefined,
    close: () => undefined,
  };
  return {
    saved,
    load: () => archive,
    begin: async () => ({
      add: (candles) => saved.push(candles),
      flush: async () => undefined,
      finish: async () => undefined,
      abandon: async () => undefined,
    }),
  };
};

async function started(kept: readonly StoredCandles[], names: readonly string[], startMs: number, memory?: MarketMemory) {
  const store = storeOf(kept);
  const room = await aDataRoom(names, { candles: store, startMs, ...(memory && { memory }) });
  await room.data.chooseUniverse();
  const told: { symbol: string; part: string; before: number; closed: number[] }[] = [];
  const summary = await room.data.load(new AbortController().signal, ({ symbol, part, before, closed }) => {
    told.push({ symbol, part, before: before.length, closed: closed.map(({ entryBar }) => entryBar.openMs) });
  });
  return { ...room, store, told, summary };
}

describe('a start from kept candles', () => {
  it('asks one small page a contract and holds the same newest bars as a cold start', async () => {
    // Stopped at 16:00, started again at 16:40: forty minutes are missing.
    const startMs = START + 40 * MINUTE;
    const { data, feed, told, summary } = await started([keptUntil(A, START)], ['A'], startMs);
    // 40 missing and 3 to compare.
    expect(feed.asked).toEqual([{ symbol: 'A', timeframe: '1m', count: 43 }]);
    expect(summary).toEqual({ warm: 1, cold: {} });
    const cold = (await aLoadedRoom(['A'], { startMs })).data.bars(A);
    expect(data.bars(A)?.entry.tail(99)).toEqual(cold?.entry.tail(99));
    expect(data.bars(A)?.trend.tail(499)).toEqual(
      cold?.trend.tail(499).map((bar) =>
        expect.objectContaining({
          openMs: bar.openMs,
          open: bar.open,
          high: bar.high,
          low: bar.low,
          close: bar.close,
          volume: bar.volume,
        }),
      ),
    );
    expect(told.map(({ part, closed }) => [part, closed.length])).toEqual([
      ['first', 120],
      ['more', 40],
    ]);
    expect(data.runningOpenMs).toBe(startMs);
  });

  it('is a cold one for contracts whose candles are not kept, too old, or another market’s', async () => {
    const startMs = START + 600 * MINUTE;
    const [B, C, D] = [symbolId('B'), symbolId('C'), symbolId('D')];
    const foreign = keptUntil(D, startMs - 10 * MINUTE);
    const kept = [
      keptUntil(A, startMs - 10 * MINUTE),
      keptUntil(B, START),
      { ...foreign, entry: changed(foreign.entry, (bars) => bars.map((bar) => ({ ...bar, volume: bar.volume + 1 }))) },
    ];
    const { data, summary, told, logger } = await started(kept, ['A', 'B', 'C', 'D'], startMs);
    expect(summary).toEqual({ warm: 1, cold: { tooOld: 1, notKept: 1, differs: 1 } });
    expect(told.filter(({ symbol }) => symbol === 'D').map(({ part }) => part)).toEqual(['first', 'again']);
    expect(logger.lines.find(({ message }) => message === 'warm start from kept candles')?.fields).toMatchObject(summary);
    for (const symbol of [A, B, C, D]) {
      expect(data.candleFault(symbol)).toBeNull();
      expect(data.bars(symbol)?.entry.at(0)).toEqual(minuteBar(startMs - MINUTE));
    }
  });

  it('keeps candles every five market minutes and at the stop, from which the next start goes on', async () => {
    const { data, store, answers, closeMinute, wallClock } = await started([], ['A'], START);
    closeMinute(START);
    await answers();
    expect(store.saved.map(({ entry }) => entry.openMs(-1))).toEqual([START]);
    wallClock.ms += 60_000;
    for (let i = 1; i <= 5; i++) closeMinute(START + i * MINUTE);
    await answers();
    expect(store.saved.map(({ entry }) => entry.openMs(-1))).toEqual([START, START + 5 * MINUTE]);
    closeMinute(START + 6 * MINUTE);
    await data.keepCandles();
    const [last] = store.saved.slice(-1);
    expect(last?.entry.openMs(-1)).toBe(START + 6 * MINUTE);
    const next = await started(last === undefined ? [] : [last], ['A'], START + 9 * MINUTE);
    expect(next.summary).toEqual({ warm: 1, cold: {} });
  });
});

describe('a start from kept candles and what was made of them', () => {
  const MEMORY: StoredMemory = { rules: 'mine', facts: [], numbers: new Float64Array(0) };
  const kept = [{ ...keptUntil(A, START), memory: MEMORY }];
  const startMs = START + 40 * MINUTE;
  const listening = (answer: string | null) => {
    const asked: unknown[] = [];
    const memory: MarketMemory = {
      memoryOf: () => MEMORY,
      resume: (instrument, given) => {
        asked.push([instrument.symbol, given]);
        return answer;
      },
    };
    return { asked, memory };
  };

  it('tells only what came meanwhile, and holds the same bars, folds and volume as one that hears all of them', async () => {
    const { asked, memory } = listening(null);
    const resumed = await started(kept, ['A'], startMs, memory);
    expect(asked).toEqual([[A, MEMORY]]);
    expect(resumed.told.map(({ part, closed }) => [part, closed.length])).toEqual([['more', 40]]);
    const heard = await started(kept, ['A'], startMs);
    const [one, other] = [resumed.data.bars(A), heard.data.bars(A)];
    expect(one?.entry.tail(240)).toEqual(other?.entry.tail(240));
    expect(one?.trend.tail(520)).toEqual(other?.trend.tail(520));
    expect(one?.quoteVolume24hUsdt).toBe(other?.quoteVolume24hUsdt);
    for (let i = 0; i < 20; i++) {
      const minutes = [resumed, heard].map(({ closeMinute }) => closeMinute(startMs + i * MINUTE).closed);
      expect(minutes[0]).toEqual(minutes[1]);
    }
  });

  it('hears the kept candles where the memory is not to be gone on from', async () => {
    const { told, logger } = await started(kept, ['A'], startMs, listening('it was made by other rules').memory);
    expect(told.map(({ part, closed }) => [part, closed.length])).toEqual([
      ['first', 120],
      ['more', 40],
    ]);
    expect(logger.lines.map(({ fields }) => fields['refusal'])).toContain('it was made by other rules');
  });

  it('begins anew where the venue’s bars are others', async () => {
    const entry = changed(keptUntil(A, START).entry, (bars) => bars.map((bar) => ({ ...bar, volume: bar.volume + 1 })));
    const { told } = await started([{ ...keptUntil(A, START), entry, memory: MEMORY }], ['A'], startMs, listening(null).memory);
    expect(told.map(({ part, before, closed }) => [part, before > 400, closed.length])).toEqual([['again', true, 99]]);
  });

  it('keeps what is remembered with the candles', async () => {
    const { store, data, closeMinute } = await started([], ['A'], START, listening(null).memory);
    closeMinute(START);
    await data.keepCandles();
    expect(store.saved.at(-1)?.memory).toBe(MEMORY);
  });
});

describe('the plan for one contract', () => {
  const at = { pair: PAIR, lastClosedMs: START + 9 * MINUTE };
  const plan = (change: Partial<StoredCandles>, onboardMs = 0) =>
    warmPlan({ ...keptUntil(A, START), ...change }, anInstrument({ onboardMs: epochMs(onboardMs) }), at);

  it('reads the gap and three bars to compare', () => {
    expect(plan({})).toMatchObject({ kind: 'warm', count: 13 });
  });

  it('refuses what is not whole, not in order or from the future', () => {
    const { entry, trend } = keptUntil(A, START);
    // Ten minutes are missing: 88 and 10 are one short of a page, 89 and 10 are not.
    expect(plan({ entry: changed(entry, (bars) => bars.slice(-88)) })).toEqual({ kind: 'cold', reason: 'tooFew' });
    expect(plan({ entry: changed(entry, (bars) => bars.slice(-89)) })).toMatchObject({ kind: 'warm', count: 13 });
    expect(plan({ trend: changed(trend, (bars) => bars.slice(2)) })).toEqual({ kind: 'cold', reason: 'tooFew' });
    expect(plan({ entry: changed(entry, (bars) => bars.filter((_, i) => i !== 50)) })).toEqual({
      kind: 'cold',
      reason: 'broken',
    });
    expect(
      plan({ trend: changed(trend, (bars) => [...bars.slice(0, 9), ...bars.slice(9, 11).toReversed(), ...bars.slice(11)]) }),
    ).toEqual({
      kind: 'cold',
      reason: 'broken',
    });
    expect(plan(keptUntil(A, START + 20 * MINUTE))).toEqual({ kind: 'cold', reason: 'broken' });
    expect(warmPlan(keptUntil(A, START), anInstrument(), { ...at, lastClosedMs: START + 490 * MINUTE })).toEqual({
      kind: 'cold',
      reason: 'tooOld',
    });
  });

  it('takes a young contract’s few trend bars when they reach back to its first day', () => {
    const trend = changed(keptUntil(A, START).trend, (bars) => bars.slice(-200));
    expect(plan({ trend }, trend.openMs(0))).toMatchObject({ kind: 'warm' });
  });
});

describe('joining a page to kept bars', () => {
  const kept = BarRows.of([0, 1, 2, 3].map((i) => minuteBar(START + i * MINUTE)));
  it('gives what is newer, and nothing where the two differ or do not touch', () => {
    const page = [2, 3, 4, 5].map((i) => minuteBar(START + i * MINUTE));
    expect(joinPage(kept, page, MINUTE)).toEqual({ kind: 'joined', newer: page.slice(2) });
    expect(joinPage(kept, page.slice(2), MINUTE)).toEqual({ kind: 'apart', reason: 'gapped' });
    expect(joinPage(kept, [], MINUTE)).toEqual({ kind: 'apart', reason: 'gapped' });
    const other = page.map((bar, i) => (i === 1 ? { ...bar, close: bar.close - 0.1 } : bar));
    expect(joinPage(kept, other, MINUTE)).toEqual({ kind: 'apart', reason: 'differs' });
  });
});
