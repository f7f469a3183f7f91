// App, backtest: what holding a position costs between trades. Settled rates come from a file where it knows them; elsewhere one
// basis point every eight hours is charged to longs and paid to shorts, and the report says so.
import { DAY_MS, MINUTE_MS } from '../../core/timeframe.ts';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { klineBytes } from '../../emulator/market/recorded-source.ts';

const EIGHT_HOURS_MS = DAY_MS / 3;
export const ASSUMED_RATE = '0.0001';
const HEADER = 'symbol,funding_time,funding_rate';

interface Settled {
  readonly atMs: number;
  /** As a fraction, exactly as the file says. */
  readonly rate: string;
}

/** By symbol, in order of time. Plain, so that threads can be given it. */
export type FundingTable = ReadonlyMap<string, readonly Settled[]>;

export const NO_FUNDING: FundingTable = new Map();

/** Reads symbol,funding_time,funding_rate rows; refuses a broken one with file and line. */
export function readFunding(path: string): FundingTable {
  const lines = new TextDecoder().decode(klineBytes(path)).split(/\r?\n/);
  if (lines[0] !== HEADER) throw new MarketDataError(`${path}:1: the header is "${lines[0]?.slice(0, 120)}", expected ${HEADER}`);
  const table = new Map<string, Settled[]>();
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line === '') continue;
    const [symbol = '', time = '', rate = '', ...rest] = line.split(',');
    const sound = symbol !== '' && /^\d{13}$/.test(time) && /^-?\d+(\.\d+)?$/.test(rate) && rest.length === 0;
    if (!sound) throw new MarketDataError(`${path}:${i + 1}: "${line.slice(0, 120)}" is not symbol,time in ms,rate`);
    const rows = table.get(symbol) ?? [];
    // The venue stamps some settlements a few milliseconds late.
    rows.push({ atMs: Math.round(Number(time) / MINUTE_MS) * MINUTE_MS, rate });
    table.set(symbol, rows);
  }
  for (const rows of table.values()) rows.sort((a, b) => a.atMs - b.atMs);
  return table;
}

export interface Settlement {
  readonly rate: string;
  readonly source: 'file' | 'assumed';
}

export class FundingCalendar {
  readonly #table: FundingTable;
  readonly #byMinute = new Map<string, ReadonlyMap<number, string>>();

  constructor(table: FundingTable) {
    this.#table = table;
    for (const [symbol, rows] of table) this.#byMinute.set(symbol, new Map(rows.map(({ atMs, rate }) => [atMs, rate])));
  }

  #covers(symbol: string, atMs: number): boolean {
    const rows = this.#table.get(symbol);
    return rows !== undefined && atMs >= (rows[0]?.atMs ?? Number.POSITIVE_INFINITY) && atMs <= (rows.at(-1)?.atMs ?? 0);
  }

  /** What is settled at this instant, or null. Within the file's span of a symbol only the file counts. */
  settledAt(symbol: string, atMs: number): Settlement | null {
    const rate = this.#byMinute.get(symbol)?.get(atMs);
    if (rate !== undefined) return { rate, source: 'file' };
    if (atMs % EIGHT_HOURS_MS !== 0 || this.#covers(symbol, atMs)) return null;
    return { rate: ASSUMED_RATE, source: 'assumed' };
  }

  /** The last settled rate as a fraction; NaN where the file does not know one. The rate to come is never looked at. */
  lastRate(symbol: string, atMs: number): number {
    if (!this.#covers(symbol, atMs)) return Number.NaN;
    return Number(this.#table.get(symbol)?.findLast((row) => row.atMs <= atMs)?.rate ?? Number.NaN);
  }

  /** Settlements keep to whole hours of the calendar; that one is due is known long before its rate. */
  nextMs(atMs: number): number {
    return (Math.floor(atMs / EIGHT_HOURS_MS) + 1) * EIGHT_HOURS_MS;
  }
}
