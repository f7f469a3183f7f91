// App, `perpscout study`: the report as Markdown. It says what was measured in plain words, whatever that is: no better than the same
// trade at another time, or better, or worse; and what is left after costs.
import { instant, signed } from '../terminal/format.ts';
import { isTextKey, type Text } from '../text/catalogue.ts';
import { FEWEST, type GroupRow, type Measured } from './groups.ts';
import type { Interval } from './statistics.ts';
import type { PassReport, StudyReport } from './study.ts';

/** A pass without signals has no median and no share. */
const digits = (value: number, places: number): string => (Number.isFinite(value) ? value.toFixed(places) : '—');
const share = (value: number): string => `${digits(value * 100, 1)} %`;
const shares = ({ low, high }: Interval): string => `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;
const span = ({ low, high }: Interval): string => (Number.isNaN(low) ? '' : ` [${signed(low)}, ${signed(high)}]`);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function groupLine({ n, days, measured: m }: GroupRow, name: string, text: Text): string {
  if (m === null) return row([name, String(n), String(days), text('study.few'), '', '', '', '', '']);
  return row([
    name,
    String(n),
    String(days),
    `${share(m.hit1R)} [${shares(m.hit1RInterval)}]`,
    share(m.placeboHit1R),
    signed(m.grossR),
    `${signed(m.netR)}${span(m.netRInterval)}`,
    signed(m.placeboNetR),
    `${signed(m.excessR)}${span(m.excessRInterval)}`,
  ]);
}

function groupTable(rows: readonly GroupRow[], nameOf: (id: string) => string, text: Text): string[] {
  const columns = ['group', 'n', 'days', 'hit', 'placeboHit', 'gross', 'net', 'placeboNet', 'excess'] as const;
  return [
    row(columns.map((column) => text(`study.column.${column}`))),
    row(columns.map((_, i) => (i === 0 ? ':--' : '--:'))),
    ...rows.map((group) => groupLine(group, nameOf(group.id), text)),
    '',
  ];
}

const worded = (text: Text, key: string, fallback: string): string => (isTextKey(key) ? text(key) : fallback);

/** What the intervals allow to be said of a group, and no more. */
export function verdict({ measured, n }: GroupRow, text: Text): string {
  if (measured === null) return text('study.verdict.few', { n, fewest: FEWEST });
  return `${text(`study.verdict.${againstPlacebo(measured)}`)}${text(`study.verdict.${afterCost(measured)}`)}`;
}

function againstPlacebo({ excessRInterval: { low, high } }: Measured): 'better' | 'worse' | 'same' {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'same';
}

function afterCost({ netRInterval: { low, high } }: Measured): 'gain' | 'loss' | 'open' {
  if (low > 0) return 'gain';
  return high < 0 ? 'loss' : 'open';
}

function passSection(pass: PassReport, text: Text): string[] {
  const bands = (id: string): string => text('study.band', { band: id });
  const factor = (id: string): string => worded(text, `study.factor.${id}`, id);
  return [
    `## ${text(`study.pass.${pass.id}`)}`,
    '',
    text('study.passLine', {
      signals: pass.signals,
      unresolved: pass.unresolved,
      risk: digits(pass.medianRiskBps, 0),
      cost: digits(pass.medianCostR, 3),
      pass: share(pass.passCostGate),
    }),
    '',
    `**${verdict(pass.all, text)}**`,
    '',
    ...groupTable([pass.all, ...pass.bands], (id) => (id === 'all' ? text('study.all') : bands(id)), text),
    ...groupTable(pass.factors, factor, text),
    ...groupTable(pass.setups, (id) => worded(text, `setup.${id}`, id), text),
    ...groupTable(pass.sides, (id) => worded(text, `side.${id}`, id), text),
  ];
}

/** How many rows look like more than chance, and how many would by chance. */
function apartFromZero({ passes }: StudyReport): Readonly<Record<'rows' | 'apart' | 'above' | 'below' | 'chance', number>> {
  const rows = passes.flatMap((pass) => [pass.all, ...pass.bands, ...pass.factors, ...pass.setups, ...pass.sides]);
  const measured = rows.map((group) => group.measured).filter((m) => m !== null);
  const above = measured.filter((m) => m.excessRInterval.low > 0).length;
  const below = measured.filter((m) => m.excessRInterval.high < 0).length;
  return { rows: measured.length, apart: above + below, above, below, chance: Math.round(measured.length / 20) };
}

export function studyMarkdown(report: StudyReport, command: string, text: Text): string {
  const facts = {
    from: instant(report.fromMs),
    to: instant(report.toMs),
    symbols: report.symbols.length,
    names: report.symbols.join(', '),
    minutes: report.minutes.toLocaleString('en-US'),
    strategy: `${report.strategy} ${report.version}`,
    cost: Number(report.costBps.toFixed(4)),
    gate: report.costGateR.toFixed(2),
    placebos: report.placebos,
    seed: report.seed,
    fewest: FEWEST,
  };
  return `${[
    `# ${text(report.market === 'synthetic' ? 'study.titleSeeded' : 'study.title')}`,
    '',
    ...(report.market === 'synthetic' ? [text('study.seeded'), ''] : []),
    text('study.what', facts),
    '',
    '```sh',
    command,
    '```',
    '',
    text('study.span', facts),
    '',
    text('study.how', facts),
    '',
    ...report.passes.flatMap((pass) => passSection(pass, text)),
    `## ${text('study.limits.title')}`,
    '',
    text('study.count', apartFromZero(report)),
    '',
    text('study.limits', facts),
  ].join('\n')}\n`;
}
