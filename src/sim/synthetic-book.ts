// Floor 2, the simulated venue: the order book that a taker meets. There is none in the data, so it is built around the
// last price: half a spread of one basis point (a tick at least), one more such step per level, the same money on each.
// Declared pessimism: what was taken stays taken until the next price step (kinder would be a refill at once; harsher, a
// memory longer than a step). A book is symmetric and ignores the contract's true depth: thin contracts are an act.
import { add, compare, type Decimal, divide, multiply, parseDecimal, sign, subtract, toNumber, ZERO } from '../core/decimal.ts';
import { type Grid, priceToTicks, ticks, ticksToWire } from '../core/grid.ts';
import { fromNumber, smaller } from './money.ts';
import type { VenueState } from './state.ts';
import type { OrderSide, SimContract } from './types.ts';

/** One basis point: the last price in ticks divided by this. */
const TICKS_PER_SPREAD = 10_000;
/** What lies on each level, and how many levels there are, where no act says otherwise. */
export const FULL_BOOK = { levelUsdt: 50_000, levels: 600 } as const;
const STEP_PLACES = 0;

export interface BookFill {
  readonly price: Decimal;
  readonly qty: Decimal;
}

export interface Walk {
  readonly fills: readonly BookFill[];
  /** What found no counterparty within the bound. */
  readonly rest: Decimal;
}

/** Buyers pay no more, sellers get no less than `bound`. */
export interface Taking {
  readonly side: OrderSide;
  readonly qty: Decimal;
  readonly bound: Decimal;
}

const within = (side: OrderSide, price: Decimal, bound: Decimal): boolean =>
  side === 'BUY' ? compare(price, bound) <= 0 : compare(price, bound) >= 0;

/** Price of a level in whole ticks, rounded against the taker; null below one tick. */
function levelPrice(lastTicks: number, side: OrderSide, level: number): number | null {
  const step = Math.max(1, Math.ceil(lastTicks / TICKS_PER_SPREAD));
  const price = side === 'BUY' ? lastTicks + step * (level + 1) : lastTicks - step * (level + 1);
  return price >= 1 ? price : null;
}

const priceOf = (tickCount: number, grid: Grid): Decimal => parseDecimal(ticksToWire(ticks(tickCount), grid));

/** Best price that a taker of this side meets now; null without a price. */
export function bestPrice(state: VenueState, contract: SimContract, side: OrderSide): Decimal | null {
  const quote = state.quote(contract.symbol);
  if (quote === null) return null;
  const grid = state.grid(contract);
  const best = levelPrice(priceToTicks(toNumber(quote.last), grid, 'nearest'), side, 0);
  return best === null ? null : priceOf(best, grid);
}

/** Price of the nth level (from 1) that a taker of this side would meet; null where the book is not so deep. */
export function bookLevel(
  state: VenueState,
  contract: SimContract,
  at: { readonly taker: OrderSide; readonly level: number },
): Decimal | null {
  return bookLevels(state, contract, { taker: at.taker, count: at.level })[at.level - 1]?.price ?? null;
}

/** The book as it stands, best level first; a level eaten in this price step is not there. */
export function bookLevels(
  state: VenueState,
  contract: SimContract,
  asked: { readonly taker: OrderSide; readonly count: number },
): readonly BookFill[] {
  const quote = state.quote(contract.symbol);
  if (quote === null) return [];
  const grid = state.grid(contract);
  const override = state.books.get(contract.symbol);
  const levelUsdt = override?.levelUsdt ?? FULL_BOOK.levelUsdt;
  const lastTicks = priceToTicks(toNumber(quote.last), grid, 'nearest');
  let taken = state.depthTaken.get(contract.symbol)?.[asked.taker] ?? 0;
  const found: BookFill[] = [];
  for (let level = 0; level < (override?.levels ?? FULL_BOOK.levels) && found.length < asked.count; level++) {
    const at = levelPrice(lastTicks, asked.taker, level);
    if (at === null) break;
    const price = priceOf(at, grid);
    const qty = wholeSteps(Math.max(0, levelUsdt - taken), price, contract);
    taken = Math.max(0, taken - levelUsdt);
    if (sign(qty) > 0) found.push({ price, qty });
  }
  return found;
}

/** Walks the book without taking anything: `take` records it when the order is really executed. */
export function walkBook(state: VenueState, contract: SimContract, taking: Taking): Walk {
  const quote = state.quote(contract.symbol);
  if (quote === null) return { fills: [], rest: taking.qty };
  const grid = state.grid(contract);
  const override = state.books.get(contract.symbol);
  const levelUsdt = override?.levelUsdt ?? FULL_BOOK.levelUsdt;
  const lastTicks = priceToTicks(toNumber(quote.last), grid, 'nearest');
  let taken = state.depthTaken.get(contract.symbol)?.[taking.side] ?? 0;
  let rest = taking.qty;
  const fills: BookFill[] = [];
  for (let level = 0; level < (override?.levels ?? FULL_BOOK.levels) && sign(rest) > 0; level++) {
    const at = levelPrice(lastTicks, taking.side, level);
    if (at === null) break;
    const price = priceOf(at, grid);
    if (!within(taking.side, price, taking.bound)) break;
    const open = Math.max(0, levelUsdt - taken);
    taken = Math.max(0, taken - levelUsdt);
    const qty = smaller(rest, wholeSteps(open, price, contract));
    if (sign(qty) <= 0) continue;
    fills.push({ price, qty });
    rest = subtract(rest, qty);
  }
  return { fills, rest };
}

/** How much of the contract this money buys; at least one step while any money lies there, or a dear step could never trade. */
function wholeSteps(usdt: number, price: Decimal, contract: SimContract): Decimal {
  if (usdt <= 0) return ZERO;
  const step = parseDecimal(contract.stepSize);
  const count = Math.max(1, Math.floor(usdt / (toNumber(price) * toNumber(step))));
  return multiply(step, fromNumber(count));
}

/** Quantity rounded down to whole steps. */
export function floorToStep(qty: Decimal, contract: SimContract): Decimal {
  const step = parseDecimal(contract.stepSize);
  const count = divide(qty, step, STEP_PLACES);
  const nearest = multiply(count, step);
  return compare(nearest, qty) > 0 ? subtract(nearest, step) : nearest;
}

export function takeDepth(state: VenueState, symbol: string, side: OrderSide, fill: BookFill): void {
  const before = state.depthTaken.get(symbol) ?? { BUY: 0, SELL: 0 };
  state.depthTaken.set(symbol, { ...before, [side]: before[side] + toNumber(multiply(fill.price, fill.qty)) });
}

/** How far from the mark a MARKET order may execute. */
export function marketBound(state: VenueState, contract: SimContract, side: OrderSide): Decimal {
  const { mark } = state.livingQuote(contract.symbol);
  const slack = multiply(mark, parseDecimal(contract.marketTakeBound));
  return side === 'BUY' ? add(mark, slack) : subtract(mark, slack);
}
