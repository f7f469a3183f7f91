// Services, room 6: positions that are ours by the names of their orders while no journal knows the trade (a lost or an older
// database). What has a live stop is left to it; what has none gets one at the default distance (reliability.md §3.7).
import { clientIdOf, parseClientId } from '../../src/core/client-id.ts';
import { compare, parseDecimal, sign } from '../../src/core/decimal.ts';
import { stopToTicks } from '../../src/core/grid.ts';
import type {
  AccountSnapshot,
  ConditionalOrderRequest,
  ConditionalState,
  PlaceResult,
  PositionState,
} from '../../src/core/orders.ts';
import { closingAction, epochMs, type Side, type SymbolId, sideSign } from '../../src/core/units.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { LedgerWriter } from './ledger-writer.ts';
import { alarmNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import type { Orphan } from './reconcile.ts';

/** No plan says where its stop was; wider than most plans, far inside the liquidation of 20 times. */
const DEFAULT_STOP_SHARE = 0.02;
/** A request is not repeated before its effect had the time to show. */
const ASK_AGAIN_MS = 5_000;
/** Names far above those that a trade's own stops use; which ones were used before, nobody knows any more. */
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

export class StrangerGuard {
  readonly #parts: StrangerParts;
  readonly #askedAt = new Map<SymbolId, number>();

  constructor(parts: StrangerParts) {
    this.#parts = parts;
  }

  onSnapshot(snapshot: AccountSnapshot, unknownOwn: readonly Orphan[]): void {
    const seen = new Set<SymbolId>();
    for (const { symbol, clientId } of unknownOwn) {
      const position = snapshot.positions.find((held) => held.symbol === symbol);
      const tradeId = parseClientId(clientId)?.tradeId;
      if (position === undefined || tradeId === undefined || seen.has(symbol)) continue;
      seen.add(symbol);
      if (!snapshot.openConditionals.some((order) => protects(order, position))) this.#protect(position, tradeId);
    }
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
    const sent = {
      verb: 'placeConditional',
      params: JSON.stringify(order),
      signedMs: now,
      recvWindowMs: 0,
      fenceMs: epochMs(now),
    } as const;
    const row = {
      clientId: order.clientId,
      tradeId,
      role: 'a',
      attempt,
      ...sent,
      outcome: 'sending',
      code: null,
      venueId: null,
    } as const;
    // Written down where anything can be written; a stop is sent all the same.
    writer.commit([{ table: 'op', row }]);
    dispatcher.send<PlaceResult>({
      label: `guard ${symbol}`,
      call: () => ports.broker.placeConditional(order),
      apply: (result) => this.#answered(symbol, result),
      onFailure: (error) => ({ kind: 'unknown', reason: String(error) }),
    });
    const text = `${symbol}: a position of ours without a stop and without a record; a stop goes ${DEFAULT_STOP_SHARE * 100} % away from the mark`;
    ports.notifier.publish(alarmNotice('guarded', text, now));
  }

  #answered(symbol: SymbolId, result: PlaceResult): void {
    this.#parts.ports.logger.warn({ symbol, result }, 'a stop for a position without a record');
    this.#parts.readAgain();
  }
}
