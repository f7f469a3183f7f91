// Emulator, REST: exchangeInfo, about a megabyte for the whole market, so its text is kept until a contract changes.
import type { SimContract } from '../sim/types.ts';
import type { Desk } from './desk.ts';
import { ORDERS_PER_10_SECONDS, ORDERS_PER_MINUTE, WEIGHT_PER_MINUTE } from './limits.ts';
import type { Contract } from './market/source.ts';

const RATE_LIMITS = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: WEIGHT_PER_MINUTE },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_PER_MINUTE },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_PER_10_SECONDS },
];

const ORDER_TYPES = ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET', 'TRAILING_STOP_MARKET'];

export class ExchangeInfo {
  readonly #desk: Desk;
  #key = '';
  #tail = '';

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  json(): string {
    const atMs = this.#desk.now();
    const key = this.#contentKey(atMs);
    if (key !== this.#key) {
      this.#key = key;
      this.#tail = this.#build(atMs);
    }
    return `{"timezone":"UTC","serverTime":${atMs},${this.#tail}`;
  }

  /** What the text depends on: which contracts are listed, and what acts have done to them. */
  #contentKey(atMs: number): string {
    const { view, venue } = this.#desk;
    let key = '';
    view.source.contracts.forEach((contract, index) => {
      const now = venue.contract(contract.symbol);
      key += view.listed(index, atMs) ? `${now?.status}${now?.tickSize}${now?.deliveryDate}` : '-';
    });
    return key;
  }

  #build(atMs: number): string {
    const { view, venue } = this.#desk;
    const symbols = view.source.contracts.flatMap((contract, index) => {
      if (!view.listed(index, atMs)) return [];
      return [symbolRow(contract, venue.contract(contract.symbol) ?? contract)];
    });
    const rest = {
      futuresType: 'U_MARGINED',
      rateLimits: RATE_LIMITS,
      exchangeFilters: [],
      assets: ['USDT', 'BTC', 'BNB', 'ETH', 'USDC'].map((asset) => ({
        asset,
        marginAvailable: true,
        autoAssetExchange: '-10000',
      })),
      symbols,
    };
    return JSON.stringify(rest).slice(1);
  }
}

function symbolRow(contract: Contract, now: SimContract): Record<string, unknown> {
  return {
    symbol: contract.symbol,
    pair: contract.pair,
    contractType: contract.contractType,
    deliveryDate: now.deliveryDate,
    onboardDate: contract.onboardDate,
    status: now.status,
    maintMarginPercent: contract.maintMarginPercent,
    requiredMarginPercent: contract.requiredMarginPercent,
    baseAsset: contract.baseAsset,
    quoteAsset: contract.quoteAsset,
    marginAsset: contract.marginAsset,
    pricePrecision: contract.pricePrecision,
    quantityPrecision: contract.quantityPrecision,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: contract.underlyingType,
    underlyingSubType: contract.underlyingSubType,
    triggerProtect: contract.triggerProtect,
    liquidationFee: contract.liquidationFee,
    marketTakeBound: contract.marketTakeBound,
    maxMoveOrderLimit: 10_000,
    filters: filters(contract, now),
    orderTypes: ORDER_TYPES,
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'],
    permissionSets: ['GRID', 'COPY', 'DCA', 'PSB'],
  };
}

function filters(contract: Contract, now: SimContract): Record<string, unknown>[] {
  return [
    { filterType: 'PRICE_FILTER', minPrice: contract.minPrice, maxPrice: contract.maxPrice, tickSize: now.tickSize },
    { filterType: 'LOT_SIZE', minQty: contract.minQty, maxQty: contract.maxQty, stepSize: contract.stepSize },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: contract.marketMinQty,
      maxQty: contract.marketMaxQty,
      stepSize: contract.marketStepSize,
    },
    { filterType: 'MAX_NUM_ORDERS', limit: contract.maxNumOrders },
    { filterType: 'MIN_NOTIONAL', notional: contract.minNotional },
    {
      filterType: 'PERCENT_PRICE',
      multiplierUp: contract.multiplierUp,
      multiplierDown: contract.multiplierDown,
      multiplierDecimal: '4',
    },
    { filterType: 'POSITION_RISK_CONTROL', positionControlSide: 'NONE' },
  ];
}
