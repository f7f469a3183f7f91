// App, backtest: a contract of the tables as the bot's own reader of exchangeInfo would draw it up.
import { gridOf } from '../../core/grid.ts';
import type { Instrument } from '../../core/market.ts';
import { epochMs } from '../../core/units.ts';
import type { Contract } from '../../emulator/market/source.ts';

export function instrumentOf(contract: Contract): Instrument {
  const step = Number(contract.marketStepSize) > Number(contract.stepSize) ? contract.marketStepSize : contract.stepSize;
  return {
    symbol: contract.symbol,
    baseAsset: contract.baseAsset,
    quoteAsset: contract.quoteAsset,
    marginAsset: contract.marginAsset,
    contractType: contract.contractType,
    status: contract.status,
    onboardMs: epochMs(contract.onboardDate),
    deliveryMs: epochMs(contract.deliveryDate),
    grid: gridOf(contract.tickSize, step),
    marketMinQty: Math.max(Number(contract.marketMinQty), Number(contract.minQty)),
    marketMaxQty: Math.min(Number(contract.marketMaxQty), Number(contract.maxQty)),
    minNotionalUsdt: Number(contract.minNotional),
    marketTakeBound: Number(contract.marketTakeBound),
  };
}
