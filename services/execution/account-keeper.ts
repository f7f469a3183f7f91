// Services, room 6: keeps the account known. Reads it in full at start, every 30 s and after every break of the user stream,
// folds it into the trades, names what differs and cancels what is left over from trades that are over.

import { isFinal } from '../../src/book/lifecycle-trade.ts';
import type { Instant } from '../../src/book/lifecycle-types.ts';
import { parseClientId } from '../../src/core/client-id.ts';
import type { AccountEvent, AccountSnapshot, Fill } from '../../src/core/orders.ts';
import type { SymbolId } from '../../src/core/units.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { AccountState } from './account-state.ts';
import type { Ladder } from './ladder.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { alarmNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import { PositionReads } from './position-reads.ts';
import { type Differences, differences, type Orphan } from './reconcile.ts';
import { StrangerGuard } from './stranger-guard.ts';
import type { TradeDesk } from './trade-desk.ts';

const READ_EVERY_MS = 30_000;
const READ_AGAIN_MS = 1_000;
const CONFIG_EVERY_MS = 10 * 60_000;
const FAILURES_BEFORE_ALARM = 3;
/** A difference that stays this long switches entries off (invariant I3). */
const DRIFT_MS = 60_000;
/** Balance changes of this share are told; smaller ones are kept this often, so that the curve of the account has points. */
const TELL_BALANCE = 0.01;
const KEEP_BALANCE_MS = 15 * 60_000;

interface Drift {
  readonly sinceWallMs: number;
  readonly text: string;
  readonly told: 'no' | 'yes';
}

export interface KeeperParts {
  readonly ports: ExecutionPorts;
  readonly account: AccountState;
  readonly desk: TradeDesk;
  readonly ladder: Ladder;
  readonly writer: LedgerWriter;
  readonly dispatcher: Dispatcher;
  readonly options: Pick<ExecutionOptions, 'instance' | 'instrumentOf'>;
}

