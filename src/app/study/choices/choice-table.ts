// App, `perpscout study --choices`: the report as lines of a terminal, a hundred cells wide at most.
import { HORIZON_BARS } from '../../../book/virtual.ts';
import { instant, signed } from '../../terminal/format.ts';
import { type Column, table } from '../../terminal/table.ts';
import { isTextKey, type Text } from '../../text/catalogue.ts';
import type { Interval } from '../statistics.ts';
import type { ChoicesReport, MeasuredChoice } from './choice-study.ts';

const CELLS = 100;
const NAME_CELLS = 18;
const INTERVAL_CELLS = 20;

const left = (title: string, maxWidth: number): Column => ({ title, align: 'left', maxWidth });
const right = (title: string, maxWidth: number): Column => ({ title, align: 'right', maxWidth });
const worded = (text: Text, key: string): string => (isTextKey(key) ? text(key) : key);
const span = (mean: number, { low, high }: Interval): string =>
  Number.isFinite(low) ? `${signed(mean)} [${signed(low)}, ${signed(high)}]` : signed(mean);

function rowCells(row: MeasuredChoice, fewest: number, text: Text): string[] {
  const name = worded(text, `choices.row.${row.id}`);
  const count = `${row.n} (${row.days})`;
  const { measured, lessBase } = row;
  if (measured === null) return [name, count, '', text('choices.few', { fewest }), '', ''];
  return [
    name,
    count,
    signed(measured.grossR),
    span(measured.netR, measured.netRInterval),
    // Missed because the price ran away: against entries that nobody knew the future of, that is no comparison.
    row.id === 'limitMissed' ? text('choices.hindsight') : span(measured.excessR, measured.excessRInterval),
    lessBase === null ? '' : span(lessBase.mean, lessBase.interval),
  ];
}

/** An empty line where another kind of choice begins. */
function choiceLines({ rows, fewest }: ChoicesReport, text: Text): string[] {
  const columns = [
    left(text('choices.column.choice'), NAME_CELLS),
    right(text('choices.column.n'), 10),
    right(text('choices.column.gross'), 5),
    right(text('choices.column.net'), INTERVAL_CELLS),
    right(text('choices.column.excess'), INTERVAL_CELLS),
    right(text('choices.column.lessBase'), INTERVAL_CELLS),
  ];
  const [head = '', ...lines] = table(
    columns,
    rows.map((row) => rowCells(row, fewest, text)),
    CELLS,
  );
  const spaced = lines.flatMap((line, i) => (rows[i]?.family === rows[i - 1]?.family || i === 0 ? [line] : ['', line]));
  return [head, ...spaced];
}

function capLines({ caps }: ChoicesReport, text: Text): string[] {
  const columns = [
    left(text('choices.column.policy'), 40),
    left(text('choices.column.population'), 10),
    right(text('choices.column.trades'), 6),
    right(text('choices.column.perDay'), 5),
    right(text('choices.column.netR'), 5),
    right(text('choices.column.meanDay'), 8),
    right(text('choices.column.worstDay'), 9),
    right(text('choices.column.designEffect'), 13),
  ];
  const rows = caps.map((cap) => [
    worded(text, `choices.cap.${cap.id}`),
    worded(text, `choices.population.${cap.population}`),
    String(cap.n),
    cap.tradesPerDay.toFixed(1),
    signed(cap.netR),
    signed(cap.meanDayR),
    signed(cap.worstDayR, 1),
    Number.isFinite(cap.designEffect) ? cap.designEffect.toFixed(1) : '—',
  ]);
  return table(columns, rows, CELLS);
}

export interface Apart {
  readonly rows: number;
  readonly above: number;
  readonly below: number;
  readonly chance: number;
}

/** How many intervals leave out zero, and how many of so many would where nothing is there. */
export function apartFromZero(intervals: readonly Interval[]): Apart {
  return {
    rows: intervals.length,
    above: intervals.filter(({ low }) => low > 0).length,
    below: intervals.filter(({ high }) => high < 0).length,
    chance: Math.round(intervals.length / 20),
  };
}

function notes(report: ChoicesReport, text: Text): string[] {
  const { settings, rows, pair, fewest } = report;
  const row = (id: string): MeasuredChoice | undefined => rows.find((one) => one.id === id);
  const [base, limit] = [row('base'), row('limitBoth')];
  const measured = rows.flatMap(({ measured: m, weight }) => (m === null || weight === 'told' ? [] : [m.excessRInterval]));
  const compared = rows.flatMap(({ lessBase }) => (lessBase === null ? [] : [lessBase.interval]));
  return [
    text('choices.note.base', { trend: pair.trend, horizon: HORIZON_BARS, cost: settings.roundTripCostBps }),
    text('choices.note.stop', { refused: row('stop80')?.refused ?? 0 }),
    text('choices.note.limit', { maker: settings.makerLegBps, wait: settings.limitWaitBars }),
    text('choices.note.missed', { missed: limit?.missed ?? 0, of: report.signals.gateOff }),
    text('choices.note.resolved', { base: base?.unresolved ?? 0, long: row('horizon1440')?.unresolved ?? 0 }),
    text('choices.note.interval', { days: base?.days ?? 0, fewest }),
    text('choices.count', { ...apartFromZero(measured) }),
    text('choices.countBase', { ...apartFromZero(compared) }),
  ];
}

export function choicesLines(report: ChoicesReport, text: Text): string[] {
  const { settings, signals } = report;
  return [
    text('choices.span', {
      symbols: report.symbols.length,
      bars: report.bars.toLocaleString('en-US'),
      pair: `${report.pair.trend}/${report.pair.entry}`,
      from: instant(report.fromMs),
      to: instant(report.toMs),
    }),
    text('choices.signals', { ...signals, score: settings.minConfidence, gate: settings.costGateR.toFixed(2) }),
    '',
    ...choiceLines(report, text),
    '',
    ...notes(report, text),
    '',
    text('choices.caps', { days: report.calendarDays }),
    ...capLines(report, text),
  ];
}
