// Builders for the simulated venue: a BTC-like contract with the filters of a recorded exchangeInfo row, and an account on it.
import { type EpochMs, epochMs, symbolId } from '../../src/core/units.ts';
import type { SimEvent } from '../../src/sim/events.ts';
import type { SimAlgoRequest, SimContract, SimOptions, SimOrderRequest, SimResult } from '../../src/sim/types.ts';
import { SimVenue } from '../../src/sim/venue.ts';

export const T0: EpochMs = epochMs(1_760_000_000_000);
export const later = (ms: number): EpochMs => epochMs(T0 + ms);
export const BTC = 'BTCUSDT';

/** BTCUSDT as recorded on 2026-09-15 (binance-futures.md §4); brackets shortened to three. */
export function aContract(change: Partial<SimContract> = {}): SimContract {
  return {
    symbol: symbolId(BTC),
    pair: BTC,
    status: 'TRADING',
    deliveryDate: 4_133_404_800_000,
    baseAsset: 'BTC',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    pricePrecision: 2,
    quantityPrecision: 3,
    tickSize: '0.10',
    minPrice: '556.80',
    maxPrice: '4529764',
    stepSize: '0.001',
    minQty: '0.001',
    maxQty: '1000',
    marketStepSize: '0.001',
    marketMinQty: '0.001',
    marketMaxQty: '120',
    minNotional: '50',
    maxNumOrders: 200,
    multiplierUp: '1.0500',
    multiplierDown: '0.9500',
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    brackets: [
      { bracket: 1, initialLeverage: 125, notionalFloor: 0, notionalCap: 300_000, maintMarginRatio: 0.004, cum: 0 },
      { bracket: 2, initialLeverage: 100, notionalFloor: 300_000, notionalCap: 800_000, maintMarginRatio: 0.005, cum: 300 },
      { bracket: 3, initialLeverage: 10, notionalFloor: 800_000, notionalCap: 3_000_000, maintMarginRatio: 0.01, cum: 4_300 },
    ],
    ...change,
  };
}

export const aCheapContract = (): SimContract =>
  aContract({
    symbol: symbolId('币安人生USDT'),
    pair: '币安人生USDT',
    baseAsset: '币安人生',
    pricePrecision: 5,
    quantityPrecision: 0,
    tickSize: '0.00001',
    minPrice: '0.00001',
    maxPrice: '100',
    stepSize: '1',
    minQty: '1',
    maxQty: '1000000',
    marketStepSize: '1',
    marketMinQty: '1',
    marketMaxQty: '500000',
    minNotional: '5',
  });

/** An account of 10,000 USDT; BTC stands at 50,000 for last and mark. */
export function aVenue(change: Partial<SimOptions> = {}): SimVenue {
  const venue = new SimVenue({
    contracts: [aContract(), aCheapContract()],
    walletUsdt: '10000',
    takerFeeRate: '0.0005',
    makerFeeRate: '0.0002',
    accountSeed: 7,
    ...change,
  });
  price(venue, 50_000);
  return venue;
}

export function price(venue: SimVenue, last: number, at: EpochMs = T0): void {
  venue.setPrice(BTC, { last, mark: last }, at);
}

export const market = (change: Partial<SimOrderRequest> = {}): SimOrderRequest => ({
  symbol: BTC,
  side: 'BUY',
  type: 'MARKET',
  quantity: '0.010',
  ...change,
});

export const limit = (change: Partial<SimOrderRequest> = {}): SimOrderRequest => ({
  symbol: BTC,
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '0.010',
  price: '49000',
  ...change,
});

/** The disaster stop of a long: closePosition at 49,000 on the mark. */
export const stop = (change: Partial<SimAlgoRequest> = {}): SimAlgoRequest => ({
  symbol: BTC,
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '49000',
  workingType: 'MARK_PRICE',
  closePosition: true,
  ...change,
});

export const profit = (change: Partial<SimAlgoRequest> = {}): SimAlgoRequest =>
  stop({ type: 'TAKE_PROFIT_MARKET', triggerPrice: '51000', ...change });

/** A conditional of a fixed quantity that may only reduce. */
export function partStop(change: Partial<SimAlgoRequest> = {}): SimAlgoRequest {
  const { closePosition: _whole, ...rest } = stop(change);
  return { quantity: '0.010', reduceOnly: true, ...rest };
}

export function done<Value>(result: SimResult<Value>): Value {
  if (!result.ok) throw new Error(`refused with ${result.code}: ${result.msg}`);
  return result.value;
}

export const codeOf = (result: SimResult<unknown>): number => (result.ok ? 0 : result.code);

/** One word per event, enough to read an order of events. */
export const words = (events: readonly SimEvent[]): string[] => events.map(wordOf);

function wordOf(event: SimEvent): string {
  switch (event.kind) {
    case 'orderTradeUpdate':
      return `order ${event.executionType} ${event.order.status}`;
    case 'tradeLite':
      return 'tradeLite';
    case 'accountUpdate':
      return `account ${event.reason}`;
    case 'algoUpdate':
      return `algo ${event.algo.algoStatus}`;
    case 'accountConfigUpdate':
      return 'leverage';
    case 'marginCall':
      return 'marginCall';
  }
}
