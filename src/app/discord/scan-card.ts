// App, Discord: the newest signals with their points, from memory; the panel that is edited in place shows the same.
import type { TraceAnswer } from '../../../services/decision-traces.ts';
import type { Overview, SignalView } from '../../../services/overview.ts';
import type { HitRate } from '../../book/hit-rates.ts';
import { escapeMarkdown } from '../../core/markdown.ts';
import type { Evaluation, Factor } from '../../core/signal.ts';
import type { Card, CardField } from '../../ports/chat.ts';
import { comparison, gateName } from '../commands/why-report.ts';
import { clusterLines } from '../text/cluster-lines.ts';
import { alone, button, COLOURS, cardOf, fittingLines, pageFooter, pageOf, pager } from './card.ts';
import { type RateOf, scoreSentence } from './score-words.ts';
import { decimal, marketText, marketTime, price, type Reader, signed, symbolText, word } from './wording.ts';

const PER_PAGE = 5;
const MOST_SETUPS = 6;
/** A field holds 1,024 characters. */
const SETUPS_ROOM = 940;

/** The recorded decision about a signal's bar. */
export type TraceOf = (signal: SignalView) => TraceAnswer;

export interface ScanFinds {
  readonly overview: Overview;
  readonly traceOf: TraceOf;
  /** The best live set-ups that are no signals; empty where nobody asked for them. */
  readonly setups: readonly Evaluation[];
  readonly rateOf: RateOf;
}

export function scanCard(reader: Reader, { overview, traceOf, setups, rateOf }: ScanFinds, page: number): Card {
  const { text } = reader;
  const signals = overview.recentSignals.toSorted((a, b) => b.barCloseMs - a.barCloseMs || a.rank - b.rank);
  const shown = pageOf(signals, page, PER_PAGE);
  const first = shown.page * PER_PAGE + 1;
  const { scan } = overview;
  const lines = [
    scanLine(reader, overview),
    ...(signals.length === 0 ? [text('dc.scan.none')] : []),
    ...clusterLines(signals, overview.clusterMinutes ?? 0, text).map(escapeMarkdown),
    `-# ${text('dc.scoreIs')} ${text('dc.honest')}`,
  ];
  return cardOf({
    title: text('dc.scan.title', { time: marketText(scan?.barOpenMs ?? overview.marketNow) }),
    description: lines.join('\n'),
    colour: signals.length === 0 ? COLOURS.quiet : COLOURS.neutral,
    fields: [
      ...shown.rows.map((signal, i) =>
        signalField(reader, signal, { n: first + i, factors: factorsOf(traceOf(signal), signal) }),
      ),
      ...(setups.length === 0 ? [] : [setupsField(reader, setups, rateOf)]),
    ],
    footer: signals.length === 0 ? null : pageFooter(reader, shown, signals.length),
    buttons: [
      ...(shown.rows.length === 0 ? [] : [shown.rows.map((signal, i) => chartButton(reader, signal, first + i))]),
      [button('scan', [shown.page], text('dc.scan.refresh')), ...pager(reader, shown, 'scan', []).flat()],
    ],
  });
}

const chartButton = ({ text }: Reader, { symbol, barCloseMs }: SignalView, n: number) =>
  button('chart', [symbol, '', barCloseMs], `${n} ${text('dc.button.chart')}`);

export function scanLine({ text }: Reader, { scan }: Overview): string {
  if (scan === null) return text('dc.status.noScan');
  const { ready, symbols, late, signals, scanMs, closeToRankMs } = scan;
  return text('dc.scan.line', { ready, symbols, late, signals, scanMs: scanMs.toFixed(1), rankMs: closeToRankMs.toFixed(1) });
}

function factorsOf(answer: TraceAnswer, { side }: SignalView): readonly Factor[] {
  if (answer.kind !== 'evaluated') return [];
  return answer.evaluations.find((evaluation) => evaluation.emitted && evaluation.side === side)?.factors ?? [];
}

/** "A +25 · B +10": only what gave or took points. */
const factorLine = (reader: Reader, factors: readonly Factor[]): string =>
  factors
    .filter(({ points }) => points !== 0)
    .map(({ id, points }) => `${id} ${signed(reader, points, 0)}`)
    .join(' · ');

export function fateText(reader: Reader, fate: string): string {
  const [kind = '', ...reason] = fate.split(':');
  const named = word(reader, 'fate', kind);
  return reason.length === 0 ? named : `${named}（${word(reader, 'reason', reason.join(':').trim())}）`;
}

function signalField(
  reader: Reader,
  signal: SignalView,
  { n, factors }: { readonly n: number; readonly factors: readonly Factor[] },
): CardField {
  const { text } = reader;
  const { symbol, side, setup, rank, score, measured, entry, stop, target, rewardToRisk } = signal;
  const name = text('dc.scan.head', { n, symbol, side: word(reader, 'side', side), setup: word(reader, 'setup', setup), rank });
  const points = factorLine(reader, factors);
  const lines = [
    scoreSentence(reader, score, measured),
    text('dc.scan.plan', {
      entry: price(entry),
      stop: price(stop),
      target: price(target),
      rr: decimal(reader, rewardToRisk),
    }),
    ...(points === '' ? [] : [text('dc.scan.factors', { factors: points })]),
    text('dc.scan.fate', { time: marketTime(reader, signal.barCloseMs), fate: fateText(reader, signal.fate) }),
  ];
  return alone(name, lines.join('\n'));
}

/** Below the signals: what came nearest, and the gate that kept it. */
const setupsField = (reader: Reader, setups: readonly Evaluation[], rateOf: ScanFinds['rateOf']): CardField =>
  alone(
    reader.text('dc.scan.setups'),
    fittingLines(
      setups.slice(0, MOST_SETUPS).map((found) => setupLines(reader, found, rateOf(found.setup, found.score))),
      SETUPS_ROOM,
      (count) => reader.text('dc.page.more', { count }),
    ),
  );

function setupLines(reader: Reader, found: Evaluation, measured: HitRate | null): string {
  const { symbol, side, setup, score, gates, firstFailedGate } = found;
  const failed = gates.find(({ id }) => id === firstFailedGate);
  const gate = gateName(firstFailedGate ?? '', reader.text);
  return reader.text('dc.scan.setup', {
    symbol: symbolText(symbol),
    side: word(reader, 'side', side),
    setup: word(reader, 'setup', setup),
    gate: escapeMarkdown(failed === undefined ? gate : `${gate} ${comparison(failed)}`),
    score: scoreSentence(reader, score, measured),
  });
}
