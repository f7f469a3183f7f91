// The three proofs of a backtest on markets of our own: its trades follow from the klines, threads change nothing, and what comes later
// changes no decision.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestRun } from '../../../src/app/backtest/backtest.ts';
import { ThreadPool } from '../../../src/app/backtest/thread-pool.ts';
import { aBacktest, aKlineFolder, backtest, outputsOf, twoMarkets } from '../../support/backtest-bench.ts';
import { faultsOf, readRecording, readTrades } from '../../support/check-trades.ts';

const MINUTES = 4_500;
/** Generous: a machine may be busy. */
const PATIENCE_MS = 120_000;
const folder = aKlineFolder(twoMarkets(MINUTES));
let run: BacktestRun;
let outputs: ReturnType<typeof outputsOf>;

beforeAll(async () => {
  run = await backtest(aBacktest(folder.files));
  outputs = outputsOf(run);
}, PATIENCE_MS);
afterAll(() => folder.remove());

describe('a backtest', () => {
  it('makes trades that follow from the klines, each of them', () => {
    const trades = readTrades(outputs.trades);
    expect(trades.length).toBeGreaterThan(15);
    const recordings = new Map(
      folder.files.map((path) => [path.split('/').at(-1)?.replace('.csv', ''), readRecording(path, 0.01)]),
    );
    const faults = trades.flatMap((row) => {
      const recording = recordings.get(row['symbol'] ?? '');
      return recording === undefined ? [`no recording of ${row['symbol']}`] : faultsOf(row, recording, 1);
    });
    expect(faults).toEqual([]);
  });

  it('says for each signal what became of it, and earns what its label says', () => {
    const lines = outputs.decisions
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBe(run.results.reduce((sum, { signals }) => sum + signals.length, 0));
    const real = lines.filter(({ fate }) => fate === 'real').length;
    expect(real).toBe(readTrades(outputs.trades).length);
    for (const { signals } of run.results) {
      for (const { signal, sample } of signals) {
        const outcome = run.portfolio.recorder.outcomeOf(signal.id);
        // The same signal, labelled by the thread and by the bot's own virtual book.
        if (sample !== null) expect(outcome?.netR).toBe(sample.label.netR);
        expect(run.portfolio.fates.get(signal.id)).toMatch(/^(real|(virtual|label): [\w:]+)$/);
      }
    }
  });

  it('ends with the money that its trades say', () => {
    const net = readTrades(outputs.trades).reduce((sum, row) => sum + Number(row['net_usdt']), 10_000);
    expect(run.portfolio.unfinished()).toEqual([]);
    expect(run.portfolio.equity.lastEquityUsdt).toBeCloseTo(net, 4);
  });

  it(
    'gives the same bytes with two threads',
    async () => {
      const two = await backtest(aBacktest(folder.files, { workers: 2 }), new ThreadPool(2));
      expect(outputsOf(two)).toEqual(outputs);
    },
    PATIENCE_MS,
  );
});
