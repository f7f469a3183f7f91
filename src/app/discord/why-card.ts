// App, Discord: the recorded decision about one contract at one bar: every gate in its order with value, threshold and margin, every
// factor with its points. From memory.
import type { TraceAnswer, TraceSpan } from '../../../services/decision-traces.ts';
import type { TracedEvaluation } from '../../../services/traces/trace-codec.ts';
import type { HitRate } from '../../book/hit-rates.ts';
import { escapeMarkdown } from '../../core/markdown.ts';
import type { Gate } from '../../core/signal.ts';
import type { Card, CardField } from '../../ports/chat.ts';
import { amount, comparison, digitsOf, gateName } from '../commands/why-report.ts';
import { alone, button, COLOURS, cardOf, fittingLines } from './card.ts';
import { scoreSentence } from './score-words.ts';
import { decimal, marketText, marketTime, price, type Reader, signed, symbolText, word } from './wording.ts';

/** Fields hold 1,024 characters; one decision takes three, and six thousand in all are allowed. */
const FIELD_ROOM = 940;
const DECISIONS = 2;

export interface WhyFacts {
  readonly symbol: string;
  readonly answer: TraceAnswer;
  readonly span: TraceSpan | null;
  readonly rateOf: (setup: string, score: number) => HitRate | null;
}

export function whyCard(reader: Reader, { symbol, answer, span, rateOf }: WhyFacts): Card {
  const { text } = reader;
  const title = text('dc.why.title', { symbol });
  const chart = [[button('chart', [symbol], text('dc.button.chart'), { style: 'primary' })]];
  switch (answer.kind) {
    case 'absent': {
      const kept = span === null ? null : { from: marketText(span.fromMs), to: marketText(span.toMs) };
      const sentence = kept === null ? text('dc.why.absentEver') : text('dc.why.absent', kept);
      return cardOf({ title, description: sentence, colour: COLOURS.quiet });
    }
    case 'untouched': {
      const time = text('dc.why.at', { time: marketTime(reader, answer.barCloseMs) });
      return cardOf({ title, description: `${time}\n${text('dc.why.untouched')}`, colour: COLOURS.quiet, buttons: chart });
    }
    case 'evaluated': {
      const shown = answer.evaluations.slice(0, DECISIONS);
      return cardOf({
        title,
        description: [
          text('dc.why.at', { time: marketTime(reader, answer.barCloseMs) }),
          `-# ${text('dc.scoreIs')} ${text('dc.honest')}`,
        ].join('\n'),
        colour: shown.some(({ emitted }) => emitted) ? COLOURS.good : COLOURS.quiet,
        fields: shown.flatMap((evaluation) => decisionFields(reader, evaluation, rateOf(evaluation.setup, evaluation.score))),
        buttons: chart,
      });
    }
  }
}

function decisionFields(reader: Reader, evaluation: TracedEvaluation, measured: HitRate | null): CardField[] {
  const { text } = reader;
  const { setup, side, zone, plan, score, gates, factors } = evaluation;
  const name = text('dc.why.head', {
    setup: word(reader, 'setup', setup),
    side: word(reader, 'side', side),
    bottom: price(zone.bottom),
    top: price(zone.top),
  });
  const head = [verdictLine(reader, evaluation), scoreSentence(reader, score, measured)];
  if (plan !== null) head.push(planLine(reader, plan));
  const more = (count: number): string => text('dc.page.more', { count });
  const gateLines = gates.map((gate) => gateLine(reader, gate));
  const factorLines = factors.map(
    (factor) => `\`${signed(reader, factor.points, 0)}/${factor.maxPoints}\` ${factor.id} · ${escapeMarkdown(factor.text)}`,
  );
  return [
    alone(name, head.join('\n')),
    alone(text('dc.why.gates'), fittingLines(gateLines, FIELD_ROOM, more) || text('dc.why.none')),
    alone(text('dc.why.factors'), fittingLines(factorLines, FIELD_ROOM, more) || text('dc.why.none')),
  ];
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
