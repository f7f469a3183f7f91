// App, the terminal: the live report as lines of text, at most 100 cells wide. A pure drawing of one overview.
import type { Overview, PositionView, SignalView, VirtualView } from '../../../services/overview.ts';
import type { Text } from '../text/catalogue.ts';
import { clusterLines } from '../text/cluster-lines.ts';
import { worded } from '../text/words.ts';
import { padColumns } from './columns.ts';
import { clock, instant, percent, price, signed, usdt } from './format.ts';
import { HIT_RATE_CELLS, hitRateCell } from './hit-rate.ts';
import { type Column, table } from './table.ts';

const SIGNAL_ROWS = 8;
const VIRTUAL_ROWS = 10;
export const REPORT_CELLS = 100;

/** A line that is too long ends with …. */
const cut = (line: string): string => padColumns(line, REPORT_CELLS).trimEnd();
const left = (title: string, maxWidth: number): Column => ({ title, align: 'left', maxWidth });
const right = (title: string, maxWidth: number): Column => ({ title, align: 'right', maxWidth });

export function renderReport(overview: Overview, text: Text): string[] {
  return [
    text('report.title', { mode: overview.mode, time: instant(overview.marketNow) }),
    scanLine(overview, text),
    ...balanceLines(overview, text),
    '',
    text('report.signals'),
    ...signalTable(overview.recentSignals.slice(0, SIGNAL_ROWS), text),
    ...clusterLines(overview.recentSignals, overview.clusterMinutes ?? 0, text).map((line) => cut(`  ${line}`)),
    '',
    text('report.positions', { count: overview.positions.length }),
    ...positionTable(overview.positions, text),
    '',
    text('report.virtuals', { count: overview.virtuals.length }),
    ...virtualTable(overview.virtuals.slice(0, VIRTUAL_ROWS), text),
  ];
}

export function scanLine(overview: Overview, text: Text): string {
  const { scan } = overview;
  if (scan === null) return text('report.noScan');
  return text('report.scan', {
    time: clock(scan.barOpenMs),
    ready: scan.ready,
    symbols: scan.symbols,
    late: scan.late,
    scanMs: scan.scanMs.toFixed(1),
    rankMs: scan.closeToRankMs.toFixed(1),
    signals: scan.signals,
  });
}

function balanceLines({ balance, ladder, tally }: Overview, text: Text): string[] {
  const reasons = ladder.reasons.length === 0 ? '' : `（${ladder.reasons.join(', ')}）`;
  const lines: string[] = [];
  if (balance !== null) {
    lines.push(
      text('report.balance', {
        equity: usdt(balance.equityUsdt),
        wallet: usdt(balance.walletUsdt),
        available: usdt(balance.availableUsdt),
        change: signed(balance.equityUsdt - balance.startUsdt),
      }),
    );
  }
  lines.push(
    text('report.tally', { ...tally, pnl: signed(tally.netPnlUsdt) }),
    text('report.level', { level: ladder.level, reasons }),
  );
  return lines;
}

function signalTable(signals: readonly SignalView[], text: Text): string[] {
  if (signals.length === 0) return [`  ${text('report.none')}`];
  const columns = [
    left(text('column.time'), 5),
    left(text('column.symbol'), 13),
    left(text('column.side'), 5),
    right(text('column.score'), 5),
    left(text('column.hit'), HIT_RATE_CELLS),
    right(text('column.rank'), 4),
    left(text('column.setup'), 10),
    right(text('column.entry'), 10),
    right(text('column.stop'), 10),
    right(text('column.target'), 10),
    left(text('column.fate'), 18),
  ];
  const rows = signals.map((s) => {
    const [kind = '', ...reason] = s.fate.split(':');
    const fate = worded(text, 'fate', kind);
    return [
      clock(s.barCloseMs),
      s.symbol,
      worded(text, 'side', s.side),
      s.score.toFixed(0),
      hitRateCell(s.measured, text),
      `#${s.rank}`,
      worded(text, 'setup', s.setup),
      price(s.entry),
      price(s.stop),
      price(s.target),
      reason.length === 0 ? fate : `${fate} ${worded(text, 'reason', reason.join(':').trim())}`,
    ];
  });
  return table(columns, rows, REPORT_CELLS);
}

function positionTable(positions: readonly PositionView[], text: Text): string[] {
  if (positions.length === 0) return [`  ${text('report.none')}`];
  const columns = [
    left(text('column.symbol'), 13),
    left(text('column.side'), 8),
    right(text('column.entry'), 10),
    right(text('column.mark'), 10),
    right(text('column.stop'), 10),
    right(text('column.toStop'), 7),
    right(text('column.target'), 10),
    right(text('column.toTarget'), 7),
    right(text('column.r'), 6),
    left(text('column.protection'), 8),
  ];
  const rows = positions.map((p) => [
    p.symbol,
    `${worded(text, 'side', p.side)}${p.leverage}×`,
    price(p.entry),
    price(p.mark),
    price(p.stop),
    percent(p.stop / p.mark - 1),
    price(p.target),
    percent(p.target / p.mark - 1),
    signed(p.r),
    worded(text, 'protection', p.protection),
  ]);
  return table(columns, rows);
}

function virtualTable(virtuals: readonly VirtualView[], text: Text): string[] {
  if (virtuals.length === 0) return [`  ${text('report.none')}`];
  const columns = [
    left(text('column.symbol'), 16),
    left(text('column.side'), 5),
    right(text('column.entry'), 10),
    right(text('column.mark'), 10),
    right(text('column.r'), 6),
    right(text('column.bars'), 5),
    left(text('column.fate'), 24),
  ];
  const rows = virtuals.map((v) => [
    v.symbol,
    worded(text, 'side', v.side),
    price(v.entry),
    price(v.mark),
    signed(v.r),
    String(v.barsHeld),
    worded(text, 'reason', v.reason),
  ]);
  return table(columns, rows);
}
