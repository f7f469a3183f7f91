// App, run journal: what stands between the loop and everything that is not the loop. One tape records what passes, another
// plays it back; the rooms cannot tell them apart.

import type { ScannedMinute } from '../../../services/decision-traces.ts';
import type { EventQueue } from '../../../services/event-queue.ts';
import type { JournalRow } from '../../core/journal.ts';
import type { Evaluation } from '../../core/signal.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import type { ModelSource } from '../../ports/model.ts';
import type { GateLine, SaidLine } from './journal-lines.ts';

export interface RunTape {
  readonly queue: EventQueue;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  /** An answer of the process that is no event: health, memory, a model's opinion. */
  fact<T>(read: () => T): T;
  journal(inner: TradeJournal): TradeJournal;
}

/** A model's answers are facts: the file that gave them may have gone. */
export function tapedModel(source: ModelSource, tape: Pick<RunTape, 'fact'>): ModelSource {
  return {
    ...source,
    current: () => {
      const model = source.current();
      const identity = tape.fact(() => (model === null ? null : { version: model.version, missR: model.missR }));
      if (identity === null) return null;
      return { ...model, ...identity, probability: (features) => tape.fact(() => model?.probability(features) ?? Number.NaN) };
    },
  };
}

export const gatesLine = ({ barCloseMs, scanned, evaluations }: ScannedMinute): SaidLine => [
  'gates',
  barCloseMs,
  scanned.length,
  evaluations.map(gateLine),
];

const gateLine = (one: Evaluation): GateLine => ({
  symbol: one.symbol,
  strategy: one.strategy,
  side: one.side,
  setup: one.setup,
  score: one.score,
  emitted: one.emitted,
  firstFailedGate: one.firstFailedGate,
  gates: one.gates.map(({ id, pass, value, threshold }) => [id, pass ? 1 : 0, value, threshold]),
});

/** The candles behind a signal are derived from bars that the journal holds already. */
export const rowsLine = (rows: readonly JournalRow[]): SaidLine => ['rows', rows.map(withoutCandles)];

function withoutCandles(row: JournalRow): JournalRow {
  if (row.table !== 'signal' || row.klines === undefined) return row;
  const { klines: _derived, ...rest } = row;
  return rest;
}
