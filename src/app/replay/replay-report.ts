// App, `perpscout replay`: what a replay found, as lines for a person.
import { instant } from '../terminal/format.ts';
import type { Text } from '../text/catalogue.ts';
import type { GateLine } from './journal-lines.ts';
import type { ReplayReport } from './replay-run.ts';

const WIDEST = 160;

export function replayLines(report: ReplayReport, atMs: number | null, text: Text): string[] {
  const { difference, head, counts, codeVersion } = report;
  const lines: string[] = [];
  if (difference === null) lines.push(text('replay.identical'));
  else {
    lines.push(
      text('replay.different', { minute: difference.minute, symbol: difference.symbol || '—', field: difference.field }),
    );
    lines.push(
      `  ${text('replay.recorded')}  ${shown(difference.recorded)}`,
      `  ${text('replay.replayed')}  ${shown(difference.replayed)}`,
    );
  }
  lines.push(
    text('replay.span', {
      mode: String(head.settings['MODE']),
      from: Number.isFinite(report.fromMs) ? instant(report.fromMs) : '—',
      to: Number.isFinite(report.toMs) ? instant(report.toMs) : '—',
      ...counts,
    }),
  );
  if (report.record === 'cut') lines.push(text('replay.cut'));
  if (head.codeVersion !== codeVersion) lines.push(text('replay.version', { recorded: head.codeVersion, replayed: codeVersion }));
  return atMs === null ? lines : [...lines, '', ...minuteLines(report, text)];
}

/** What was decided at the minute that was asked for. */
function minuteLines({ lastSaid, toMs }: ReplayReport, text: Text): string[] {
  const verdicts = lastSaid.flatMap((line) => (line[0] === 'gates' ? line[3] : []));
  const rows = lastSaid.flatMap((line) => (line[0] === 'rows' ? line[1] : []));
  return [
    text('replay.minute', { at: instant(toMs), verdicts: verdicts.length }),
    ...verdicts.map(verdictLine),
    ...rows.map((row) => `  ${row.table}  ${shown(row)}`),
  ];
}

function verdictLine({ symbol, side, setup, score, emitted, firstFailedGate }: GateLine): string {
  const verdict = emitted ? '✓' : (firstFailedGate ?? '–');
  return `  ${symbol.padEnd(14)} ${side.padEnd(5)} ${setup.padEnd(14)} ${score.toFixed(1).padStart(5)}  ${verdict}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '∅');
  return text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
}
