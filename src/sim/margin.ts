// Floor 2, the simulated venue: what a position and its resting orders bind of the account. All values in USDT, exact,
// rounded to 8 places only where a division forces it.
import {
  add,
  compare,
  type Decimal,
  divide,
  isZero,
  multiply,
  negate,
  parseDecimal,
  sign,
  subtract,
  sum,
  ZERO,
} from '../core/decimal.ts';
import { invariant } from '../core/units.ts';
import { fromNumber, larger, magnitude, signed, WALLET_PLACES } from './money.ts';
import { HEDGE_SIDES, type Slotted } from './position-slot.ts';
import type { Position, VenueState } from './state.ts';
import type { OrderSide, SimBracket, SimContract, SimHedgeSide } from './types.ts';

export const unrealizedPnl = (position: Position, mark: Decimal): Decimal =>
  subtract(multiply(position.qty, mark), position.cost);
const notionalOf = (position: Position, mark: Decimal): Decimal => magnitude(multiply(position.qty, mark));
const atLeverage = (notional: Decimal, leverage: number): Decimal => divide(notional, fromNumber(leverage), WALLET_PLACES);

export function bracketFor(contract: SimContract, notional: Decimal): SimBracket {
  const found = contract.brackets.find((b) => compare(notional, fromNumber(b.notionalCap)) <= 0) ?? contract.brackets.at(-1);
  invariant(found !== undefined, `${contract.symbol} has no leverage brackets`);
  return found;
}

/** The largest notional that this leverage may carry. */
export function maxNotional(contract: SimContract, leverage: number): Decimal {
  const caps = contract.brackets.filter((b) => b.initialLeverage >= leverage).map((b) => b.notionalCap);
  return fromNumber(Math.max(0, ...caps));
}

export function maintenanceMargin(contract: SimContract, notional: Decimal): Decimal {
  const bracket = bracketFor(contract, notional);
  return larger(ZERO, subtract(multiply(notional, fromNumber(bracket.maintMarginRatio)), fromNumber(bracket.cum)));
}

/** An order that is only thought of, to ask what the account would have to hold for it. */
export interface Imagined {
  readonly side: OrderSide;
  readonly positionSide?: SimHedgeSide | undefined;
  readonly qty: Decimal;
  readonly price: Decimal;
}

export interface Exposure {
  /** Signed notional of the position at the mark. */
  readonly position: Decimal;
  readonly bids: Decimal;
  readonly asks: Decimal;
  /** The larger of |position + bids| and |position − asks|: what could be held if one side filled. */
  readonly worst: Decimal;
  readonly openOrderMargin: Decimal;
}

/** Open orders bind margin only as far as one side of them would enlarge the position; in hedge mode each position for itself. */
export function exposureOf(
  state: VenueState,
  contract: SimContract,
  imagined: Imagined | null,
  positionSide?: SimHedgeSide,
): Exposure {
  const position = state.position({ symbol: contract.symbol, positionSide });
  const held = position === undefined ? ZERO : multiply(position.qty, state.livingQuote(contract.symbol).mark);
  const totals: Record<OrderSide, Decimal> = { BUY: ZERO, SELL: ZERO };
  for (const order of state.openOrders(contract.symbol)) {
    if (order.reduceOnly || order.positionSide !== positionSide) continue;
    const rest = subtract(parseDecimal(order.quantity), parseDecimal(order.executedQty));
    totals[order.side] = add(totals[order.side], multiply(rest, parseDecimal(order.price)));
  }
  if (imagined !== null) totals[imagined.side] = add(totals[imagined.side], multiply(imagined.qty, imagined.price));
  const worst = larger(magnitude(add(held, totals.BUY)), magnitude(subtract(held, totals.SELL)));
  const beyond = larger(ZERO, subtract(worst, magnitude(held)));
  const openOrderMargin = atLeverage(beyond, state.settingsOf(contract).leverage);
  return { position: held, bids: totals.BUY, asks: totals.SELL, worst, openOrderMargin };
}

export interface PositionMargin {
  readonly unrealized: Decimal;
  readonly notional: Decimal;
  readonly initial: Decimal;
  readonly maintenance: Decimal;
}

export function positionMargin(state: VenueState, position: Position): PositionMargin {
  const contract = contractOf(state, position);
  const { mark } = state.livingQuote(position.symbol);
  const notional = notionalOf(position, mark);
  return {
    unrealized: unrealizedPnl(position, mark),
    notional,
    initial: atLeverage(notional, state.settingsOf(contract).leverage),
    maintenance: maintenanceMargin(contract, notional),
  };
}

