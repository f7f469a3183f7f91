// Services, room 6: virtual positions and labels. Every signal, real or not, is followed by closed bars to its outcome; at
// most ten of those that are not real are shown. A minute's moves are one transaction.
import { HitRates } from '../../src/book/hit-rates.ts';
import { VirtualBook, type VirtualMoves } from '../../src/book/virtual-book.ts';
import type { JournalRow, JournalState } from '../../src/core/journal.ts';
import type { Bar } from '../../src/core/market.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import { barClose } from '../../src/core/timeframe.ts';
import type { VirtualTrade } from '../../src/core/trade.ts';
import { outcomeRow } from '../../src/core/training-rows.ts';
import { invariant, type SymbolId } from '../../src/core/units.ts';
import type { Durability, LedgerWriter } from './ledger-writer.ts';
import { virtualClosedNotice, virtualOpenedNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';

/** What a closed minute brings for one symbol; DataService hands more, this room needs the entry bars. */
export interface ClosedBars {
  readonly symbol: SymbolId;
  readonly bars: readonly { readonly entryBar: Bar }[];
}

export class ShadowDesk {
  readonly #ports: Pick<ExecutionPorts, 'featureLog' | 'notifier'>;
  readonly #options: ExecutionOptions;
  readonly #writer: LedgerWriter;
  readonly #book: VirtualBook;
  /** What became of past signals; told beside a score, never ranked by. */
  readonly hitRates = new HitRates();
  readonly #lastClose = new Map<SymbolId, number>();

  constructor(ports: Pick<ExecutionPorts, 'featureLog' | 'notifier'>, options: ExecutionOptions, writer: LedgerWriter) {
    this.#ports = ports;
    this.#options = options;
    this.#writer = writer;
    this.#book = new VirtualBook({ maxShown: options.settings.maxVirtualPositions, timeframe: options.entryTimeframe });
  }

  get book(): VirtualBook {
    return this.#book;
  }

  /** Boot: what the journal knows. */
  restore({ virtuals, hitCounts }: Pick<JournalState, 'virtuals' | 'hitCounts'>): void {
    this.#book.restore(virtuals);
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

  onBars(closed: readonly ClosedBars[]): void {
    const rows: JournalRow[] = [];
    const told: VirtualMoves[] = [];
    for (const { symbol, bars } of closed) {
      for (const { entryBar } of bars) {
        this.#lastClose.set(symbol, entryBar.close);
        const moves = this.#book.onBar(symbol, entryBar);
        if (moves.held.length === 0 && moves.closed.length === 0) continue;
        for (const { outcome } of moves.closed) this.hitRates.add(outcome);
        rows.push(...this.#rowsOf(moves));
        rows.push({ table: 'watermark', symbol, barCloseMs: barClose(entryBar.openMs, this.#options.entryTimeframe) });
        told.push(moves);
      }
    }
    if (rows.length === 0) return;
    const durability = this.#writer.commit(rows);
    for (const moves of told) this.#tell(moves, durability);
  }

  #rowsOf(moves: VirtualMoves): JournalRow[] {
    const held = moves.held.map((trade): JournalRow => ({ table: 'virtual', trade }));
    const closed = moves.closed.map(
      ({ outcome }): JournalRow => ({ table: 'outcome', outcome, row: outcomeRow(this.#options.schemas.outcomes, outcome) }),
    );
    return [...held, ...closed];
  }

  #tell(moves: VirtualMoves, durability: Durability): void {
    const { notifier, featureLog } = this.#ports;
    for (const trade of moves.entered) {
      if (trade.role === 'shown' && trade.entry !== null) notifier.publish(virtualOpenedNotice(trade, trade.entry.atMs));
    }
    for (const { outcome } of moves.closed) {
      if (durability === 'durable')
        featureLog.append('outcomes', outcomeRow(this.#options.schemas.outcomes, outcome), outcome.exitMs);
      if (outcome.role === 'shown') notifier.publish(virtualClosedNotice(outcome));
    }
  }
}
