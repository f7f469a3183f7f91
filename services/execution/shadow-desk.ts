// Services, room 6: virtual positions and labels. Every signal, real or not, is followed by closed bars to its outcome; at
// most ten of those that are not real are shown. A minute's moves are one transaction.
import { HitRates } from '../../src/book/hit-rates.ts';
import type { TrendFacts } from '../../src/book/management.ts';
import { VirtualBook, type VirtualClosing, type VirtualMoves } from '../../src/book/virtual-book.ts';
import type { JournalRow, JournalState } from '../../src/core/journal.ts';
import type { Bar } from '../../src/core/market.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import { barClose } from '../../src/core/timeframe.ts';
import type { LongLabel, VirtualTrade } from '../../src/core/trade.ts';
import { outcomeRow, qualityOf, type RowQuality, rowInstant } from '../../src/core/training-rows.ts';
import { invariant, type SymbolId } from '../../src/core/units.ts';
import type { Durability, LedgerWriter } from './ledger-writer.ts';
import { LongLabels } from './long-labels.ts';
import { virtualClosedNotice, virtualOpenedNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';

/** What a closed minute brings for one symbol; DataService hands more, this room needs the entry bars. */
export interface ClosedBars {
  readonly symbol: SymbolId;
  readonly bars: readonly { readonly entryBar: Bar }[];
}

export class ShadowDesk {
  readonly #ports: Pick<ExecutionPorts, 'featureLog' | 'notifier' | 'marketClock'>;
  readonly #options: ExecutionOptions;
  readonly #writer: LedgerWriter;
  readonly #book: VirtualBook;
  readonly #long: LongLabels;
  /** What became of past signals; told beside a score, never ranked by. */
  readonly hitRates = new HitRates();
  readonly #lastClose = new Map<SymbolId, number>();

  constructor(
    ports: Pick<ExecutionPorts, 'featureLog' | 'notifier' | 'marketClock'>,
    options: ExecutionOptions,
    writer: LedgerWriter,
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#writer = writer;
    this.#long = new LongLabels(options.entryTimeframe, options.schemas);
    this.#book = new VirtualBook({
      maxShown: options.settings.maxVirtualPositions,
      timeframe: options.entryTimeframe,
      ...(options.management === undefined ? {} : { management: options.management }),
    });
  }

  get book(): VirtualBook {
    return this.#book;
  }

  /** Boot: what the journal knows. */
  restore({ virtuals, longLabels, hitCounts }: Pick<JournalState, 'virtuals' | 'longLabels' | 'hitCounts'>): void {
    this.#book.restore(virtuals);
    this.#long.restore(longLabels);
    this.hitRates.restore(hitCounts);
  }

  lastClose(symbol: SymbolId): number {
    return this.#lastClose.get(symbol) ?? Number.NaN;
  }

  knows({ signal }: RankedSignal): boolean {
    return this.#book.find(signal.symbol, signal.id) !== undefined;
  }

  /** `shown` asks for a visible place; the row must be committed by the caller before anything is told. */
  open(
    ranked: RankedSignal,
    tradeId: string,
    wish: { readonly role: VirtualTrade['role']; readonly reason: string },
  ): VirtualTrade {
    const instrument = this.#options.instrumentOf(ranked.signal.symbol);
    invariant(instrument !== null, `a signal of ${ranked.signal.symbol}, which is not listed`);
    return this.#book.open({ signal: ranked.signal, tradeId, wish: wish.role, reason: wish.reason, grid: instrument.grid });
  }

  /** A signal whose real entry did not come about takes a visible place, if one is free; `along` is written with it in any case. */
  promote(symbol: SymbolId, signalId: string, reason: string, along: readonly JournalRow[] = []): Durability {
    const trade = this.#book.promote(symbol, signalId, reason);
    const durability = this.#writer.commit(trade === null ? along : [{ table: 'virtual', trade }, ...along]);
    if (trade?.role === 'shown' && trade.entry !== null)
      this.#ports.notifier.publish(virtualOpenedNotice(trade, trade.entry.atMs));
    return durability;
  }

  /** `trendOf` answers for the newest bar only: a bar that is caught up with is managed without it, never with hindsight. */
  onBars(closed: readonly ClosedBars[]): void {
    const rows: JournalRow[] = [];
    const told: VirtualMoves[] = [];
    for (const { symbol, bars } of closed) {
      for (const { entryBar } of bars) {
        this.#lastClose.set(symbol, entryBar.close);
        const quality = qualityOf(barClose(entryBar.openMs, this.#options.entryTimeframe), this.#ports.marketClock.now());
        rows.push(...this.#long.onBar(symbol, entryBar, quality));
        const moves = this.#book.onBar(symbol, entryBar, this.#trendAt(symbol, entryBar));
        if (moves.held.length === 0 && moves.closed.length === 0) continue;
        for (const { outcome } of moves.closed) this.hitRates.add(outcome);
        rows.push(...this.#rowsOf(moves, quality));
        rows.push({ table: 'watermark', symbol, barCloseMs: barClose(entryBar.openMs, this.#options.entryTimeframe) });
        told.push(moves);
      }
    }
    if (rows.length === 0) return;
    const durability = this.#writer.commit(rows);
    if (durability === 'durable') for (const row of rows) this.#project(row);
    for (const moves of told) this.#tell(moves);
  }

  #trendAt(symbol: SymbolId, bar: Bar): TrendFacts | null {
    const trend = this.#options.trendOf?.(symbol) ?? null;
    return trend?.asOfMs === barClose(bar.openMs, this.#options.entryTimeframe) ? trend : null;
  }

  #rowsOf(moves: VirtualMoves, quality: RowQuality): JournalRow[] {
    const held = moves.held.map((trade): JournalRow => ({ table: 'virtual', trade }));
    return [...held, ...moves.closed.map((closing) => this.#outcomeRow(closing, quality))];
  }

  #outcomeRow({ trade, outcome }: VirtualClosing, quality: RowQuality): JournalRow {
    const row: JournalRow = { table: 'outcome', outcome, row: outcomeRow(this.#options.schemas.outcomes, outcome, { quality }) };
    if (outcome.exit !== 'timeout') return row;
    const long: LongLabel = { outcome, stop: trade.stop, target: trade.target };
    this.#long.add(long);
    return { ...row, long };
  }

  /** Complete rows join the files in the order in which they were committed. */
  #project(row: JournalRow): void {
    const complete = row.table === 'outcomeRow' || (row.table === 'outcome' && row.long === undefined);
    if (complete) this.#ports.featureLog.append('outcomes', row.row, rowInstant('outcomes', row.row));
  }

  #tell(moves: VirtualMoves): void {
    const { notifier } = this.#ports;
    for (const trade of moves.entered) {
      if (trade.role === 'shown' && trade.entry !== null) notifier.publish(virtualOpenedNotice(trade, trade.entry.atMs));
    }
    for (const trade of moves.settled) if (trade.managed?.exit) notifier.publish(virtualClosedNotice(trade, trade.managed.exit));
  }
}
