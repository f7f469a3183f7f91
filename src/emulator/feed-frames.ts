// Emulator, wire: frames of the feeds beside candles and marks, keys in the order of the samples (§8).
import type { SimOrder } from '../sim/types.ts';
import type { BestPrices, WireBook, WireLevel } from './book-json.ts';
import { dayTexts } from './day-ticker.ts';
import type { Contract } from './market/source.ts';
import type { MarketView } from './market-view.ts';
import type { TapeTrade, TradeRun } from './trade-tape.ts';
import { pad } from './wire-number.ts';

const DAY_MS = 86_400_000;
/** 1: USDⓈ-M, 2: COIN-M. Since mid-2026 the all-market arrays carry both. */
const USD_MARGINED = 1;
const COIN_MARGINED = 2;

const quantity = (contract: Contract, steps: number): string =>
  (steps * Number(contract.stepSize)).toFixed(contract.quantityPrecision);

export function aggTradeFrame(contract: Contract, run: TradeRun, leavesMs: number): Record<string, unknown> {
  const q = quantity(contract, run.steps);
  return {
    e: 'aggTrade',
    E: leavesMs,
    s: contract.symbol,
    a: run.id,
    p: run.price.toFixed(contract.pricePrecision),
    q,
    nq: q,
    f: run.firstTradeId,
    l: run.lastTradeId,
    T: run.atMs,
    m: run.taker === 'SELL',
    st: USD_MARGINED,
  };
}

export const tradeFrame = (contract: Contract, trade: TapeTrade, leavesMs: number): Record<string, unknown> => ({
  e: 'trade',
  E: leavesMs,
  T: trade.atMs,
  s: contract.symbol,
  t: trade.id,
  p: trade.price.toFixed(contract.pricePrecision),
  q: quantity(contract, trade.steps),
  X: 'MARKET',
  m: trade.taker === 'SELL',
  st: USD_MARGINED,
});

export const bookTickerFrame = (contract: Contract, best: BestPrices, atMs: number): Record<string, unknown> => ({
  e: 'bookTicker',
  u: atMs,
  E: atMs,
  T: atMs,
  s: contract.symbol,
  ps: contract.pair,
  b: best.bid,
  B: best.bidQty,
  a: best.ask,
  A: best.askQty,
  st: USD_MARGINED,
});

export interface BookUpdate {
  readonly book: WireBook;
  readonly atMs: number;
  /** Id of the update before this one. */
  readonly previousId: number;
}

export const depthFrame = (contract: Contract, update: BookUpdate): Record<string, unknown> => ({
  e: 'depthUpdate',
  E: update.atMs,
  T: update.atMs,
  s: contract.symbol,
  ps: contract.pair,
  st: USD_MARGINED,
  U: update.previousId + 1,
  u: update.atMs,
  pu: update.previousId,
  b: update.book.bids,
  a: update.book.asks,
});

/** Levels that are new or changed, and those that are gone with the quantity 0. */
export function changedLevels(before: readonly WireLevel[], after: readonly WireLevel[]): WireLevel[] {
  const held = new Map(before);
  const standing = new Set(after.map(([price]) => price));
  const gone = before.filter(([price]) => !standing.has(price)).map(([price]): WireLevel => [price, '0']);
  return [...gone, ...after.filter(([price, amount]) => held.get(price) !== amount)];
}

export function tickerFrame(view: MarketView, index: number, atMs: number): Record<string, unknown> {
  const contract = view.contract(index);
  const day = dayTexts(view, index, atMs);
  return {
    e: '24hrTicker',
    E: atMs,
    s: contract.symbol,
    p: day.priceChange,
    P: day.priceChangePercent,
    w: day.weightedAvgPrice,
    c: day.last,
    Q: contract.minQty,
    o: day.open,
    h: day.high,
    l: day.low,
    v: day.volume,
    q: day.quoteVolume,
    O: atMs - DAY_MS,
    C: atMs,
    F: day.firstId,
    L: day.lastId,
    n: day.trades,
    ps: contract.pair,
    st: USD_MARGINED,
  };
}

export function miniTickerFrame(view: MarketView, index: number, atMs: number): Record<string, unknown> {
  const contract = view.contract(index);
  const day = dayTexts(view, index, atMs);
  return {
    e: '24hrMiniTicker',
    E: atMs,
    s: contract.symbol,
    c: day.last,
    o: day.open,
    h: day.high,
    l: day.low,
    v: day.volume,
    q: day.quoteVolume,
    ps: contract.pair,
    st: USD_MARGINED,
  };
}

/** The same coin's inverse contract, which a client of this side must leave out: it is recognised by `st` alone. */
export function inCoinMargined(frame: Record<string, unknown>, contract: Contract): Record<string, unknown> {
  const pair = `${contract.baseAsset}USD`;
  return { ...frame, s: `${pair}_PERP`, ps: pair, st: COIN_MARGINED };
}

export function forceOrderFrame(contract: Contract, order: SimOrder, atMs: number): Record<string, unknown> {
  const price = pad(order.avgPrice, contract.pricePrecision);
  const filled = pad(order.executedQty, contract.quantityPrecision);
  return {
    e: 'forceOrder',
    E: atMs,
    o: {
      s: contract.symbol,
      S: order.side,
      o: 'LIMIT',
      f: 'IOC',
      q: pad(order.quantity, contract.quantityPrecision),
      p: price,
      ap: price,
      X: order.status,
      l: filled,
      z: filled,
      T: order.updateMs,
    },
    ps: contract.pair,
    st: USD_MARGINED,
  };
}

export const contractInfoFrame = (
  contract: Contract,
  now: { readonly status: string; readonly deliveryDate: number },
  atMs: number,
): Record<string, unknown> => ({
  e: 'contractInfo',
  E: atMs,
  s: contract.symbol,
  ps: contract.pair,
  ct: contract.contractType,
  dt: now.deliveryDate,
  ot: contract.onboardDate,
  cs: now.status,
  st: USD_MARGINED,
});
