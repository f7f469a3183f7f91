// Emulator, wire: user-stream frames, one per venue event, keys in the order of the wire (binance-futures.md §7.2).
import type { BalanceChange, MarginCallPosition, PositionChange, SimEvent } from '../sim/events.ts';
import type { SimAlgo, SimOrder, SimTrade } from '../sim/types.ts';
import { type Precision, wireOrderNumbers } from './order-json.ts';
import { pad } from './wire-number.ts';

type OrderEvent = Extract<SimEvent, { kind: 'orderTradeUpdate' }>;
type AccountEvent = Extract<SimEvent, { kind: 'accountUpdate' }>;

/** The frame's JSON text. `E` is when it leaves, `T` when it happened. */
export function userFrame(event: SimEvent, leavesMs: number, precisionOf: (symbol: string) => Precision): string {
  switch (event.kind) {
    case 'orderTradeUpdate':
      return JSON.stringify({
        e: 'ORDER_TRADE_UPDATE',
        T: event.atMs,
        E: leavesMs,
        o: orderPart(event, precisionOf(event.order.symbol)),
      });
    case 'tradeLite':
      return JSON.stringify(tradeLite(event.order, event.trade, { leavesMs, precision: precisionOf(event.order.symbol) }));
    case 'accountUpdate':
      return JSON.stringify({ e: 'ACCOUNT_UPDATE', T: event.atMs, E: leavesMs, a: accountPart(event) });
    case 'algoUpdate':
      return JSON.stringify({ e: 'ALGO_UPDATE', T: event.atMs, E: leavesMs, o: algoPart(event.algo) });
    case 'accountConfigUpdate':
      return JSON.stringify({
        e: 'ACCOUNT_CONFIG_UPDATE',
        E: leavesMs,
        T: event.atMs,
        ac: { s: event.symbol, l: event.leverage },
      });
    case 'marginCall':
      return JSON.stringify({
        e: 'MARGIN_CALL',
        E: leavesMs,
        ...(event.crossWalletBalance === null ? {} : { cw: event.crossWalletBalance }),
        p: event.positions.map(marginCallPart),
      });
  }
}

export const listenKeyExpired = (listenKey: string, atMs: number): string =>
  JSON.stringify({ e: 'listenKeyExpired', E: atMs, listenKey });

function orderPart(event: OrderEvent, precision: Precision): Record<string, unknown> {
  const { order, trade } = event;
  const numbers = wireOrderNumbers(order, precision);
  return {
    s: order.symbol,
    c: order.clientOrderId,
    S: order.side,
    o: event.executionType === 'CALCULATED' ? 'LIQUIDATION' : order.type,
    f: order.timeInForce,
    q: numbers.quantity,
    p: numbers.price,
    ap: order.avgPrice,
    sp: numbers.stopPrice,
    x: event.executionType,
    X: order.status,
    i: order.orderId,
    l: trade === null ? '0' : pad(trade.qty, precision.quantity),
    z: numbers.executedQty,
    L: trade === null ? '0' : pad(trade.price, precision.price),
    ...(trade === null ? {} : { n: trade.commission, N: trade.commissionAsset }),
    T: event.atMs,
    t: trade?.id ?? 0,
    b: event.bidNotional,
    a: event.askNotional,
    m: trade?.maker ?? false,
    R: order.reduceOnly,
    wt: order.workingType,
    ot: order.origType,
    ps: order.positionSide ?? 'BOTH',
    cp: order.closePosition,
    rp: trade?.realizedPnl ?? '0',
    pP: order.priceProtect,
    si: 0,
    ss: 0,
    V: order.selfTradePrevention ?? 'EXPIRE_MAKER',
    pm: order.priceMatch ?? 'NONE',
    gtd: order.goodTillMs ?? 0,
    er: order.expiryReason,
  };
}

function tradeLite(
  order: SimOrder,
  trade: SimTrade,
  frame: { readonly leavesMs: number; readonly precision: Precision },
): Record<string, unknown> {
  const numbers = wireOrderNumbers(order, frame.precision);
  return {
    e: 'TRADE_LITE',
    E: frame.leavesMs,
    T: trade.atMs,
    s: order.symbol,
    q: numbers.quantity,
    p: numbers.price,
    m: trade.maker,
    c: order.clientOrderId,
    S: order.side,
    L: pad(trade.price, frame.precision.price),
    l: pad(trade.qty, frame.precision.quantity),
    t: trade.id,
    i: order.orderId,
  };
}

function accountPart(event: AccountEvent): Record<string, unknown> {
  return {
    B: event.balances.map(balancePart),
    P: event.positions.map(positionPart),
    m: event.reason,
    ...(event.symbol === null ? {} : { S: event.symbol }),
  };
}

const balancePart = (balance: BalanceChange): Record<string, unknown> => ({
  a: balance.asset,
  wb: pad(balance.walletBalance, 8),
  cw: pad(balance.crossWalletBalance, 8),
  bc: balance.balanceChange,
});

const positionPart = (position: PositionChange): Record<string, unknown> => ({
  s: position.symbol,
  pa: position.signedQty,
  ep: position.entryPrice,
  cr: position.accumulatedRealized,
  up: position.unrealizedPnl,
  mt: position.marginType === 'ISOLATED' ? 'isolated' : 'cross',
  iw: position.isolatedWallet,
  ps: position.positionSide ?? 'BOTH',
  ma: position.marginAsset,
  bep: position.breakEvenPrice,
});

const marginCallPart = (position: MarginCallPosition): Record<string, unknown> => ({
  s: position.symbol,
  ps: position.positionSide ?? 'BOTH',
  pa: position.signedQty,
  mt: position.marginType,
  iw: position.isolatedWallet,
  mp: position.markPrice,
  up: position.unrealizedPnl,
  mm: position.maintMargin,
});

function algoPart(algo: SimAlgo): Record<string, unknown> {
  const triggered = algo.actualOrderId > 0;
  return {
    caid: algo.clientAlgoId,
    aid: algo.algoId,
    at: 'CONDITIONAL',
    o: algo.orderType,
    s: algo.symbol,
    S: algo.side,
    ps: algo.positionSide ?? 'BOTH',
    f: algo.timeInForce,
    q: algo.quantity,
    X: algo.algoStatus,
    ai: triggered ? String(algo.actualOrderId) : '',
    ...(triggered ? { ap: algo.actualPrice, aq: algo.actualQty, act: algo.actualType } : {}),
    tp: algo.triggerPrice,
    p: algo.price,
    V: 'EXPIRE_MAKER',
    wt: algo.workingType,
    pm: 'NONE',
    cp: algo.closePosition,
    pP: algo.priceProtect,
    // A closePosition order can only reduce; the wire says so.
    R: algo.reduceOnly || algo.closePosition,
    ...(algo.orderType === 'TRAILING_STOP_MARKET' ? { AP: algo.activatePrice, cr: algo.callbackRate } : {}),
    tt: algo.triggerMs,
    gtd: 0,
    ...(algo.reason === '' ? {} : { rm: algo.reason }),
    ia: algo.isActivated,
  };
}
