// Emulator, the world behind the exchange: the facts of every contract, read from contracts.csv and brackets.csv.
// Facts are the venue's own (rules of 2025-08-11, test venue of 2026-03-31, leverage brackets of 2026-05-07); the minimum
// notional of BTCUSDT is that of 2026. A name whose rules were in no table carries those of a contract of similar price
// (column `rules`) and a made-up onboarding date; some names were traded in other years only, to make up 648. Reference
// price, volatility, beta and volume level steer the generator and are no venue facts: recorded where a price or volume was
// known (about 80 contracts), plausible elsewhere.
import { symbolId } from '../../core/units.ts';
import { MarketDataError } from './market-data-error.ts';
import { readMarketTable } from './market-file.ts';
import type { Contract, ContractBracket } from './source.ts';

export interface ContractFacts {
  readonly contract: Contract;
  /** mainnet, testnet, or like:<SYMBOL> where the rules were borrowed. */
  readonly rules: string;
  readonly referencePrice: number;
  /** Standard deviation of a day's log return. */
  readonly dailyVolatility: number;
  /** Sensitivity to the common factor, which is BTC. */
  readonly beta: number;
  readonly quoteVolume24hUsdt: number;
}

/** Delivery date of a contract that is not to be delivered, as the venue writes it. */
export const NEVER_DELIVERED_MS = 4_133_404_800_000;

/** `leverage:cap:maintenance ratio:cumulative amount`, ascending; each floor is the cap before it. */
function parseBrackets(text: string): ContractBracket[] {
  let floor = 0;
  return text.split(';').map((part, i) => {
    const [leverage, cap, ratio, cum] = part.split(':').map(Number);
    const notionalFloor = floor;
    floor = cap ?? Number.NaN;
    const row = [leverage, cap, ratio, cum];
    if (row.length !== 4 || !row.every((n) => Number.isFinite(n))) throw new MarketDataError(`brackets.csv: "${part}"`);
    return {
      bracket: i + 1,
      initialLeverage: leverage ?? 0,
      notionalFloor,
      notionalCap: cap ?? 0,
      maintMarginRatio: ratio ?? 0,
      cum: cum ?? 0,
    };
  });
}

/** The table does not say how often a contract settles; the venue settles its liquid contracts every 8 h, most others every 4 h. */
function fundingIntervalOf(brackets: readonly ContractBracket[]): 1 | 4 | 8 {
  const leverage = brackets[0]?.initialLeverage ?? 0;
  if (leverage >= 75) return 8;
  return leverage > 5 ? 4 : 1;
}

function contractOf(cell: (column: string) => string, brackets: readonly ContractBracket[]): Contract {
  const step = cell('stepSize');
  return {
    symbol: symbolId(cell('symbol')),
    pair: cell('pair'),
    contractType: cell('contractType'),
    status: cell('status'),
    baseAsset: cell('baseAsset'),
    quoteAsset: cell('quoteAsset'),
    marginAsset: cell('quoteAsset'),
    underlyingType: cell('underlyingType'),
    underlyingSubType: cell('subTypes') === '' ? [] : cell('subTypes').split(';'),
    onboardDate: Number(cell('onboardDate')),
    deliveryDate: Number(cell('deliveryDate')),
    pricePrecision: Number(cell('pricePrecision')),
    quantityPrecision: Number(cell('quantityPrecision')),
    tickSize: cell('tickSize'),
    minPrice: cell('minPrice'),
    maxPrice: cell('maxPrice'),
    stepSize: step,
    minQty: cell('minQty'),
    maxQty: cell('maxQty'),
    // In the venue's table the market filter shares step and minimum with the ordinary one, for every contract.
    marketStepSize: step,
    marketMinQty: cell('minQty'),
    marketMaxQty: cell('marketMaxQty'),
    minNotional: cell('minNotional'),
    maxNumOrders: 200,
    multiplierUp: cell('multiplierUp'),
    multiplierDown: cell('multiplierDown'),
    triggerProtect: cell('triggerProtect'),
    liquidationFee: cell('liquidationFee'),
    marketTakeBound: cell('marketTakeBound'),
    // The same two values stand at every contract of the venue, which asks to ignore them.
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    fundingIntervalHours: fundingIntervalOf(brackets),
    brackets,
  };
}

function loadTable(): ContractFacts[] {
  const templates = new Map(readMarketTable('brackets.csv').map(([id, text]) => [id ?? '', text ?? '']));
  const [header = [], ...rows] = readMarketTable('contracts.csv');
  const columns = new Map(header.map((name, i) => [name, i]));
  return rows.map((row) => {
    const cell = (column: string): string => {
      const text = row[columns.get(column) ?? -1];
      if (text === undefined) throw new MarketDataError(`contracts.csv: no column "${column}"`);
      return text;
    };
    const template = templates.get(cell('brackets'));
    if (template === undefined)
      throw new MarketDataError(`brackets.csv: no row "${cell('brackets')}", asked for by ${cell('symbol')}`);
    return {
      contract: contractOf(cell, parseBrackets(template)),
      rules: cell('rules'),
      referencePrice: Number(cell('referencePrice')),
      dailyVolatility: Number(cell('dailyVolPct')) / 100,
      beta: Number(cell('beta')),
      quoteVolume24hUsdt: Number(cell('quoteVolume24h')),
    };
  });
}

let loaded: readonly ContractFacts[] | null = null;

/** Every contract we know facts of, the most traded first; the ones a bot must leave out come last. */
export function contractTable(): readonly ContractFacts[] {
  loaded ??= loadTable();
  return loaded;
}

/** What a bot for USDT perpetuals may trade. */
export const isTradable = ({ contractType, status, quoteAsset, deliveryDate }: Contract): boolean =>
  contractType === 'PERPETUAL' && status === 'TRADING' && quoteAsset === 'USDT' && deliveryDate === NEVER_DELIVERED_MS;

/** The contract whose price is nearest, by ratio: its rules fit a name without rules of its own. */
export function contractOfSimilarPrice(price: number): ContractFacts {
  const distance = (facts: ContractFacts): number => Math.abs(Math.log(facts.referencePrice / price));
  const known = contractTable().filter((facts) => facts.rules === 'mainnet' && isTradable(facts.contract));
  const [first, ...others] = known;
  if (first === undefined) throw new MarketDataError('contracts.csv holds no tradable contract');
  return others.reduce((best, facts) => (distance(facts) < distance(best) ? facts : best), first);
}
