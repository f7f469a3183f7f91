// Emulator, the world behind the exchange: which contract a recording belongs to, and rules that its prices obey.
import { gridOf } from '../../core/grid.ts';
import { symbolId } from '../../core/units.ts';
import { contractOfSimilarPrice, contractTable, NEVER_DELIVERED_MS } from './contracts.ts';
import type { KlineColumns } from './kline-csv.ts';
import { MarketDataError } from './market-data-error.ts';
import type { Contract } from './source.ts';

function namedLike(symbol: string, price: number): Contract {
  const found = /^(.+)(USDT|USDC)$/u.exec(symbol);
  if (!found) throw new MarketDataError(`${symbol}: a recording is named after its contract, such as BTCUSDT.csv.gz`);
  const base = found[1] ?? '';
  const quote = found[2] ?? '';
  const like = contractOfSimilarPrice(price).contract;
  return {
    ...like,
    symbol: symbolId(symbol),
    pair: symbol,
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    underlyingSubType: [],
  };
}

/** Rules change over the years: a recording older than the table may have had a finer tick, which is then taken from its prices. */
function tickFor(contract: Contract, decimals: number): Pick<Contract, 'tickSize' | 'pricePrecision'> {
  const grid = gridOf(contract.tickSize, contract.stepSize);
  if (grid.tickUnits === 1 && grid.tickDecimals >= decimals) return contract;
  const places = Math.max(decimals, grid.tickUnits === 1 ? 0 : grid.tickDecimals);
  return { tickSize: (10 ** -places).toFixed(places), pricePrecision: Math.max(contract.pricePrecision, places) };
}

/** The contract of a recording: facts of the table by name, or of a contract of similar price, widened where the prices ask for it. */
export function recordedContract(symbol: string, columns: KlineColumns): Contract {
  const known = contractTable().find((facts) => facts.contract.symbol === symbol)?.contract;
  const base = known ?? namedLike(symbol, columns.close[0] ?? 1);
  const tick = tickFor(base, columns.priceDecimals);
  const lowest = columns.low.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const highest = columns.high.reduce((a, b) => Math.max(a, b), 0);
  return {
    ...base,
    ...tick,
    // What was recorded was tradable then, whatever became of it.
    status: 'TRADING',
    deliveryDate: NEVER_DELIVERED_MS,
    onboardDate: Math.min(base.onboardDate, columns.openMs[0] ?? base.onboardDate),
    minPrice: Number(base.minPrice) <= lowest ? base.minPrice : tick.tickSize,
    maxPrice: Number(base.maxPrice) >= highest ? base.maxPrice : String(Math.ceil(highest * 10)),
  };
}
