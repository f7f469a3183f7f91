// Emulator, the world behind the exchange: which contracts the seeded market lists, and how each of them moves.
import { gridOf, stepSize, tickSize } from '../../core/grid.ts';
import { hashText } from '../../core/random.ts';
import { type ContractFacts, contractTable, isTradable } from './contracts.ts';
import { MarketDataError } from './market-data-error.ts';
import type { MinuteSettings } from './minute-block.ts';
import type { Contract } from './source.ts';
import type { TreeSettings } from './trading-time-tree.ts';

const DAY_MINUTES = 1_440;
/** Every contract of the default universe has months of history at the default start, however young it was in the table. */
const LATEST_ONBOARD_MS = Date.UTC(2025, 5, 1);
const COMMON_DAILY_VOLATILITY = 0.025;
/** Root ends stay within these log distances from the reference price. */
const COMMON_BOUNDS = { lowest: -0.5, highest: 0.6 } as const;
const OWN_BOUNDS = { lowest: -0.9, highest: 1.3 } as const;

export interface SyntheticContract {
  readonly contract: Contract;
  readonly minutes: MinuteSettings;
  readonly ownTree: TreeSettings;
}

export function commonTree(seed: number): TreeSettings {
  const dailyVariance = COMMON_DAILY_VOLATILITY ** 2;
  return { seed: hashText('common factor', seed), dailyVariance, dailyDrift: -dailyVariance / 2, ...COMMON_BOUNDS };
}

/** The small contracts are traded in small bites: about 90 USDT at half a million a day, 2,600 for BTC. */
const tradeSizeUsdt = (quoteVolume24h: number): number => 90 * (quoteVolume24h / 5e5) ** 0.34;

function ownTree(facts: ContractFacts, seed: number): TreeSettings {
  const common = COMMON_DAILY_VOLATILITY ** 2;
  const { beta, dailyVolatility } = facts;
  const dailyVariance = Math.max(0, dailyVolatility ** 2 - beta ** 2 * common);
  // The common factor carries its own half variance; beta of it is too little or too much by this.
  const dailyDrift = -dailyVariance / 2 - ((beta ** 2 - beta) * common) / 2;
  return { seed, dailyVariance: dailyVariance < 1e-12 ? 0 : dailyVariance, dailyDrift, ...OWN_BOUNDS };
}

function synthetic(facts: ContractFacts, seed: number): SyntheticContract {
  const { contract, referencePrice } = facts;
  const grid = gridOf(contract.tickSize, contract.stepSize);
  // A USDC-quoted or quarterly contract follows the price of the USDT perpetual of the same coin.
  const series = hashText(`${contract.baseAsset}USDT`, seed);
  return {
    contract: { ...contract, onboardDate: Math.min(contract.onboardDate, LATEST_ONBOARD_MS) },
    ownTree: ownTree(facts, series),
    minutes: {
      seed: hashText(contract.symbol, seed),
      beta: facts.beta,
      minuteVariance: facts.dailyVolatility ** 2 / DAY_MINUTES,
      referenceTicks: referencePrice / tickSize(grid),
      tickSize: tickSize(grid),
      stepSize: stepSize(grid),
      minuteQuoteUsdt: facts.quoteVolume24hUsdt / DAY_MINUTES,
      tradeUsdt: tradeSizeUsdt(facts.quoteVolume24hUsdt),
    },
  };
}

/** `symbols` tradable contracts, most traded first, and behind them the ones that a bot must leave out. */
export function syntheticUniverse(seed: number, symbols: number): readonly SyntheticContract[] {
  const table = contractTable();
  const tradable = table.filter(({ contract }) => isTradable(contract));
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > tradable.length) {
    throw new MarketDataError(`the seeded market has 1 to ${tradable.length} tradable contracts, not ${symbols}`);
  }
  const others = table.filter(({ contract }) => !isTradable(contract));
  return [...tradable.slice(0, symbols), ...others].map((facts) => synthetic(facts, seed));
}
