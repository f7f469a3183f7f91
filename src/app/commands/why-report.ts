// App, `perpscout why`: what is printed. Every gate in its order with value, threshold and margin, every factor with its points
// and its sentence, and what became of earlier signals of this kind.
import type { HitRate } from '../../book/hit-rates.ts';
import type { Gate, TracedEvaluation } from '../../core/signal.ts';
import type { DecisionReport, RecordedDecision, SignalFate, SignalModel } from '../../ports/history.ts';
import { padColumns } from '../terminal/columns.ts';
import { instant, price } from '../terminal/format.ts';
import { hitRateRecord, hitRateSentence } from '../terminal/hit-rate.ts';
import { table } from '../terminal/table.ts';
import type { Text } from '../text/catalogue.ts';
import { factorSentence } from '../text/factor-sentence.ts';
import { worded } from '../text/words.ts';

export interface Decision extends RecordedDecision {
  readonly measured: HitRate | null;
}

export interface WhyReport extends DecisionReport {
  readonly decisions: readonly Decision[];
}

const REPORT_CELLS = 100;
const GATE_CELLS = 16;

/** JSON has no NaN: an unknown number is null. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, v: unknown) => (typeof v === 'number' && !Number.isFinite(v) ? null : v)));

export function whyRecord({ symbol, atMs, kind, span, decisions }: WhyReport): unknown {
  const evaluations = decisions.map(({ evaluation, fate, model, measured }) => ({
    ...evaluation,
    fate,
    model: model ?? null,
    measured: hitRateRecord(measured),
  }));
  return plain({
    event: 'why',
    symbol,
    at: atMs,
    kind,
    span: span === null ? null : { from: span.fromMs, to: span.toMs },
    evaluations,
  });
}

export function whyLines({ symbol, atMs, kind, span, decisions }: WhyReport, text: Text): string[] {
  const time = atMs === null ? null : instant(atMs);
  const recorded = span === null ? text('why.noSpan') : text('why.span', { from: instant(span.fromMs), to: instant(span.toMs) });
  switch (kind) {
    case 'absent':
      return [time === null ? text('why.absentEver', { symbol }) : text('why.absent', { symbol, time }), recorded];
    case 'untouched':
      return [text('why.title', { symbol, time: time ?? '' }), text('why.untouched'), recorded];
    case 'evaluated':
      return [text('why.title', { symbol, time: time ?? '' }), ...decisions.flatMap((decision) => decisionLines(decision, text))];
  }
}

function decisionLines({ evaluation, fate, model, measured }: Decision, text: Text): string[] {
  const { setup, side, zone, plan, score } = evaluation;
  const lines = [
    text('why.setup', {
      setup: worded(text, 'setup', setup),
      side: worded(text, 'side', side),
      bottom: price(zone.bottom),
      top: price(zone.top),
      known: instant(zone.knownAtMs),
    }),
  ];
  if (plan !== null)
    lines.push(text('why.plan', { entry: price(plan.entry), stop: price(plan.stop), target: price(plan.target) }));
  lines.push(hitRateSentence(score, measured, text), verdictLine(evaluation, fate, text));
  if (model !== undefined) lines.push(modelSentence(model, text));
  return [
    ...lines,
    '',
    text('why.gates'),
    ...gateLines(evaluation, text),
    '',
    text('why.factors'),
    ...factorLines(evaluation, text),
    '',
  ];
}

function verdictLine({ emitted, firstFailedGate }: TracedEvaluation, fate: SignalFate | null, text: Text): string {
  if (!emitted) return text('why.refused', { gate: gateName(firstFailedGate ?? '', text) });
  if (fate === null) return text('why.emitted');
  const outcome = fate.kind === 'real' ? worded(text, 'fate', 'real') : worded(text, 'reason', fate.reason ?? '');
  return text('why.emitted') + text('why.rank', { rank: fate.rank, fate: outcome });
}

/** "model m1: chance of the target 0.412 < 0.55, expected −0.21 R (shadow)" */
export function modelSentence({ version, probability, evR, mode, threshold, pass }: SignalModel, text: Text): string {
  const chance = `${probability.toFixed(3)} ${pass ? '≥' : '<'} ${threshold}`;
  const ev = `${evR < 0 ? '−' : '+'}${Math.abs(evR).toFixed(2)}`;
  return text('why.model', { version, chance, ev, mode });
}

/** "room（空間）": the id is what machines print, the word what people read. */
export function gateName(id: string, text: Text): string {
  const word = worded(text, 'gate', id);
  return word === id ? id : `${id} (${word})`;
}

function gateLines({ gates, firstFailedGate }: TracedEvaluation, text: Text): string[] {
  const rows = gates.map((gate) => [
    `${gate.pass ? '✓' : '✗'} ${gate.id}`,
    worded(text, 'gate', gate.id),
    comparison(gate),
    text(gate.pass ? 'why.room' : 'why.missed', { margin: amount(Math.abs(gate.margin), digitsOf(gate)) }),
  ]);
  if (firstFailedGate !== null && !gates.some((gate) => gate.id === firstFailedGate))
    rows.push([`✗ ${firstFailedGate}`, worded(text, 'gate', firstFailedGate), '—', text('why.unknown')]);
  const column = (maxWidth: number) => ({ title: '', align: 'left' as const, maxWidth });
  const [, ...lines] = table([column(GATE_CELLS), column(GATE_CELLS), column(40), column(60)], rows, REPORT_CELLS);
  return lines;
}

/** Whole numbers as they are, others with as many decimals as it takes to see the margin. */
export function digitsOf({ value, threshold, margin }: Gate): number {
  if ([value, threshold].every((number) => !Number.isFinite(number) || Number.isInteger(number))) return 0;
  const small = Math.abs(margin);
  return small === 0 || small >= 0.005 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(small)));
}

export const amount = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : value > 0 ? '∞' : value < 0 ? '−∞' : '?';

/** "0.86 R < 1.00 R" */
export function comparison(gate: Gate): string {
  const digits = digitsOf(gate);
  const side = (value: number): string => `${amount(value, digits)} ${gate.unit}`;
  return `${side(gate.value)} ${relation(gate)} ${side(gate.threshold)}`;
}

function relation({ value, threshold, margin, pass }: Gate): string {
  if (value === threshold) return pass ? '=' : '≯';
  const wantsMore = margin > 0 === value > threshold;
  if (pass) return wantsMore ? '≥' : '≤';
  return wantsMore ? '<' : '>';
}

function factorLines({ factors }: TracedEvaluation, text: Text): string[] {
  return factors.map((factor) => {
    const { id, points, maxPoints } = factor;
    const sign = points > 0 ? '+' : points < 0 ? '−' : ' ';
    const given = `${sign}${Math.abs(points)}`.padStart(4);
    return padColumns(
      `  ${given} / ${String(maxPoints).padEnd(3)} ${id.padEnd(8)} ${factorSentence(factor, text)}`,
      REPORT_CELLS,
    ).trimEnd();
  });
}
