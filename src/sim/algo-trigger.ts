// Floor 2, the simulated venue: a conditional fires. TRIGGERING, TRIGGERED with its child, the child's own life, FINISHED;
// or REJECTED with the venue's reason.
import { isZero, parseDecimal, sign, ZERO } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { acceptOrder, concludeOrder, runLimit, runMarket } from './execution.ts';
import { magnitude, smaller, text } from './money.ts';
import { badMargin, unfilled } from './order-place.ts';
import { sidePart } from './position-slot.ts';
import { noteProtection } from './protection.ts';
import type { VenueState } from './state.ts';
import { bestPrice } from './synthetic-book.ts';
import { tellAlgo } from './telling.ts';
import { isProtected, isTriggered, trail } from './trigger-rules.ts';
import type { SimAlgo, SimContract, SimOrder } from './types.ts';

const isStop = (algo: SimAlgo): boolean => algo.orderType !== 'TAKE_PROFIT' && algo.orderType !== 'TAKE_PROFIT_MARKET';

/** Everything that this price step fires. Declared pessimism: where a step reaches stop and target, the stop is first. */
export function fireTriggers(state: VenueState, contract: SimContract, atMs: EpochMs): void {
  const waiting = state.openAlgos(contract.symbol).sort((a, b) => Number(isStop(b)) - Number(isStop(a)) || a.algoId - b.algoId);
  for (const candidate of waiting) {
    // An earlier trigger of this step may have expired it.
    const standing = state.algos.get(candidate.algoId);
    if (standing?.algoStatus !== 'NEW') continue;
    const algo = standing.orderType === 'TRAILING_STOP_MARKET' ? trail(state, standing, atMs) : standing;
    if (isTriggered(state, algo)) trigger(state, contract, algo, atMs);
  }
}

function trigger(state: VenueState, contract: SimContract, algo: SimAlgo, atMs: EpochMs): void {
  const blocked = isProtected(state, contract, algo);
  if (blocked && state.priceProtectPolicy === 'wait') return;
  const triggering = advance(state, { ...algo, algoStatus: 'TRIGGERING', triggerMs: atMs }, atMs);
  const reason = blocked ? 'Price protect' : refusal(state, contract, algo);
  if (reason !== null) {
    advance(state, { ...triggering, algoStatus: 'REJECTED', reason }, atMs);
    noteProtection(state, algo, atMs);
    return;
  }
  const child = childOf(state, triggering, atMs);
  advance(state, { ...triggering, algoStatus: 'TRIGGERED', actualOrderId: child.orderId, actualType: child.type }, atMs);
  const accepted = acceptOrder(state, child, atMs);
  const after =
    accepted.type === 'MARKET' ? runMarket(state, contract, accepted, atMs) : runLimit(state, contract, accepted, atMs);
  concludeOrder(state, after, atMs);
}

function advance(state: VenueState, algo: SimAlgo, atMs: EpochMs): SimAlgo {
  const next = state.putAlgo({ ...algo, updateMs: atMs });
  tellAlgo(state, next, atMs);
  return next;
}

/** The text of the first is the venue's own sample; the second is inferred from "margin is checked at the trigger". */
function refusal(state: VenueState, contract: SimContract, algo: SimAlgo): string | null {
  const held = state.signedQty(algo);
  if (algo.reduceOnly) return isZero(held) || sign(held) !== (algo.side === 'SELL' ? 1 : -1) ? 'Reduce Only reject' : null;
  const price = sign(parseDecimal(algo.price)) > 0 ? parseDecimal(algo.price) : (bestPrice(state, contract, algo.side) ?? ZERO);
  const { side, positionSide } = algo;
  return badMargin(state, contract, { side, positionSide, qty: parseDecimal(algo.quantity), price })?.msg ?? null;
}

function childOf(state: VenueState, algo: SimAlgo, atMs: EpochMs): SimOrder {
  const held = magnitude(state.signedQty(algo));
  const asked = parseDecimal(algo.quantity);
  const reduced = algo.closePosition ? held : smaller(asked, held);
  const type = algo.orderType === 'STOP' || algo.orderType === 'TAKE_PROFIT' ? 'LIMIT' : 'MARKET';
  return {
    ...unfilled,
    orderId: state.nextOrderId,
    clientOrderId: algo.clientAlgoId,
    symbol: algo.symbol,
    side: algo.side,
    ...sidePart(algo.positionSide),
    type,
    origType: algo.orderType,
    timeInForce: algo.timeInForce,
    status: 'NEW',
    quantity: text(algo.reduceOnly ? reduced : asked),
    price: algo.price,
    reduceOnly: algo.reduceOnly,
    closePosition: algo.closePosition,
    stopPrice: algo.triggerPrice,
    workingType: algo.workingType,
    priceProtect: algo.priceProtect,
    algoId: algo.algoId,
    createMs: atMs,
    updateMs: atMs,
  };
}
