// App, `perpscout why`: a signal as its journal row tells it, with what was decided about it in its minute.
import type { SignalRecord } from '../../adapters/journal/read-model.ts';
import type { Factor, Gate, Signal } from '../../core/signal.ts';
import type { RecordedDecision, SignalFate, SignalModel } from '../../ports/history.ts';

/** JSON knows no NaN and no infinity, it writes null. A gate that passed on such a number had all the room there is. */
type Stored<T> = { readonly [K in keyof T]: T[K] extends number ? number | null : T[K] };
type StoredSignal = Omit<Signal, 'gates' | 'factors'> & {
  readonly gates: readonly Stored<Gate>[];
  readonly factors: readonly Stored<Factor>[];
};
interface StoredSnapshot {
  readonly rank: number;
  readonly judgement: { readonly kind: string; readonly reason?: string };
  readonly model?: SignalModel;
}

function gateOf({ value, threshold, margin, ...gate }: Stored<Gate>): Gate {
  const unknown = gate.pass ? Number.POSITIVE_INFINITY : Number.NaN;
  return { ...gate, value: value ?? unknown, threshold: threshold ?? Number.NaN, margin: margin ?? unknown };
}

const factorOf = ({ points, maxPoints, value, ...factor }: Stored<Factor>): Factor => ({
  ...factor,
  points: points ?? 0,
  maxPoints: maxPoints ?? 0,
  value: value ?? Number.NaN,
});

const fateOf = ({ rank, judgement }: StoredSnapshot): SignalFate => ({
  rank,
  kind: judgement.kind === 'real' ? 'real' : 'notReal',
  reason: judgement.reason ?? null,
});

export function journaledDecision({
  evaluationJson,
  snapshotJson,
}: Pick<SignalRecord, 'evaluationJson' | 'snapshotJson'>): RecordedDecision {
  const signal = JSON.parse(evaluationJson) as StoredSignal;
  const evaluation = { ...signal, gates: signal.gates.map(gateOf), factors: signal.factors.map(factorOf) };
  const snapshot = snapshotJson === null ? null : (JSON.parse(snapshotJson) as StoredSnapshot);
  if (snapshot === null) return { evaluation, fate: null };
  return { evaluation, fate: fateOf(snapshot), ...(snapshot.model === undefined ? {} : { model: snapshot.model }) };
}
