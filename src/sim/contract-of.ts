// Floor 2, the simulated venue: a contract as the bot knows it, as the matching rules need it. What only signed answers tell
// (leverage brackets) is handed in; filters that a bot of MARKET orders and conditionals never meets are left wide open.
import { ticks, ticksToWire } from '../core/grid.ts';
import type { Instrument } from '../core/market.ts';
import type { LeverageBracket } from '../core/orders.ts';
import type { SimContract } from './types.ts';

/** The venue's own figures for most contracts; they are told by exchangeInfo and not kept in an instrument. */
const TRIGGER_PROTECT = '0.0500';
const LIQUIDATION_FEE = '0.012500';
const WIDE_QUANTITY = '1000000000';

export function simContractOf(instrument: Instrument, brackets: readonly LeverageBracket[]): SimContract {
  const { symbol, grid } = instrument;
  const tick = ticksToWire(ticks(1), grid);
  const step = decimalText(grid.stepUnits, grid.stepDecimals);
  return {
    symbol,
    pair: symbol,
    status: instrument.status,
    deliveryDate: instrument.deliveryMs,
    baseAsset: instrument.baseAsset,
    quoteAsset: instrument.quoteAsset,
    marginAsset: instrument.marginAsset,
    pricePrecision: grid.tickDecimals,
    quantityPrecision: grid.stepDecimals,
    tickSize: tick,
    minPrice: tick,
    maxPrice: WIDE_QUANTITY,
    stepSize: step,
    minQty: plain(instrument.marketMinQty),
    maxQty: WIDE_QUANTITY,
    marketStepSize: step,
    marketMinQty: plain(instrument.marketMinQty),
    marketMaxQty: plain(instrument.marketMaxQty),
    minNotional: plain(instrument.minNotionalUsdt),
    maxNumOrders: 200,
    multiplierUp: '10',
    multiplierDown: '0.01',
    triggerProtect: TRIGGER_PROTECT,
    liquidationFee: LIQUIDATION_FEE,
    marketTakeBound: plain(instrument.marketTakeBound),
    brackets: brackets.map((b, i) => ({
      bracket: i + 1,
      initialLeverage: b.maxLeverage,
      notionalFloor: b.notionalFloorUsdt,
      notionalCap: b.notionalCapUsdt,
      maintMarginRatio: b.maintenanceMarginRate,
      cum: b.cumulativeUsdt,
    })),
  };
}

const decimalText = (units: number, decimals: number): string => (units / 10 ** decimals).toFixed(decimals);
/** A plain decimal: the smallest quantities of the venue would else come out with an exponent. */
const plain = (value: number): string => {
  const text = value.toFixed(12).replace(/0+$/, '').replace(/\.$/, '');
  return text === '' ? '0' : text;
};
