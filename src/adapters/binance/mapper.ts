// Adapters, binance: market data from wire to core words. What the venue does not know becomes NaN, never 0.
import { gridOf } from '../../core/grid.ts';
import type { Bar, Instrument, Mark, Ticker24h } from '../../core/market.ts';
import { epochMs, symbolId } from '../../core/units.ts';
import {
  type Contract,
  type KlineFrame,
  type KlineRow,
  lotFilterSchema,
  type MarkFrame,
  notionalFilterSchema,
  priceFilterSchema,
  type TickerRow,
} from './wire.ts';

function filterOf(contract: Contract, filterType: string): unknown {
  return contract.filters.find((filter) => filter.filterType === filterType);
}

/** Null where a filter we trade by is missing or has a zero grid: such a contract cannot be sized. */
export function toInstrument(contract: Contract): Instrument | null {
  const price = priceFilterSchema.safeParse(filterOf(contract, 'PRICE_FILTER'));
  const lot = lotFilterSchema.safeParse(filterOf(contract, 'LOT_SIZE'));
  const market = lotFilterSchema.safeParse(filterOf(contract, 'MARKET_LOT_SIZE'));
  if (!price.success || !lot.success || !market.success) return null;
  if (Number(price.data.tickSize) <= 0 || Number(lot.data.stepSize) <= 0) return null;
  const notional = notionalFilterSchema.safeParse(filterOf(contract, 'MIN_NOTIONAL'));
  // Our orders are MARKET orders and conditionals with a quantity: the coarser of the two steps satisfies both rules.
  const stepSize = Number(market.data.stepSize) > Number(lot.data.stepSize) ? market.data.stepSize : lot.data.stepSize;
  return {
    symbol: symbolId(contract.symbol),
    baseAsset: contract.baseAsset,
    quoteAsset: contract.quoteAsset,
    marginAsset: contract.marginAsset,
    contractType: contract.contractType,
    status: contract.status,
    onboardMs: epochMs(contract.onboardDate),
    deliveryMs: epochMs(contract.deliveryDate),
    grid: gridOf(price.data.tickSize, stepSize),
    marketMinQty: Math.max(Number(market.data.minQty), Number(lot.data.minQty)),
    marketMaxQty: Math.min(Number(market.data.maxQty), Number(lot.data.maxQty)),
    minNotionalUsdt: notional.success ? Number(notional.data.notional) : 0,
    marketTakeBound: Number(contract.marketTakeBound),
  };
}

export function toTicker(row: TickerRow): Ticker24h {
  const known = Number(row.quoteVolume) > 0 || Number(row.volume) === 0;
  return {
    symbol: symbolId(row.symbol),
    lastPrice: Number(row.lastPrice),
    // A recording without quote volume: base volume at the last price is the best there is.
    quoteVolumeUsdt: known ? Number(row.quoteVolume) : Number(row.volume) * Number(row.lastPrice),
  };
}

interface Volumes {
  readonly volume: number;
  readonly quoteVolume: number;
  readonly trades: number;
  readonly takerBuyVolume: number;
}

/** Volume without a trade or without a value cannot be: then the source did not record it. */
export function honest(v: Volumes): Volumes {
  const traded = v.volume > 0;
  const countsKnown = !(traded && v.trades === 0);
  return {
    volume: v.volume,
    quoteVolume: traded && v.quoteVolume === 0 ? Number.NaN : v.quoteVolume,
    trades: countsKnown ? v.trades : Number.NaN,
    takerBuyVolume: countsKnown ? v.takerBuyVolume : Number.NaN,
  };
}

export function toBar(row: KlineRow): Bar {
  const [openMs, open, high, low, close, volume, , quoteVolume, trades, takerBuyVolume] = row;
  return {
    openMs: epochMs(openMs),
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    ...honest({ volume: Number(volume), quoteVolume: Number(quoteVolume), trades, takerBuyVolume: Number(takerBuyVolume) }),
  };
}

export function frameToBar({ k }: KlineFrame): Bar {
  return {
    openMs: epochMs(k.t),
    open: Number(k.o),
    high: Number(k.h),
    low: Number(k.l),
    close: Number(k.c),
    ...honest({ volume: Number(k.v), quoteVolume: Number(k.q), trades: k.n, takerBuyVolume: Number(k.V) }),
  };
}

export function toMark(frame: MarkFrame): Mark {
  return {
    symbol: symbolId(frame.s),
    markPrice: Number(frame.p),
    fundingRate: frame.r === '' ? Number.NaN : Number(frame.r),
    nextFundingMs: epochMs(frame.T),
  };
}
