// App, backtest: decisions.ndjson: one line a signal in order of time: how it was judged, what became of it, what it earned, and what
// the same trade earned at other times.
import { compareSignals } from '../../core/signal.ts';
import type { BacktestRun } from './backtest.ts';
import { minutesOf } from './minutes.ts';

export function decisionLines({ results, portfolio }: BacktestRun): string {
  const samples = new Map(results.flatMap(({ signals }) => signals).map(({ signal, sample }) => [signal.id, sample]));
  const lines = minutesOf(results).flatMap(({ found }) =>
    found
      .toSorted((a, b) => compareSignals(a.ranked.signal, b.ranked.signal))
      .map(({ ranked: { signal, rank } }) => {
        const outcome = portfolio.recorder.outcomeOf(signal.id);
        const sample = samples.get(signal.id) ?? null;
        return JSON.stringify({
          signalId: signal.id,
          barCloseMs: signal.barCloseMs,
          symbol: signal.symbol,
          side: signal.side,
          setup: signal.setup,
          score: signal.score,
          rank,
          plan: signal.plan,
          quoteVolume24hUsdt: signal.quoteVolume24hUsdt,
          fate: portfolio.fates.get(signal.id) ?? 'unknown',
          why: portfolio.recorder.refusalOf(signal.id),
          gates: signal.gates,
          factors: signal.factors.map(({ id, points, maxPoints }) => ({ id, points, maxPoints })),
          label:
            outcome === null
              ? null
              : {
                  exit: outcome.exit,
                  ambiguous: outcome.ambiguous,
                  entryMs: outcome.entryMs,
                  entryPrice: outcome.entryPrice,
                  exitMs: outcome.exitMs,
                  exitPrice: outcome.exitPrice,
                  grossR: outcome.grossR,
                  netR: outcome.netR,
                  maxFavourableR: outcome.maxFavourableR,
                  maxAdverseR: outcome.maxAdverseR,
                },
          placebo: sample?.placebo ?? null,
        });
      }),
  );
  return lines.map((line) => `${line}\n`).join('');
}
