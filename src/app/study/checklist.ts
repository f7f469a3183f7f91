// App, `perpscout study`: the drawn signals as a page: picture, claims, and room for the eye of a person.
import type { HitRate } from '../../book/hit-rates.ts';
import { instant } from '../terminal/format.ts';
import { hitRateSentence } from '../terminal/hit-rate.ts';
import type { Text } from '../text/catalogue.ts';
import type { Claim } from './claims.ts';
import type { StudySignal } from './study.ts';

export interface DrawnSignal {
  readonly chosen: StudySignal;
  readonly file: string;
  readonly claims: readonly Claim[];
  /** What became of signals like it in the recordings. */
  readonly measured: HitRate | null;
}

const mark = (holds: boolean): string => (holds ? '✓' : '✗');

function section({ chosen, file, claims, measured }: DrawnSignal, place: number, text: Text): string[] {
  const { symbol, side, setup, score, barCloseMs, zone } = chosen.signal;
  return [
    `## ${place}. ${symbol} · ${side} · ${setup} · ${instant(barCloseMs)}`,
    '',
    `![${symbol} ${instant(barCloseMs)}](${file})`,
    '',
    hitRateSentence(score, measured, text),
    '',
    text('study.checklist.line', { pass: text(`study.pass.${chosen.pass}`), id: chosen.signal.id, zone: zone.id }),
    '',
    `| ${text('study.checklist.claim')} | ${text('study.checklist.machine')} | ${text('study.checklist.hand')} |`,
    '| :-- | :-: | :-: |',
    ...claims.map((one) => `| ${one.text} | ${mark(one.holds)} |  |`),
    '',
  ];
}

export function checklistMarkdown(drawn: readonly DrawnSignal[], command: string, text: Text): string {
  const claims = drawn.flatMap((one) => one.claims);
  const numbers = { signals: drawn.length, claims: claims.length, held: claims.filter((one) => one.holds).length };
  const head = [`# ${text('study.checklist.title')}`, '', text('study.checklist.what', numbers), '', '```sh', command, '```', ''];
  return `${[...head, ...drawn.flatMap((one, i) => section(one, i + 1, text))].join('\n').trimEnd()}\n`;
}

/** As many as wanted: shipped signals first, then in turns through set-ups and sides, spread over contracts and time by a seed. */
export function chooseSignals(signals: readonly StudySignal[], wanted: number, orderOf: (id: string) => number): StudySignal[] {
  const once = [...new Map(signals.toReversed().map((one) => [one.signal.id, one])).values()];
  const rest = once.toSorted(
    (a, b) => Number(a.pass !== 'shipped') - Number(b.pass !== 'shipped') || orderOf(a.signal.id) - orderOf(b.signal.id),
  );
  const chosen: StudySignal[] = [];
  const seen = new Map<string, number>();
  const count = (key: string): number => seen.get(key) ?? 0;
  while (chosen.length < wanted && rest.length > 0) {
    const cost = ({ signal }: StudySignal): number => count(`${signal.setup} ${signal.side}`) + 2 * count(signal.symbol);
    const next = rest.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    rest.splice(rest.indexOf(next), 1);
    chosen.push(next);
    for (const key of [`${next.signal.setup} ${next.signal.side}`, next.signal.symbol]) seen.set(key, count(key) + 1);
  }
  return chosen;
}
