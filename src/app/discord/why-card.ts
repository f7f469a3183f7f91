// App, Discord: the recorded decision about one contract at one bar: every gate in its order with value, threshold and margin, every
// factor with its points, and what became of a signal.
import type { HitRate } from '../../book/hit-rates.ts';
import { escapeMarkdown } from '../../core/markdown.ts';
import type { Gate, TracedEvaluation } from '../../core/signal.ts';
import type { Card, CardField } from '../../ports/chat.ts';
import type { DecisionReport, RecordedDecision, SignalFate } from '../../ports/history.ts';
import { amount, comparison, digitsOf, gateName, modelSentence } from '../commands/why-report.ts';
import { factorSentence } from '../text/factor-sentence.ts';
import { alone, button, COLOURS, cardOf, fittingLines } from './card.ts';
import { scoreSentence } from './score-words.ts';
import { decimal, marketText, marketTime, price, type Reader, signed, symbolText, word } from './wording.ts';

/** Fields hold 1,024 characters; one decision takes three, and six thousand in all are allowed. */
const FIELD_ROOM = 940;
const DECISIONS = 2;

export interface WhyFacts {
  readonly report: DecisionReport;
  /** Of the database: memory holds the last four hours. */
  readonly source: 'memory' | 'database';
  readonly rateOf: (setup: string, score: number) => HitRate | null;
}

export function whyCard(reader: Reader, facts: WhyFacts): Card {
  const { text } = reader;
  const { symbol, atMs, kind } = facts.report;
  const title = text('dc.why.title', { symbol });
  const buttons = [[button('chart', [symbol], text('dc.button.chart'), { style: 'primary' })]];
  const time = atMs === null ? '' : text('dc.why.at', { time: marketTime(reader, atMs) });
  switch (kind) {
    case 'absent':
      return cardOf({ title, description: absentSentence(reader, facts), colour: COLOURS.quiet });
    case 'untouched':
      return cardOf({ title, description: `${time}\n${text('dc.why.untouched')}`, colour: COLOURS.quiet, buttons });
    case 'evaluated':
      return { ...evaluatedCard(reader, facts, time), title, buttons };
  }
}

function absentSentence({ text }: Reader, { report: { span }, source }: WhyFacts): string {
  if (span === null) return text('dc.why.absentEver');
  const kept = { from: marketText(span.fromMs), to: marketText(span.toMs) };
  return text(source === 'memory' ? 'dc.why.absent' : 'dc.why.absentStored', kept);
}

function evaluatedCard(reader: Reader, { report, source, rateOf }: WhyFacts, time: string): Card {
  const { text } = reader;
  const shown = report.decisions.slice(0, DECISIONS);
  const stored = source === 'database' ? [`-# ${text('dc.why.stored')}`] : [];
  return cardOf({
    title: '',
    description: [time, ...stored, `-# ${text('dc.scoreIs')} ${text('dc.honest')}`].join('\n'),
    colour: shown.some(({ evaluation }) => evaluation.emitted) ? COLOURS.good : COLOURS.quiet,
    fields: shown.flatMap((decision) =>
      decisionFields(reader, decision, rateOf(decision.evaluation.setup, decision.evaluation.score)),
    ),
  });
}

function decisionFields(reader: Reader, { evaluation, fate, model }: RecordedDecision, measured: HitRate | null): CardField[] {
  const { text } = reader;
  const { setup, side, zone, plan, score, gates, factors } = evaluation;
  const name = text('dc.why.head', {
    setup: word(reader, 'setup', setup),
    side: word(reader, 'side', side),
    bottom: price(zone.bottom),
    top: price(zone.top),
  });
  const head = [verdictLine(reader, evaluation), scoreSentence(reader, score, measured)];
  if (fate !== null) head.push(fateLine(reader, fate));
  if (model !== undefined) head.push(escapeMarkdown(modelSentence(model, text)));
  if (plan !== null) head.push(planLine(reader, plan));
  const more = (count: number): string => text('dc.page.more', { count });
  const gateLines = gates.map((gate) => gateLine(reader, gate));
  const factorLines = factors.map(
    (factor) =>
      `\`${signed(reader, factor.points, 0)}/${factor.maxPoints}\` ${factor.id} · ${escapeMarkdown(factorSentence(factor, text))}`,
  );
  return [
    alone(name, head.join('\n')),
    alone(text('dc.why.gates'), fittingLines(gateLines, FIELD_ROOM, more) || text('dc.why.none')),
    alone(text('dc.why.factors'), fittingLines(factorLines, FIELD_ROOM, more) || text('dc.why.none')),
  ];
}

function fateLine(reader: Reader, { rank, kind, reason }: SignalFate): string {
  const fate = kind === 'real' ? word(reader, 'fate', 'real') : word(reader, 'reason', reason ?? '');
  return reader.text('dc.why.fate', { rank, fate });
}

const planLine = (reader: Reader, plan: NonNullable<TracedEvaluation['plan']>): string =>
  reader.text('dc.scan.plan', {
    entry: price(plan.entry),
    stop: price(plan.stop),
    target: price(plan.target),
    rr: decimal(reader, Math.abs((plan.target - plan.entry) / (plan.entry - plan.stop))),
  });

function verdictLine(reader: Reader, { emitted, firstFailedGate }: TracedEvaluation): string {
  if (emitted) return reader.text('dc.why.emitted');
  return reader.text('dc.why.refused', { gate: escapeMarkdown(gateName(firstFailedGate ?? '', reader.text)) });
}

/** "✗ RR：1.62 < 1.80（差 0.18）" */
function gateLine(reader: Reader, gate: Gate): string {
  const { text } = reader;
  const margin = amount(Math.abs(gate.margin), digitsOf(gate));
  return text('dc.why.gateLine', {
    mark: gate.pass ? '✓' : '✗',
    gate: symbolText(gateName(gate.id, text)),
    comparison: escapeMarkdown(comparison(gate)),
    margin: text(gate.pass ? 'dc.why.spare' : 'dc.why.missed', { margin }),
  });
}
