// Services, room 6: the desk keeps every real trade and is the only hand that writes one. An input goes through the life
// cycle; what follows is committed first, then sent, then told.

import { isBusy, next } from '../../src/book/lifecycle.ts';
import { GHOST_WATCH_MS } from '../../src/book/lifecycle-position.ts';
import { isFinal } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade, TradeInput, Wish } from '../../src/book/lifecycle-types.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { Fill } from '../../src/core/orders.ts';
import type { ClosedTrade } from '../../src/core/trade.ts';
import { executionRow, qualityOf } from '../../src/core/training-rows.ts';
import { openingAction, type SymbolId } from '../../src/core/units.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Durability, LedgerWriter } from './ledger-writer.ts';
import { alarmNotice, closedNotice, openedNotice, partialNotice, protectedNotice, stopMovedNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import { request } from './requests.ts';
import { fillRows, intentRow, opRowOf, outcomeRowOf } from './rows.ts';

type Booking = Extract<Wish, { kind: 'book' }>;

export interface DeskHooks {
  readonly onBooked: (closed: ClosedTrade) => void;
  /** A granted entry will not come about. */
  readonly onVoid: (trade: LiveTrade) => void;
  /** Null, or why the quote of this moment forbids the entry. */
  readonly quoteFault: (symbol: SymbolId) => Promise<string | null>;
  /** After every input: some trade may now wait for milliseconds. */
  readonly onWork: () => void;
}

export class TradeDesk {
  readonly #ports: ExecutionPorts;
  readonly #options: Pick<ExecutionOptions, 'schemas' | 'run'>;
  readonly #writer: LedgerWriter;
  readonly #dispatcher: Dispatcher;
  readonly #hooks: DeskHooks;
  readonly #trades = new Map<string, LiveTrade>();
  readonly #protectMs = new Map<string, number>();

  constructor(
    ports: ExecutionPorts,
    options: Pick<ExecutionOptions, 'schemas' | 'run'>,
    parts: { readonly writer: LedgerWriter; readonly dispatcher: Dispatcher; readonly hooks: DeskHooks },
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#writer = parts.writer;
    this.#dispatcher = parts.dispatcher;
    this.#hooks = parts.hooks;
  }

  now(): Instant {
    return { venueMs: this.#ports.marketClock.now(), wallMs: this.#ports.wallClock.now() };
  }

  all(): readonly LiveTrade[] {
    return [...this.#trades.values()];
  }

  /** Trades that still take a slot: not void, not flat. */
  holding(): readonly LiveTrade[] {
    return this.all().filter((trade) => !isFinal(trade.state) && trade.state !== 'settling' && trade.state !== 'journaled');
  }

  get(tradeId: string): LiveTrade | undefined {
    return this.#trades.get(tradeId);
  }

  busy(): boolean {
    const now = this.now();
    return this.all().some((trade) => isBusy(trade, now));
  }

  /** Takes a trade whose intent is in the journal already. */
  adopt(trade: LiveTrade): void {
    this.#trades.set(trade.plan.tradeId, trade);
  }

  hearAbout(symbol: SymbolId, input: TradeInput): void {
    for (const trade of this.all()) if (trade.plan.symbol === symbol) this.hear(trade.plan.tradeId, input);
  }

  hearAll(input: TradeInput): void {
    for (const trade of this.all()) this.hear(trade.plan.tradeId, input);
  }

  hear(tradeId: string, input: TradeInput): void {
    const before = this.#trades.get(tradeId);
    if (before === undefined) return;
    const now = this.now();
    const { trade, wishes } = next(before, input, now);
    this.#trades.set(tradeId, trade);
    const rows = this.#rowsOf(before, trade, { input, wishes, now });
    const durability = this.#writer.commit(rows);
    if (before.state !== trade.state) {
      this.#ports.logger.info(
        { tradeId, symbol: trade.plan.symbol, from: before.state, to: trade.state, on: input.kind },
        'trade changed state',
      );
    }
    for (const wish of wishes) this.#grant(trade, wish, { durability, now });
    if (before.state !== trade.state && trade.state.startsWith('void')) this.#hooks.onVoid(trade);
    this.#hooks.onWork();
    if (isFinal(trade.state) && now.venueMs - (trade.closedMs ?? now.venueMs) > GHOST_WATCH_MS) this.#trades.delete(tradeId);
  }

  #rowsOf(
    before: LiveTrade,
    trade: LiveTrade,
    heard: { readonly input: TradeInput; readonly wishes: readonly Wish[]; readonly now: Instant },
  ): JournalRow[] {
    const rows: JournalRow[] = [];
    const answer = outcomeRowOf(trade, heard.input, heard.now);
    if (answer !== null) rows.push(answer);
    const known = new Set(before.fills.map((fill) => fill.tradeNo));
    rows.push(
      ...fillRows(
        trade,
        trade.fills.filter((fill) => !known.has(fill.tradeNo)),
      ),
    );
    if (before.version !== trade.version) rows.push(intentRow(trade));
    for (const wish of heard.wishes) {
      const op = opRowOf(wish, heard.now);
      if (op !== null) rows.push(op);
      if (wish.kind === 'book') rows.push({ table: 'closedTrade', trade: wish.closed, row: this.#executionRow(trade, wish) });
    }
    return rows;
  }

  #grant(trade: LiveTrade, wish: Wish, context: { readonly durability: Durability; readonly now: Instant }): void {
    const { now } = context;
    const { tradeId, symbol } = trade.plan;
    switch (wish.kind) {
      case 'tell':
        this.#tell(trade, wish, now);
        return;
      case 'book':
        this.#booked(trade, wish, context.durability);
        return;
      case 'placeEntry':
        // What is not on disk is not sent: after a crash nobody would know of it.
        if (context.durability === 'lost') {
          this.hear(tradeId, {
            kind: 'entryAnswer',
            result: { kind: 'rejected', code: 0, reason: 'the journal could not be written' },
          });
          return;
        }
        break;
      case 'prepareSymbol':
      case 'placeResting':
      case 'close':
      case 'cancel':
      case 'find':
      case 'readPosition':
      case 'readConditionals':
      case 'readFills':
      case 'readFunding':
      case 'readIncome':
        break;
    }
    request(wish, {
      broker: this.#ports.broker,
      dispatcher: this.#dispatcher,
      symbol,
      now,
      hear: (input) => this.hear(tradeId, input),
      quoteFault: this.#hooks.quoteFault,
    });
  }

  #tell(trade: LiveTrade, wish: Extract<Wish, { kind: 'tell' }>, now: Instant): void {
    const { notifier } = this.#ports;
    switch (wish.event) {
      case 'opened':
        notifier.publish(openedNotice(trade, now));
        return;
      case 'protected': {
        const ms = trade.firstFill === null ? 0 : now.wallMs - trade.firstFill.wallMs;
        this.#protectMs.set(trade.plan.tradeId, ms);
        notifier.publish(protectedNotice(trade, ms, now));
        return;
      }
      case 'stopMoved':
        notifier.publish(stopMovedNotice(trade, wish.code, now));
        return;
      case 'partial':
        notifier.publish(partialNotice(trade, Number(wish.text), now));
        return;
      case 'alarm':
        notifier.publish(alarmNotice(wish.code, wish.text, now.venueMs));
        return;
    }
  }

  #booked(trade: LiveTrade, booking: Booking, durability: Durability): void {
    const { closed } = booking;
    // Files are a projection: a row that is not in the database yet is added to them at the next start.
    if (durability === 'durable')
      this.#ports.featureLog.append('executions', this.#executionRow(trade, booking), closed.closedMs);
    this.#protectMs.delete(closed.tradeId);
    this.#ports.notifier.publish(closedNotice(closed));
    this.#hooks.onBooked(closed);
  }

  #executionRow(trade: LiveTrade, { closed, fills }: Pick<Booking, 'closed' | 'fills'>): ReturnType<typeof executionRow> {
    const opening = openingAction(trade.plan.side);
    const ids = (wanted: readonly Fill[]): string[] => [...new Set(wanted.map((fill) => fill.venueOrderId))];
    return executionRow(this.#options.schemas.executions, {
      plan: trade.plan,
      closed,
      run: this.#options.run,
      grid: trade.grid,
      latencyMs: closed.openedMs - trade.plan.signal.barCloseMs,
      protectMs: this.#protectMs.get(trade.plan.tradeId) ?? null,
      entryOrderIds: ids(fills.filter((fill) => fill.action === opening)),
      exitOrderIds: ids(fills.filter((fill) => fill.action !== opening)),
      quality: qualityOf(closed.closedMs, this.now().venueMs),
    });
  }
}
