// Floor 2, the simulated venue: when a conditional fires. p is the mark or the last price, by its working type.
import { add, compare, type Decimal, multiply, parseDecimal, subtract } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { magnitude, text } from './money.ts';
import type { VenueState } from './state.ts';
import { tellAlgo } from './telling.ts';
import type { SimAlgo, SimContract } from './types.ts';

const ONE_PERCENT = parseDecimal('0.01');

export function workingPrice(state: VenueState, algo: SimAlgo): Decimal {
  const quote = state.livingQuote(algo.symbol);
  return algo.workingType === 'MARK_PRICE' ? quote.mark : quote.last;
}

/** A stop fires against the position's hope, a take-profit with it; a buy looks up for a stop, a sell looks down. */
export function isTriggered(state: VenueState, algo: SimAlgo): boolean {
  const price = workingPrice(state, algo);
  switch (algo.orderType) {
    case 'STOP_MARKET':
    case 'STOP':
      return algo.side === 'BUY' ? reaches(price, algo.triggerPrice) : sinksTo(price, algo.triggerPrice);
    case 'TAKE_PROFIT_MARKET':
    case 'TAKE_PROFIT':
      return algo.side === 'BUY' ? sinksTo(price, algo.triggerPrice) : reaches(price, algo.triggerPrice);
    case 'TRAILING_STOP_MARKET':
      return isTrailedOut(algo, price);
  }
}

const reaches = (price: Decimal, trigger: string): boolean => compare(price, parseDecimal(trigger)) >= 0;
const sinksTo = (price: Decimal, trigger: string): boolean => compare(price, parseDecimal(trigger)) <= 0;

function isTrailedOut(algo: SimAlgo, price: Decimal): boolean {
  if (!algo.isActivated) return false;
  const extreme = parseDecimal(algo.extremePrice);
  const distance = multiply(multiply(extreme, parseDecimal(algo.callbackRate)), ONE_PERCENT);
  return algo.side === 'BUY' ? compare(price, add(extreme, distance)) >= 0 : compare(price, subtract(extreme, distance)) <= 0;
}

/** A trailing order must wait for a better price than now: a buy for a lower one, a sell for a higher one. */
export function pricePlace(state: VenueState, algo: SimAlgo): 'fine' | 'wrongSide' {
  if (algo.activatePrice === '') return 'fine';
  const ahead = compare(parseDecimal(algo.activatePrice), workingPrice(state, algo));
  return ahead === (algo.side === 'BUY' ? -1 : 1) ? 'fine' : 'wrongSide';
}

/** Without an activation price a trailing order is active at once, and says so in a second NEW. */
export function startTrailing(state: VenueState, algo: SimAlgo, atMs: EpochMs): SimAlgo {
  return algo.activatePrice === '' ? activate(state, algo, atMs) : algo;
}

function activate(state: VenueState, algo: SimAlgo, atMs: EpochMs): SimAlgo {
  const active = state.putAlgo({ ...algo, isActivated: true, extremePrice: text(workingPrice(state, algo)), updateMs: atMs });
  tellAlgo(state, active, atMs);
  return active;
}

/** Moves a trailing order along with this price step: activation first, then the best price seen since. */
export function trail(state: VenueState, algo: SimAlgo, atMs: EpochMs): SimAlgo {
  const price = workingPrice(state, algo);
  if (!algo.isActivated) {
    const arrived = algo.side === 'BUY' ? sinksTo(price, algo.activatePrice) : reaches(price, algo.activatePrice);
    return arrived ? activate(state, algo, atMs) : algo;
  }
  const better = compare(price, parseDecimal(algo.extremePrice)) === (algo.side === 'BUY' ? -1 : 1);
  return better ? state.putAlgo({ ...algo, extremePrice: text(price) }) : algo;
}

/** Protected triggers do not fire while mark and last are further apart than the contract allows. */
export function isProtected(state: VenueState, contract: SimContract, algo: SimAlgo): boolean {
  if (!algo.priceProtect) return false;
  const { mark, last } = state.livingQuote(algo.symbol);
  return compare(magnitude(subtract(mark, last)), multiply(last, parseDecimal(contract.triggerProtect))) > 0;
}