export class AccountKeeper {
  readonly #parts: KeeperParts;
  readonly strangers: StrangerGuard;
  readonly #positions: PositionReads;
  #readAt: number | null = null;
  #configAt: number | null = null;
  #reading: 'idle' | 'reading' | 'again' = 'idle';
  #failures = 0;
  #booted: 'no' | 'yes' = 'no';
  #toldEquity: number | null = null;
  #kept: { readonly at: number; readonly equity: number } | null = null;
  #startEquity: number | null = null;
  readonly #drifts = new Map<SymbolId, Drift>();
  readonly #toldForeign = new Set<string>();
  /** Trades of ours that the database does not know, as far as they were found in this run. */
  readonly #strangers = new Set<string>();
  readonly #sweeping = new Set<string>();

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#positions = new PositionReads(parts);
    this.strangers = new StrangerGuard({ ...parts, readAgain: () => this.read() });
  }

  /** The account was read at least once in this run: trades may act on what they believe. */
  get booted(): boolean {
    return this.#booted === 'yes';
  }

  get startEquityUsdt(): number | null {
    return this.#startEquity;
  }

  /** Account events change what is known; a reconnected stream may have missed some, so everything is read again. */
  onEvent(event: AccountEvent, now: Instant): void {
    const { account, ladder } = this.#parts;
    const before = account.stream.state;
    account.hear(event, now.venueMs);
    if (event.kind !== 'userStream') return;
    if (event.state === 'down') ladder.raise('userStream', 'NO_NEW_ENTRIES', event.detail);
    else ladder.ease('userStream', now.wallMs);
    if (event.state === 'up' && before === 'down') this.read();
  }

  onTick(now: Instant): void {
    this.strangers.onTick(now.wallMs);
    if (this.booted) this.#positions.onTick();
    const waitMs = this.#failures > 0 || !this.booted ? READ_AGAIN_MS : READ_EVERY_MS;
    if (this.#reading === 'idle' && (this.#readAt === null || now.wallMs - this.#readAt >= waitMs)) this.read();
    if (
      this.#configAt === null ||
      now.wallMs - this.#configAt >= (this.#parts.account.config === null ? READ_AGAIN_MS : CONFIG_EVERY_MS)
    )
      this.#readConfig(now);
    for (const [symbol, drift] of this.#drifts) {
      if (drift.told === 'yes' || now.wallMs - drift.sinceWallMs < DRIFT_MS) continue;
      this.#drifts.set(symbol, { ...drift, told: 'yes' });
      this.#parts.ladder.raise(`drift ${symbol}`, 'NO_NEW_ENTRIES', 'the venue and our ledger differ');
      const text = `${drift.text}; for a minute now. Nothing is opened until the two agree.`;
      this.#parts.ports.notifier.publish(alarmNotice('drift', text, now.venueMs));
    }
  }

  /** A read that is wanted while one is on its way would answer with old news: it follows after. */
  read(): void {
    if (this.#reading !== 'idle') {
      this.#reading = 'again';
      return;
    }
    this.#reading = 'reading';
    const { dispatcher, ports, desk } = this.#parts;
    const asked = desk.now();
    this.#readAt = asked.wallMs;
    dispatcher.send<AccountSnapshot | null>({
      label: 'snapshot',
      call: () => ports.broker.snapshot(),
      apply: (snapshot) => this.#answered(snapshot, asked),
      onFailure: () => null,
    });
  }

  #answered(snapshot: AccountSnapshot | null, asked: Instant): void {
    const again = this.#reading === 'again';
    this.#reading = 'idle';
    if (snapshot === null) {
      this.#failures += 1;
      if (this.#failures >= FAILURES_BEFORE_ALARM)
        this.#parts.ladder.raise('reconcile', 'NO_NEW_ENTRIES', 'the account could not be read');
    } else {
      this.#failures = 0;
      this.#parts.ladder.ease('reconcile', asked.wallMs);
      this.onSnapshot(snapshot, asked);
    }
    if (again) this.read();
  }

  #readConfig(now: Instant): void {
    this.#configAt = now.wallMs;
    const { dispatcher, ports, account } = this.#parts;
    dispatcher.send({
      label: 'account config',
      call: () => ports.broker.config(),
      apply: (config) => account.setConfig(config),
      onFailure: () => null,
    });
    dispatcher.send({
      label: 'brackets',
      call: () => ports.broker.brackets(),
      apply: (brackets) => account.setBrackets(brackets),
      onFailure: () => new Map(),
    });
  }

  onSnapshot(snapshot: AccountSnapshot, asked: Instant): void {
    const { account, desk, options } = this.#parts;
    account.read(snapshot, asked.venueMs);
    const positions = new Map(snapshot.positions.map((position) => [position.symbol, position]));
    this.#booted = 'yes';
    for (const trade of desk.all()) {
      const { symbol, tradeId } = trade.plan;
      const state = positions.get(symbol);
      const result = state === undefined ? ({ kind: 'flat' } as const) : ({ kind: 'open', state } as const);
      for (const order of snapshot.openOrders)
        if (order.symbol === symbol)
          desk.hear(tradeId, { kind: 'account', event: { kind: 'order', at: snapshot.at, order, expiryReason: '' } });
      desk.hear(tradeId, {
        kind: 'conditionalsRead',
        list: snapshot.openConditionals.filter((order) => order.symbol === symbol),
        asked,
      });
      desk.hear(tradeId, { kind: 'positionRead', result, asked });
    }
    const found = differences(snapshot, desk.all(), options.instance);
    this.#name(found, desk.now());
    this.strangers.onSnapshot(snapshot, found.unknownOwn);
    this.#tellBalance(desk.now());
  }

  #name(found: Differences, now: Instant): void {
    const { account, ladder, ports } = this.#parts;
    account.setForeign(found.foreign.map((position) => position.symbol));
    for (const position of found.foreign) {
      this.#tellOnce(`foreign ${position.symbol}`, () =>
        alarmNotice(
          'foreignPosition',
          `${position.symbol}: a position of ${position.signedQty} is not ours; it is left alone and the symbol is not traded`,
          now.venueMs,
        ),
      );
    }
    for (const order of found.unknownOwn) {
      this.#safeMode(order.clientId, 'the venue shows an order of ours that the database does not know');
      this.#tellOnce(`unknown ${order.clientId}`, () =>
        alarmNotice(
          'unknownOrder',
          `${order.symbol}: order ${order.clientId} is ours, but the database does not know it: it is older than the venue`,
          now.venueMs,
        ),
      );
    }
    for (const id of found.otherInstance) {
      ladder.raise('otherBot', 'PROTECT_ONLY', `order ${id} belongs to another instance of this bot`);
      this.#tellOnce(`other ${id}`, () =>
        alarmNotice('unknownOrder', `order ${id} belongs to another instance: two bots trade this account`, now.venueMs),
      );
    }
    for (const orphan of found.orphans) this.#sweep(orphan);
    for (const symbol of [...this.#drifts.keys()]) {
      if (found.drift.has(symbol)) continue;
      this.#drifts.delete(symbol);
      ladder.ease(`drift ${symbol}`, now.wallMs);
    }
    for (const [symbol, text] of found.drift) {
      if (!this.#drifts.has(symbol)) this.#drifts.set(symbol, { sinceWallMs: now.wallMs, text, told: 'no' });
      ports.logger.warn({ symbol, text }, 'the venue and our ledger differ');
    }
  }

  /** A fill of a trade that the database does not know; one that was found before is no news. */
  onUnknownFill(fill: Fill, now: Instant): void {
    if (!this.#safeMode(fill.clientId, `a fill of ${fill.clientId} that the database does not know`)) return;
    const text = `${fill.symbol}: ${fill.clientId} was filled, but the database does not know it`;
    this.#parts.ports.notifier.publish(alarmNotice('unknownOrder', text, now.venueMs));
  }

  /** Once per trade: a person who resumes has seen it. True where it was not known before. */
  #safeMode(clientId: string, reason: string): boolean {
    const tradeId = parseClientId(clientId)?.tradeId ?? clientId;
    if (this.#strangers.has(tradeId)) return false;
    this.#strangers.add(tradeId);
    this.#parts.ladder.raise('safeMode', 'PROTECT_ONLY', reason);
    return true;
  }

  #tellOnce(key: string, notice: () => ReturnType<typeof alarmNotice>): void {
    if (this.#toldForeign.has(key)) return;
    this.#toldForeign.add(key);
    this.#parts.ports.notifier.publish(notice());
  }

  /** An order of ours that nobody answers for is cancelled; if that fails, the next full read finds it again. */
  #sweep({ symbol, clientId, store }: Orphan): void {
    if (this.#sweeping.has(clientId)) return;
    this.#sweeping.add(clientId);
    const { dispatcher, ports } = this.#parts;
    dispatcher.send({
      label: `sweep ${symbol}`,
      call: () =>
        store === 'conditional' ? ports.broker.cancelConditional(symbol, clientId) : ports.broker.cancel(symbol, clientId),
      apply: (result) => {
        this.#sweeping.delete(clientId);
        ports.logger.info({ symbol, clientId, result: result.kind }, 'a leftover order was cancelled');
      },
      onFailure: (error) => ({ kind: 'unknown' as const, reason: String(error) }),
    });
  }

  #tellBalance(now: Instant): void {
    const { account, ports, writer, desk } = this.#parts;
    const { balance } = account;
    if (balance === null) return;
    this.#startEquity ??= balance.equityUsdt;
    const quiet = this.#toldEquity !== null && Math.abs(balance.equityUsdt - this.#toldEquity) <= this.#toldEquity * TELL_BALANCE;
    const changed = this.#kept === null || balance.equityUsdt !== this.#kept.equity;
    if (quiet && !(changed && now.venueMs - (this.#kept?.at ?? 0) >= KEEP_BALANCE_MS)) return;
    this.#kept = { at: now.venueMs, equity: balance.equityUsdt };
    const row = {
      at: now.venueMs,
      walletBalance: String(balance.walletUsdt),
      marginBalance: String(balance.equityUsdt),
      availableBalance: String(balance.availableUsdt),
      cause: desk.all().some((trade) => !isFinal(trade.state)) ? 'trading' : 'read',
    };
    writer.commit([{ table: 'balance', row }]);
    if (quiet) return;
    this.#toldEquity = balance.equityUsdt;
    ports.notifier.publish({
      event: 'balance',
      at: now.venueMs,
      wallet: balance.walletUsdt,
      equity: balance.equityUsdt,
      available: balance.availableUsdt,
    });
  }
}
