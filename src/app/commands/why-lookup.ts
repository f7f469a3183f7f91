// App: one recorded decision, wherever it is kept. A signal's own row in the journal is exact and never forgotten: it stands for its
// trace. The command line, the history thread and the chat all look here.
import { DecisionTraces, type TraceAnswer } from '../../../services/decision-traces.ts';
import type { ReadModel } from '../../adapters/journal/read-model.ts';
import { readTraces } from '../../adapters/journal/trace-store.ts';
import type { EpochMs } from '../../core/units.ts';
import type { DecisionReport, DecisionWish, RecordedDecision } from '../../ports/history.ts';
import { journaledDecision } from './why-journal.ts';

/** The four hours up to an instant; where they hold nothing, the newest ones, which say from when to when is recorded. */
export function storedTraces(path: string, at: EpochMs | null): DecisionTraces {
  const traces = new DecisionTraces();
  const then = readTraces(path, at);
  const recorded = then !== null && then.minutes.length > 0 ? then : readTraces(path);
  if (recorded !== null) traces.restore(recorded);
  return traces;
}

/** `journal` is null where memory alone is asked. */
export function decisionReport(
  { symbol, atMs }: DecisionWish,
  traces: Pick<DecisionTraces, 'at' | 'newest' | 'span'>,
  journal: Pick<ReadModel, 'signalsAt'> | null,
): DecisionReport {
  const answer = atMs === null ? traces.newest(symbol) : traces.at(symbol, atMs);
  const closeMs = answer.kind === 'absent' ? atMs : answer.barCloseMs;
  const signals = closeMs === null ? [] : (journal?.signalsAt(symbol, closeMs) ?? []).map(journaledDecision);
  const decisions = [...signals, ...tracedDecisions(answer, signals)];
  const kind = decisions.length > 0 ? 'evaluated' : answer.kind;
  return { symbol, atMs: closeMs, kind, span: traces.span, decisions };
}

function tracedDecisions(answer: TraceAnswer, signals: readonly RecordedDecision[]): RecordedDecision[] {
  if (answer.kind !== 'evaluated') return [];
  const journaled = new Set(signals.map(({ evaluation }) => evaluation.strategy));
  return answer.evaluations
    .filter((evaluation) => !(evaluation.emitted && journaled.has(evaluation.strategy)))
    .map((evaluation) => ({ evaluation, fate: null }));
}