export function contractOf(state: VenueState, position: Position): SimContract {
  const contract = state.contract(position.symbol);
  invariant(contract !== null, `a position in ${position.symbol}, which is no contract here`);
  return contract;
}

export interface CrossAccount {
  /** The wallet less what isolated positions hold. */
  readonly wallet: Decimal;
  readonly unrealized: Decimal;
  readonly positionMargin: Decimal;
  readonly maintenance: Decimal;
  readonly openOrderMargin: Decimal;
}

export function crossAccount(state: VenueState): CrossAccount {
  const held = [...state.positions.values()];
  const crossed = held.filter((p) => p.marginType === 'CROSSED').map((p) => positionMargin(state, p));
  return {
    wallet: subtract(state.wallet, sum(held.map((p) => p.isolatedWallet))),
    unrealized: sum(crossed.map((m) => m.unrealized)),
    positionMargin: sum(crossed.map((m) => m.initial)),
    maintenance: sum(crossed.map((m) => m.maintenance)),
    openOrderMargin: sum(state.symbolsWithOrders().map((symbol) => openOrderMargin(state, symbol))),
  };
}

function openOrderMargin(state: VenueState, symbol: string): Decimal {
  const contract = state.contract(symbol);
  if (contract === null) return ZERO;
  return sum(sidesOf(state, symbol).map((side) => exposureOf(state, contract, null, side).openOrderMargin));
}

/** The slots of a contract that can hold anything now. */
function sidesOf(state: VenueState, symbol: string): readonly (SimHedgeSide | undefined)[] {
  const ordered = state.openOrders(symbol);
  const lives = (positionSide: SimHedgeSide): boolean =>
    state.positionMode === 'HEDGE' ||
    state.position({ symbol, positionSide }) !== undefined ||
    ordered.some((order) => order.positionSide === positionSide);
  return [undefined, ...HEDGE_SIDES.filter(lives)];
}

/** What could be held of a contract, long and short added up: what the bracket of a leverage is compared with. */
export function worstNotional(state: VenueState, contract: SimContract, imagined: Imagined | null): Decimal {
  return sum(
    sidesOf(state, contract.symbol).map(
      (side) => exposureOf(state, contract, imagined?.positionSide === side ? imagined : null, side).worst,
    ),
  );
}

/** What a new entry may bind; never below zero. */
export function availableBalance(state: VenueState): Decimal {
  const cross = crossAccount(state);
  const free = subtract(add(cross.wallet, cross.unrealized), add(cross.positionMargin, cross.openOrderMargin));
  return larger(ZERO, free);
}

/**
 * The mark at which the position's margin meets its maintenance margin:
 * (backing + cum − cost) / (|q| × rate − q), the backing being the isolated wallet or what the cross account leaves.
 * Zero where no positive price does it.
 */
export function liquidationPrice(state: VenueState, position: Position): Decimal {
  const contract = contractOf(state, position);
  const margin = positionMargin(state, position);
  const bracket = bracketFor(contract, margin.notional);
  const divisor = subtract(multiply(magnitude(position.qty), fromNumber(bracket.maintMarginRatio)), position.qty);
  if (isZero(divisor)) return ZERO;
  const numerator = subtract(add(backing(state, position, margin), fromNumber(bracket.cum)), position.cost);
  const price = divide(numerator, divisor, WALLET_PLACES);
  return sign(price) > 0 ? price : ZERO;
}

function backing(state: VenueState, position: Position, own: PositionMargin): Decimal {
  if (position.marginType === 'ISOLATED') return position.isolatedWallet;
  const cross = crossAccount(state);
  const others = subtract(subtract(cross.unrealized, own.unrealized), subtract(cross.maintenance, own.maintenance));
  return add(cross.wallet, others);
}

/** True where this order could make the position larger than it is, whatever else rests. */
export function enlarges(state: VenueState, contract: SimContract, order: Imagined): boolean {
  const before = exposureOf(state, contract, null, order.positionSide);
  return compare(exposureOf(state, contract, order, order.positionSide).worst, before.worst) > 0;
}

/** The part of a quantity that would open or enlarge rather than close. */
export function openingPart(state: VenueState, of: Slotted & { readonly side: OrderSide }, qty: Decimal): Decimal {
  const held = state.signedQty(of);
  const direction = signed(of.side, qty);
  if (sign(held) === 0 || sign(held) === sign(direction)) return qty;
  return larger(ZERO, add(qty, negate(magnitude(held))));
}
