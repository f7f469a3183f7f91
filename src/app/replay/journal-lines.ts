// App, run journal: what stands in one line. A run is its beginning (settings, contracts, history, what the database knew), then
// every event in the order in which the loop took it, each followed by what the loop said to it. Bars and marks, which are nearly
// all of it, are written as bare cells.
import type { Command } from '../../core/events.ts';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import type { Bar, Instrument, Mark, MarketEvent } from '../../core/market.ts';
import type { AccountEvent } from '../../core/orders.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../core/units.ts';
import type { Pacer } from '../../ports/pacer.ts';

export const JOURNAL_VERSION = 2;

export interface JournalHead {
  readonly version: number;
  readonly codeVersion: string;
  /** Without secrets and folders. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly accountId: string;
  readonly startedMs: number;
  readonly speed: number;
  readonly decideWhen: Pacer['decideWhen'];
  /** Whether a model's opinion was asked for; its answers are in the record. */
  readonly model: 'asked' | 'none';
  /** Wall time since 1970 less the monotonic clock. */
  readonly epochOffsetMs: number;
}

/** Market time and monotonic wall time at which it was taken. */
export type At = readonly [marketMs: number, wallMs: number];
export type BarCells = readonly (number | null)[];

/** What the loop is told. */
export type EventLine =
  | readonly ['bar', At, symbol: string, at: number, final: 0 | 1, BarCells, tradeIds: readonly [number, number] | null]
  | readonly ['marks', At, at: number, marks: readonly (readonly (string | number)[])[]]
  | readonly ['feed', At, Extract<MarketEvent, { kind: 'feed' }>]
  | readonly ['account', At, AccountEvent]
  | readonly ['answer', At, no: number, label: string, value: unknown]
  | readonly ['wake', At, label: string]
  | readonly ['settled', At, barOpenMs: number]
  | readonly ['command', At, Command, by: string]
  | readonly ['tick', At, wallMs: number];

/** One verdict of a strategy, with the gates that it was judged by: [id, passed, value, threshold]. */
export interface GateLine {
  readonly symbol: string;
  readonly strategy: string;
  readonly side: string;
  readonly setup: string;
  readonly score: number;
  readonly emitted: boolean;
  readonly firstFailedGate: string | null;
  readonly gates: readonly (readonly [string, 0 | 1, number, number])[];
}

/** What the loop says. */
export type SaidLine =
  | readonly ['gates', barCloseMs: number, scanned: number, verdicts: readonly GateLine[]]
  | readonly ['rows', rows: readonly JournalRow[]];

/** What the loop asked of its process or its database while it heard an event. */
export type ToldLine =
  | readonly ['fact', value: unknown]
  | readonly ['lost', message: string, kept: 'file' | 'nowhere', fault: 'passing' | 'lasting'];

export type OpeningLine =
  | readonly ['head', JournalHead]
  | readonly ['universe', At, readonly Instrument[]]
  | readonly ['loaded', symbol: string, part: 'first' | 'more' | 'again', trend: readonly BarCells[], entry: readonly BarCells[]]
  | readonly ['start', At, JournalState, overrides: ReadonlyMap<string, string>]
  | readonly ['missed', At, rows: readonly { readonly symbol: SymbolId; readonly bars: readonly { readonly entryBar: Bar }[] }[]]
  | readonly ['loop', At, readyBarMs: number];

export type JournalLine = OpeningLine | EventLine | SaidLine | ToldLine | readonly ['end'];

const EVENTS: ReadonlySet<string> = new Set(['bar', 'marks', 'feed', 'account', 'answer', 'wake', 'settled', 'command', 'tick']);
export const isEventLine = (line: JournalLine): line is EventLine => EVENTS.has(line[0]);

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
export const barCells = (bar: Bar): BarCells => [
  bar.openMs,
  bar.open,
  bar.high,
  bar.low,
  bar.close,
  known(bar.volume),
  known(bar.quoteVolume),
  known(bar.trades),
  known(bar.takerBuyVolume),
];

export function cellsBar(cells: BarCells): Bar {
  const at = (i: number): number => cells[i] ?? Number.NaN;
  return {
    openMs: epochMs(at(0)),
    open: at(1),
    high: at(2),
    low: at(3),
    close: at(4),
    volume: at(5),
    quoteVolume: at(6),
    trades: at(7),
    takerBuyVolume: at(8),
  };
}

export function barEvent(line: Extract<EventLine, readonly ['bar', ...unknown[]]>, timeframe: Timeframe): MarketEvent {
  const [, , symbol, at, final, cells, ids] = line;
  const tradeIds = ids === null ? {} : { tradeIds: { first: ids[0], last: ids[1] } };
  return {
    kind: 'bar',
    at: epochMs(at),
    symbol: symbol as SymbolId,
    timeframe,
    bar: cellsBar(cells),
    final: final === 1,
    ...tradeIds,
  };
}

/** Rates change a few times an hour, marks every second: a rate that stands is not written again. */
export class MarkCells {
  readonly #rates = new Map<string, readonly [number, EpochMs]>();

  cells(marks: readonly Mark[]): (string | number)[][] {
    return marks.map(({ symbol, markPrice, fundingRate, nextFundingMs }) => {
      const held = this.#rates.get(symbol);
      if (held !== undefined && Object.is(held[0], fundingRate) && held[1] === nextFundingMs) return [symbol, markPrice];
      this.#rates.set(symbol, [fundingRate, nextFundingMs]);
      return [symbol, markPrice, fundingRate, nextFundingMs];
    });
  }

  marks(rows: readonly (readonly (string | number)[])[]): Mark[] {
    return rows.map(([symbol, markPrice, fundingRate, nextFundingMs]) => {
      if (fundingRate !== undefined) this.#rates.set(String(symbol), [Number(fundingRate), epochMs(Number(nextFundingMs))]);
      const [rate, nextMs] = this.#rates.get(String(symbol)) ?? [Number.NaN, epochMs(0)];
      return { symbol: String(symbol) as SymbolId, markPrice: Number(markPrice), fundingRate: rate, nextFundingMs: nextMs };
    });
  }
}
