// Floor 2, the simulated venue: one price step of one contract. Assumed order inside a step: conditionals, resting limits,
// margin. A stop therefore still fires in a step that also reaches the liquidation price, at that step's (worse) price.
import { add, compare, type Decimal, multiply, parseDecimal } from '../core/decimal.ts';
import { type EpochMs, invariant } from '../core/units.ts';
import { fireTriggers } from './algo-trigger.ts';
import { isOpen, matchResting } from './execution.ts';
import { contractOf, crossAccount, type PositionMargin, positionMargin } from './margin.ts';
import { text, usdtText } from './money.ts';
import { passTime } from './order-timers.ts';
import { sidePart } from './position-slot.ts';
import type { Position, RawQuote, VenueState } from './state.ts';
import { crossWallet } from './telling.ts';
import type { SimContract } from './types.ts';
import { liquidate } from './venue-close.ts';

/** Share of the margin balance that maintenance may eat before the venue calls; it does not publish its own figure. */
const MARGIN_CALL_RATIO = parseDecimal('0.8');

export function setPrice(state: VenueState, symbol: string, quote: RawQuote, atMs: EpochMs): void {
  passTime(state, atMs);
  const contract = state.contract(symbol);
  invariant(contract !== null, `a price for ${symbol}, which is no contract here`);
  state.setQuote(symbol, { last: quote.last, mark: quote.mark });
  if (!state.watches(symbol)) return;
  if (contract.status === 'TRADING') match(state, contract, atMs);
  checkMargin(state, symbol, atMs);
}

function match(state: VenueState, contract: SimContract, atMs: EpochMs): void {
  fireTriggers(state, contract, atMs);
  for (const resting of state.openOrders(contract.symbol)) {
    const order = state.orders.get(resting.orderId);
    if (order !== undefined && isOpen(order.status)) matchResting(state, contract, order, atMs);
  }
}

/** Liquidates what no longer carries itself; isolated positions stand alone, crossed ones fall together, largest first. */
export function checkMargin(state: VenueState, symbol: string, atMs: EpochMs): void {
  for (const { positionSide } of state.positionsOf(symbol)) {
    // The other side's liquidation may have taken this one along.
    const position = state.position({ symbol, positionSide });
    if (position !== undefined) checkPosition(state, position, atMs);
  }
}

function checkPosition(state: VenueState, position: Position, atMs: EpochMs): void {
  if (position.marginType === 'ISOLATED') {
    const margin = positionMargin(state, position);
    const balance = add(position.isolatedWallet, margin.unrealized);
    if (compare(balance, margin.maintenance) <= 0) liquidate(state, position, atMs);
    else warn(state, position, { balance, margin }, atMs);
    return;
  }
  while (liquidateWorstCrossed(state, atMs));
  const left = state.position(position);
  if (left === undefined) return;
  const cross = crossAccount(state);
  const margin = { ...positionMargin(state, left), maintenance: cross.maintenance };
  warn(state, left, { balance: add(cross.wallet, cross.unrealized), margin }, atMs);
}

function liquidateWorstCrossed(state: VenueState, atMs: EpochMs): boolean {
  const cross = crossAccount(state);
  const held = [...state.positions.values()].filter((p) => p.marginType === 'CROSSED');
  if (held.length === 0 || compare(add(cross.wallet, cross.unrealized), cross.maintenance) > 0) return false;
  const [worst] = held.sort((a, b) => compare(positionMargin(state, b).maintenance, positionMargin(state, a).maintenance));
  invariant(worst !== undefined, 'crossed positions were just counted');
  liquidate(state, worst, atMs);
  return true;
}

interface Health {
  readonly balance: Decimal;
  readonly margin: PositionMargin;
}

/** One call per approach: it is told again only after the position recovered. */
function warn(state: VenueState, position: Position, { balance, margin }: Health, atMs: EpochMs): void {
  const strained = compare(margin.maintenance, multiply(balance, MARGIN_CALL_RATIO)) >= 0;
  const marginCall = strained ? 'told' : 'none';
  if (marginCall === position.marginCall) return;
  state.setPosition({ ...position, marginCall });
  if (!strained) return;
  const own = positionMargin(state, position);
  state.events.push({
    kind: 'marginCall',
    atMs,
    crossWalletBalance: position.marginType === 'CROSSED' ? usdtText(crossWallet(state)) : null,
    positions: [
      {
        symbol: contractOf(state, position).symbol,
        ...sidePart(position.positionSide),
        signedQty: text(position.qty),
        marginType: position.marginType,
        isolatedWallet: usdtText(position.isolatedWallet),
        markPrice: text(state.livingQuote(position.symbol).mark),
        unrealizedPnl: usdtText(own.unrealized),
        maintMargin: usdtText(own.maintenance),
      },
    ],
  });
}
