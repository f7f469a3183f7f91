// App, backtest report: tables that stay readable on a telephone: few columns, the lesser number below the greater one.

import type { GroupRow } from '../../study/groups.ts';
import type { Interval } from '../../study/statistics.ts';
import { signed } from '../../terminal/format.ts';
import type { Text } from '../../text/catalogue.ts';
import { escapeHtml } from './escape.ts';

export const share = (value: number, digits = 1): string => (Number.isFinite(value) ? `${(value * 100).toFixed(digits)} %` : '—');
export const span = ({ low, high }: Interval): string =>
  Number.isFinite(low) && Number.isFinite(high) ? `[${signed(low)}, ${signed(high)}]` : '';
export const shareSpan = ({ low, high }: Interval): string => `[${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;

/** The greater number, and below it the lesser. */
const two = (above: string, below: string): string => `${escapeHtml(above)}<small>${escapeHtml(below)}</small>`;

/** Cells are HTML; heads are text. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((text) => `<th>${escapeHtml(text)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function groupCells({ n, days, measured: m }: GroupRow, name: string, text: Text): string[] {
  const count = two(String(n), text('backtest.days', { days }));
  if (m === null) return [escapeHtml(name), count, `<em>${escapeHtml(text('backtest.notEnough'))}</em>`, '', ''];
  return [
    escapeHtml(name),
    count,
    two(`${share(m.hit1R)} ${shareSpan(m.hit1RInterval)}`, text('backtest.placeboValue', { value: share(m.placeboHit1R) })),
    two(
      `${signed(m.netR)} ${span(m.netRInterval)}`,
      text('backtest.grossPlacebo', { gross: signed(m.grossR), placebo: signed(m.placeboNetR) }),
    ),
    two(signed(m.excessR), span(m.excessRInterval)),
  ];
}

export function groupTable(rows: readonly GroupRow[], nameOf: (id: string) => string, text: Text): string {
  const heads = [
    text('backtest.col.group'),
    'n',
    text('backtest.col.hit'),
    text('backtest.col.net'),
    text('backtest.col.excess'),
  ];
  return table(
    heads,
    rows.map((row) => groupCells(row, nameOf(row.id), text)),
  );
}
