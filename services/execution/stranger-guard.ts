// Services, room 6: positions that are ours by the names of their orders while no journal knows the trade (a lost or an older
// database). What has a live stop is left to it; what has none gets one at the default distance (reliability.md §3.7). A person may
// close them like any other position.
import { clientIdOf, parseClientId } from '../../src/core/client-id.ts';
import { compare, parseDecimal, sign } from '../../src/core/decimal.ts';
import { qtyToSteps, stopToTicks } from '../../src/core/grid.ts';
import type { OpRow } from '../../src/core/journal.ts';
import type {
  AccountSnapshot,
  ConditionalOrderRequest,
  ConditionalState,
  MarketOrderRequest,
  PlaceResult,
  PositionState,
} from '../../src/core/orders.ts';
import { closingAction, type EpochMs, type Side, type SymbolId, sideSign } from '../../src/core/units.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { PositionView } from '../overview.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { alarmNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import type { Orphan } from './reconcile.ts';

/** No plan says where its stop was; wider than most plans, far inside the liquidation of 20 times. */
const DEFAULT_STOP_SHARE = 0.02;
/** A request is not repeated before its effect had the time to show. */
const ASK_AGAIN_MS = 5_000;
/** A stop that is refused again and again is one message a minute. */
const TELL_AGAIN_MS = 60_000;
/** A close is repeated under another name until the account shows no position. */
const CLOSE_AGAIN_MS = 2_000;
/** Names far above those that a trade's own stops use; they come round again, and nobody knows which ones were used before. */
const FIRST_ATTEMPT = 1_000;
const ATTEMPTS = 290;

export interface StrangerParts {
  readonly ports: Pick<ExecutionPorts, 'broker' | 'notifier' | 'logger' | 'marketClock' | 'wallClock'>;
  readonly options: Pick<ExecutionOptions, 'instance' | 'instrumentOf'>;
  readonly writer: LedgerWriter;
  readonly dispatcher: Dispatcher;
  /** The account is read again soon: a stop counts when it was seen live. */
  readonly readAgain: () => void;
}

const sideOf = (position: PositionState): Side => (sign(parseDecimal(position.signedQty)) > 0 ? 'long' : 'short');

/** Live, on the loss side of the mark, and large enough. */
function protects(order: ConditionalState, position: PositionState): boolean {
  const side = sideOf(position);
  if (order.symbol !== position.symbol || order.type !== 'STOP_MARKET' || order.status !== 'new') return false;
  if (order.action !== closingAction(side)) return false;
  const onLossSide = (Number(position.markPrice) - Number(order.triggerPrice)) * sideSign(side) > 0;
  const size = position.signedQty.replace('-', '');
  const covers = order.closePosition || (order.reduceOnly && compare(parseDecimal(order.qty), parseDecimal(size)) >= 0);
  return onLossSide && covers;
}

function opRow(
  order: ConditionalOrderRequest | MarketOrderRequest,
  named: Pick<OpRow, 'verb' | 'role' | 'attempt' | 'tradeId'> & { readonly now: EpochMs },
): OpRow {
  const { now, ...known } = named;
  const sent = { params: JSON.stringify(order), signedMs: now, recvWindowMs: 0, fenceMs: now, outcome: 'sending' } as const;
  return { clientId: order.clientId, ...known, ...sent, code: null, venueId: null };
}

interface Stranger {
  readonly position: PositionState;
  readonly tradeId: string;
  /** Trigger of the stop that rests for it; null where none does. */
  readonly stop: number | null;
}

export class StrangerGuard {
  readonly #parts: StrangerParts;
  readonly #askedAt = new Map<SymbolId, number>();
  readonly #toldAt = new Map<SymbolId, number>();
  readonly #held = new Map<SymbolId, Stranger>();
  /** Asked to be closed, and when an order for it left last. */
  readonly #closing = new Map<SymbolId, number>();

  constructor(parts: StrangerParts) {
    this.#parts = parts;
  }

  get held(): number {
    return this.#held.size;
  }

  /** Once known, a position is ours until it is gone, whatever becomes of the order that named it. */
  onSnapshot(snapshot: AccountSnapshot, unknownOwn: readonly Orphan[]): void {
    const named = new Map(unknownOwn.map(({ symbol, clientId }) => [symbol, parseClientId(clientId)?.tradeId]));
    const before = new Map(this.#held);
    this.#held.clear();
    for (const position of snapshot.positions) {
      const { symbol } = position;
      const tradeId = named.get(symbol) ?? before.get(symbol)?.tradeId;
      if (tradeId === undefined) continue;
      const stop = snapshot.openConditionals.find((order) => protects(order, position));
      this.#held.set(symbol, { position, tradeId, stop: stop === undefined ? null : Number(stop.triggerPrice) });
      if (stop === undefined) this.#protect(position, tradeId);
    }
    for (const symbol of [...this.#closing.keys()]) {
      if (this.#held.has(symbol)) this.#sendClose(symbol);
      else this.#closing.delete(symbol);
    }
  }

  /** Whether there is such a position to close. */
  close(symbol: SymbolId): 'begun' | 'none' {
    if (!this.#held.has(symbol)) return 'none';
    if (!this.#closing.has(symbol)) this.#closing.set(symbol, Number.NEGATIVE_INFINITY);
    this.#sendClose(symbol);
    return 'begun';
  }

  closeAll(): void {
    for (const symbol of this.#held.keys()) this.close(symbol);
  }

  /** While one is being closed the account is read often. */
  onTick(wallMs: number): void {
    if ([...this.#closing.values()].some((sentMs) => wallMs - sentMs >= CLOSE_AGAIN_MS)) this.#parts.readAgain();
  }

  views(): readonly PositionView[] {
    return [...this.#held.values()].map(({ position, tradeId, stop }): PositionView => {
      const [entry, qty] = [Number(position.entryPrice), Math.abs(Number(position.signedQty))];
      const pnlUsdt = Number(position.unrealizedPnl);
      const riskUsdt = stop === null ? 0 : Math.abs(entry - stop) * qty;
      return {
        ...{ tradeId, symbol: position.symbol, side: sideOf(position), state: stop === null ? 'openNaked' : 'protected' },
        ...{ qty: position.signedQty.replace('-', ''), leverage: 0, entry, mark: Number(position.markPrice) },
        ...{ stop: stop ?? Number.NaN, target: Number.NaN, pnlUsdt, r: riskUsdt > 0 ? pnlUsdt / riskUsdt : 0 },
        openedMs: position.updateMs,
        protection: stop === null ? 'pending' : 'verified',
      };
    });
  }

  #sendClose(symbol: SymbolId): void {
    const { ports, options, writer, dispatcher } = this.#parts;
    const held = this.#held.get(symbol);
    const instrument = options.instrumentOf(symbol);
    const wallMs = ports.wallClock.now();
    if (held === undefined || instrument === null || wallMs - (this.#closing.get(symbol) ?? 0) < CLOSE_AGAIN_MS) return;
    this.#closing.set(symbol, wallMs);
    const now = ports.marketClock.now();
    const attempt = FIRST_ATTEMPT + (Math.floor(now / 1_000) % ATTEMPTS);
    const clientId = clientIdOf(options.instance, held.tradeId, 'x', attempt);
    const size = Math.min(Math.abs(Number(held.position.signedQty)), instrument.marketMaxQty);
    const action = closingAction(sideOf(held.position));
    const order: MarketOrderRequest = { symbol, clientId, action, steps: qtyToSteps(size, instrument.grid), effect: 'reduce' };
    const row = opRow(order, { verb: 'placeMarket', role: 'x', attempt, tradeId: held.tradeId, now });
    writer.commit([{ table: 'op', row, name: 'mayRepeat' }]);
    dispatcher.send<PlaceResult>({
      label: `close ${symbol}`,
      call: () => ports.broker.place(order),
      apply: (result) => this.#answered(symbol, result),
      onFailure: (error) => ({ kind: 'unknown', reason: String(error) }),
    });
  }

  #protect(position: PositionState, tradeId: string): void {
    const { ports, options, writer, dispatcher } = this.#parts;
    const { symbol } = position;
    const wallMs = ports.wallClock.now();
    const instrument = options.instrumentOf(symbol);
    if (instrument === null || wallMs - (this.#askedAt.get(symbol) ?? Number.NEGATIVE_INFINITY) < ASK_AGAIN_MS) return;
    this.#askedAt.set(symbol, wallMs);
    const side = sideOf(position);
    const now = ports.marketClock.now();
    const attempt = FIRST_ATTEMPT + (Math.floor(now / 1_000) % ATTEMPTS);
    const stop = Number(position.markPrice) * (1 - sideSign(side) * DEFAULT_STOP_SHARE);
    const order: ConditionalOrderRequest = {
      symbol,
      clientId: clientIdOf(options.instance, tradeId, 'a', attempt),
      type: 'stopMarket',
      action: closingAction(side),
      trigger: stopToTicks(stop, side, instrument.grid),
      workingType: 'mark',
      coverage: { kind: 'closePosition' },
      priceProtect: 'off',
    };
    const row = opRow(order, { verb: 'placeConditional', role: 'a', attempt, tradeId, now });
    // Written down where anything can be written; a stop is sent all the same.
    writer.commit([{ table: 'op', row, name: 'mayRepeat' }]);
    dispatcher.send<PlaceResult>({
      label: `guard ${symbol}`,
      call: () => ports.broker.placeConditional(order),
      apply: (result) => this.#answered(symbol, result),
      onFailure: (error) => ({ kind: 'unknown', reason: String(error) }),
    });
    if (wallMs - (this.#toldAt.get(symbol) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) return;
    this.#toldAt.set(symbol, wallMs);
    const text = `${symbol}: a position of ours without a stop and without a record; a stop goes ${DEFAULT_STOP_SHARE * 100} % away from the mark`;
    ports.notifier.publish(alarmNotice('guarded', text, now));
  }

  #answered(symbol: SymbolId, result: PlaceResult): void {
    this.#parts.ports.logger.warn({ symbol, result }, 'an order for a position without a record');
    this.#parts.readAgain();
  }
}
