// App, `perpscout scan`: what is printed. For machines one JSON object a line, for people two tables.
import type { HitRates } from '../../book/hit-rates.ts';
import { type Cluster, clustersOf } from '../../core/clusters.ts';
import type { Evaluation, Gate, Signal } from '../../core/signal.ts';
import { compareSignals } from '../../core/signal.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { instant, price } from '../terminal/format.ts';
import { HIT_RATE_CELLS, hitRateCell, hitRateRecord } from '../terminal/hit-rate.ts';
import { type Column, table } from '../terminal/table.ts';
import type { Text } from '../text/catalogue.ts';
import { clusterLines } from '../text/cluster-lines.ts';
import { worded } from '../text/words.ts';

export interface RankedEvaluation {
  readonly evaluation: Evaluation;
  /** Place among the signals of its own minute; null for a set-up that was not emitted. */
  readonly rank: number | null;
}

/** Ranks signals within their own minute; returns them in time order. */
export function rankByMinute(signals: readonly Signal[]): RankedEvaluation[] {
  const minutes = groupByClose(signals);
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .flatMap(([, minute]) => [...minute].sort(compareSignals).map((evaluation, i) => ({ evaluation, rank: i + 1 })));
}

function groupByClose(signals: readonly Signal[]): Map<number, Signal[]> {
  const minutes = new Map<number, Signal[]>();
  for (const signal of signals) minutes.set(signal.barCloseMs, [...(minutes.get(signal.barCloseMs) ?? []), signal]);
  return minutes;
}

/** JSON has no NaN: an unknown number is null. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? null : v)));

/** What became of past signals. */
export type Measured = Pick<HitRates, 'rateOf'>;

/** `cluster`: the burst of its side that a signal belongs to, itself included. */
export function scanRecord({ evaluation, rank }: RankedEvaluation, measured: Measured, cluster: Burst | null = null): unknown {
  return plain({
    event: evaluation.emitted ? 'signal' : 'setup',
    at: evaluation.barCloseMs,
    rank,
    ...evaluation,
    measured: hitRateRecord(measured.rateOf(evaluation.setup, evaluation.score)),
    ...(cluster === null ? {} : { cluster: { from: cluster.fromMs, to: cluster.toMs, signals: cluster.members.length } }),
    gatesPassed: evaluation.gates.filter((gate) => gate.pass).length,
  });
}

type Burst = Cluster<Evaluation>;

/** The cluster of each signal. */
export function burstsOf(signals: readonly RankedEvaluation[], clusterMinutes: number): ReadonlyMap<Evaluation, Burst> {
  const evaluations = signals.map(({ evaluation }) => evaluation);
  const clusters = clustersOf(evaluations, clusterMinutes * MINUTE_MS);
  return new Map(clusters.flatMap((cluster) => cluster.members.map((member) => [member, cluster] as const)));
}

export interface ScanFinds {
  readonly signals: readonly RankedEvaluation[];
  readonly setups: readonly RankedEvaluation[];
  readonly clusterMinutes: number;
}

export function scanTables({ signals, setups, clusterMinutes }: ScanFinds, measured: Measured, text: Text): string[] {
  const lines = [text('scan.emitted')];
  lines.push(...(signals.length === 0 ? [`  ${text('scan.none')}`] : rowsOf(signals, measured, text)));
  const evaluations = signals.map(({ evaluation }) => evaluation);
  lines.push(...clusterLines(evaluations, clusterMinutes, text).map((line) => `  ${line}`));
  lines.push('', text('scan.setups'));
  lines.push(...(setups.length === 0 ? [`  ${text('report.none')}`] : rowsOf(setups, measured, text)));
  return lines;
}

function rowsOf(list: readonly RankedEvaluation[], measured: Measured, text: Text): string[] {
  const left = (title: string, maxWidth: number): Column => ({ title, align: 'left', maxWidth });
  const right = (title: string, maxWidth: number): Column => ({ title, align: 'right', maxWidth });
  const anyGate = list.some(({ evaluation }) => evaluation.firstFailedGate !== null);
  const columns = [
    left(text('column.time'), 17),
    left(text('column.symbol'), 14),
    left(text('column.side'), 5),
    right(text('column.score'), 5),
    left(text('column.hit'), HIT_RATE_CELLS),
    right(text('column.rank'), 4),
    left(text('column.setup'), 10),
    right(text('column.entry'), 9),
    right(text('column.stop'), 9),
    right(text('column.target'), 9),
    ...(anyGate ? [left(text('column.gate'), 22)] : [right(text('column.rr'), 5)]),
  ];
  const rows = list.map(({ evaluation: e, rank }) => {
    const failed = e.gates.find((gate) => gate.id === e.firstFailedGate);
    return [
      instant(e.barCloseMs),
      e.symbol,
      worded(text, 'side', e.side),
      e.score.toFixed(0),
      hitRateCell(measured.rateOf(e.setup, e.score), text),
      rank === null ? '' : `#${rank}`,
      worded(text, 'setup', e.setup),
      price(e.plan?.entry ?? Number.NaN),
      price(e.plan?.stop ?? Number.NaN),
      price(e.plan?.target ?? Number.NaN),
      anyGate ? missed(failed) : (e.plan?.rewardToRisk.toFixed(2) ?? ''),
    ];
  });
  return table(columns, rows);
}

/** "room 0.86 < 1.00 R" */
function missed(gate: Gate | undefined): string {
  if (gate === undefined) return '';
  const number = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(3));
  return Number.isFinite(gate.value) ? `${gate.id} ${number(gate.value)} / ${number(gate.threshold)} ${gate.unit}` : gate.id;
}
