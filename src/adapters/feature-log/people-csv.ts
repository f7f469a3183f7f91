// Adapters, training rows as files: the one table that is made for people and their spreadsheets: a byte order mark, so that
// Chinese symbols open right, and no cell of text that a spreadsheet would take for a formula. Never an input for training.
import type { TradeLine } from '../../ports/history.ts';
import { CRLF } from './csv-text.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** A leading tab or carriage return is swallowed by some spreadsheets, and what follows is then read as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Text from outside is shown as text; numbers and times are not touched, a minus sign is one. */
const textCell = (value: string): string => quoted(FORMULA.test(value) ? `'${value}` : value);
const quoted = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const timeCell = (ms: number): string => new Date(ms).toISOString();

/** `text` cells are neutralised, the others hold what a number or a time may hold. */
const COLUMNS: readonly (readonly [string, (line: TradeLine) => string])[] = [
  ['closed_utc', (line) => timeCell(line.closedMs)],
  ['opened_utc', (line) => timeCell(line.openedMs)],
  ['symbol', (line) => textCell(line.symbol)],
  ['side', (line) => textCell(line.side)],
  ['setup', (line) => textCell(line.setup)],
  ['score', (line) => String(line.score)],
  ['leverage', (line) => String(line.leverage)],
  ['qty', (line) => line.qty],
  ['entry_price', (line) => line.averageEntry],
  ['exit_price', (line) => line.averageExit],
  ['exit_reason', (line) => textCell(line.exitClass)],
  ['net_pnl_usdt', (line) => line.netPnlUsdt],
  ['commission_usdt', (line) => line.feesUsdt],
  ['funding_usdt', (line) => line.fundingUsdt],
  ['net_r', (line) => String(line.netR)],
  ['quality', (line) => textCell(line.quality)],
  ['trade_id', (line) => textCell(line.tradeId)],
];

export const peopleHeader = (): string => BYTE_ORDER_MARK + COLUMNS.map(([name]) => name).join(',') + CRLF;
export const peopleLine = (line: TradeLine): string => COLUMNS.map(([, cell]) => cell(line)).join(',') + CRLF;
