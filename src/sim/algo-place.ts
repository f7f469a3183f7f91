// Floor 2, the simulated venue: a conditional order at the door of the algo store. Margin is not asked for here: the venue
// looks at it when the trigger fires.
import { compare, isZero, multiply, parseDecimal, sign, ZERO } from '../core/decimal.ts';
import type { DecimalString, EpochMs } from '../core/units.ts';
import { badAddress, badClientId, badPrice, badQuantity, badStatus, smallNotional } from './filters.ts';
import { readDecimal, text } from './money.ts';
import { closesHedge, sidePart } from './position-slot.ts';
import { noteProtection } from './protection.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { tellAlgo } from './telling.ts';
import { isTriggered, pricePlace, startTrailing } from './trigger-rules.ts';
import type {
  OrderSide,
  Rejected,
  SimAlgo,
  SimAlgoRequest,
  SimAlgoType,
  SimContract,
  SimHedgeSide,
  SimResult,
  SimTimeInForce,
} from './types.ts';

/** Flat and per account since 2025-12-29, whatever the symbol. */
const MAX_OPEN_ALGOS = 200;
const TYPES: readonly SimAlgoType[] = ['STOP_MARKET', 'TAKE_PROFIT_MARKET', 'STOP', 'TAKE_PROFIT', 'TRAILING_STOP_MARKET'];
const TIMES_IN_FORCE: readonly SimTimeInForce[] = ['GTC', 'IOC', 'FOK', 'GTX'];

export function placeAlgo(state: VenueState, request: SimAlgoRequest, atMs: EpochMs): SimResult<SimAlgo> {
  const address = badAddress(state, request);
  if (!address.ok) return address;
  const type = TYPES.find((t) => t === request.type);
  if (type === undefined) return reject(-1116);
  const { contract, side, positionSide } = address;
  const refusal =
    badParameters(request, type, positionSide) ?? badNumbers(contract, request, type) ?? badIdentity(state, request);
  if (refusal !== null) return refusal;
  const reduces = request.closePosition === true || request.reduceOnly === true || closesHedge(side, positionSide);
  const closed = badStatus(contract, reduces ? 'reduce' : 'open');
  if (closed !== null) return closed;
  const place = algoOf(state, { contract, side, positionSide, type, request }, atMs);
  const blocked = badPlace(state, place);
  if (blocked !== null) return blocked;
  state.nextAlgoId += 1;
  state.updateMs = atMs;
  const placed = state.putAlgo(place);
  tellAlgo(state, placed, atMs);
  const standing = type === 'TRAILING_STOP_MARKET' ? startTrailing(state, placed, atMs) : placed;
  noteProtection(state, placed, atMs);
  return { ok: true, value: standing };
}

/** Minimum notional is waived for what can only close. */
const closes = ({ reduceOnly, side, positionSide }: SimAlgoRequest): boolean =>
  reduceOnly === true || (positionSide === 'LONG' && side === 'SELL') || (positionSide === 'SHORT' && side === 'BUY');

const isLimit = (type: SimAlgoType): boolean => type === 'STOP' || type === 'TAKE_PROFIT';

function badParameters(request: SimAlgoRequest, type: SimAlgoType, hedge: SimHedgeSide | undefined): Rejected | null {
  if (hedge !== undefined && request.reduceOnly !== undefined) return reject(-1106, 'reduceonly');
  if (request.timeInForce !== undefined && !TIMES_IN_FORCE.some((t) => t === request.timeInForce)) return reject(-1115);
  const working = request.workingType;
  if (working !== undefined && working !== 'MARK_PRICE' && working !== 'CONTRACT_PRICE') return reject(-1130, 'workingType');
  if (request.price !== undefined && !isLimit(type)) return reject(-1106, 'price');
  if (request.timeInForce === 'GTX' && !isLimit(type)) return reject(-1014);
  if (request.closePosition !== true) return null;
  // Such an order is GTE_GTC by nature.
  if (request.timeInForce !== undefined && request.timeInForce !== 'GTC') return reject(-1114);
  if (type !== 'STOP_MARKET' && type !== 'TAKE_PROFIT_MARKET') return reject(-4136, type);
  if (request.quantity !== undefined && Number(request.quantity) !== 0) return reject(-4137);
  if (request.reduceOnly === true) return reject(-1106, 'reduceonly');
  return request.reduceOnly === false ? reject(-4138) : null;
}

function badNumbers(contract: SimContract, request: SimAlgoRequest, type: SimAlgoType): Rejected | null {
  const market = isLimit(type) ? 'LOT_SIZE' : 'MARKET_LOT_SIZE';
  const qty = request.closePosition === true ? null : badQuantity(contract, request.quantity, market);
  if (qty !== null) return qty;
  if (type === 'TRAILING_STOP_MARKET') return badTrailing(contract, request);
  const trigger =
    badPrice(contract, request.triggerPrice, 'triggerprice') ??
    (isLimit(type) ? (badPrice(contract, request.price, 'price') ?? farFromTrigger(contract, request)) : null);
  if (trigger !== null || request.closePosition === true || closes(request)) return trigger;
  return smallNotional(contract, parseDecimal(request.triggerPrice ?? '0'), parseDecimal(request.quantity ?? '0'));
}

/** The limit price may not sit absurdly far on the losing side of its own trigger. */
function farFromTrigger(contract: SimContract, { side, price, triggerPrice }: SimAlgoRequest): Rejected | null {
  const limit = parseDecimal(price ?? '0');
  const trigger = parseDecimal(triggerPrice ?? '0');
  const cap = multiply(trigger, parseDecimal(contract.multiplierUp));
  if (side === 'BUY' && compare(limit, cap) > 0) return reject(-4183, text(cap));
  const floor = multiply(trigger, parseDecimal(contract.multiplierDown));
  return side === 'SELL' && compare(limit, floor) < 0 ? reject(-4184, text(floor)) : null;
}

function badTrailing(contract: SimContract, request: SimAlgoRequest): Rejected | null {
  const rate = readDecimal(request.callbackRate ?? '');
  if (rate === null) return reject(-1102, 'callbackRate');
  // 20 % since 2026-10-23.
  if (compare(rate, parseDecimal('0.1')) < 0 || compare(rate, parseDecimal('20')) > 0) return reject(-1130, 'callbackRate');
  if (request.activatePrice === undefined) return null;
  const activation = readDecimal(request.activatePrice);
  if (activation === null || isZero(activation)) return reject(-4135);
  return badPrice(contract, request.activatePrice, 'activatePrice');
}

/** Whether the venue keeps algo ids unique among open ones was never measured; its documents say so. */
function badIdentity(state: VenueState, request: SimAlgoRequest): Rejected | null {
  const bad = badClientId(request.clientAlgoId);
  if (bad !== null) return bad;
  const taken = request.clientAlgoId === undefined ? null : state.algoByClient(request.clientAlgoId);
  if (taken?.algoStatus === 'NEW') return reject(-4116);
  const open = state.symbolsWithAlgos().reduce((total, symbol) => total + state.openAlgos(symbol).length, 0);
  return open >= MAX_OPEN_ALGOS ? reject(-4045) : null;
}

const kindOf = (type: SimAlgoType): 'stop' | 'profit' =>
  type === 'TAKE_PROFIT' || type === 'TAKE_PROFIT_MARKET' ? 'profit' : 'stop';

function badPlace(state: VenueState, algo: SimAlgo): Rejected | null {
  if (state.quote(algo.symbol) === null) return reject(-1112);
  if (algo.closePosition) {
    const held = state.signedQty(algo);
    if (isZero(held) || sign(held) !== (algo.side === 'SELL' ? 1 : -1) || isUnseen(state, algo)) return reject(-4509);
    const rival = state
      .openAlgos(algo.symbol)
      .some(
        (a) =>
          a.closePosition &&
          a.side === algo.side &&
          a.positionSide === algo.positionSide &&
          kindOf(a.orderType) === kindOf(algo.orderType),
      );
    if (rival) return reject(-4130);
  }
  return isTriggered(state, algo) || pricePlace(state, algo) === 'wrongSide' ? reject(-2021) : null;
}

/** Just after an entry the venue's algo store may not know of the position yet. */
function isUnseen(state: VenueState, algo: SimAlgo): boolean {
  const openedMs = state.position(algo)?.openedMs;
  return openedMs !== undefined && algo.createMs < openedMs + state.gteLagMs;
}

interface AlgoDraft {
  readonly contract: SimContract;
  readonly side: OrderSide;
  readonly positionSide: SimHedgeSide | undefined;
  readonly type: SimAlgoType;
  readonly request: SimAlgoRequest;
}

function algoOf(state: VenueState, { contract, side, positionSide, type, request }: AlgoDraft, atMs: EpochMs): SimAlgo {
  const closePosition = request.closePosition === true;
  const number = (wire: string | undefined): DecimalString => text(wire === undefined ? ZERO : parseDecimal(wire));
  const trailing = type === 'TRAILING_STOP_MARKET';
  return {
    algoId: state.nextAlgoId,
    clientAlgoId: request.clientAlgoId ?? `auto_${state.nextAlgoId.toString(36)}`,
    symbol: contract.symbol,
    side,
    ...sidePart(positionSide),
    orderType: type,
    timeInForce: closePosition ? 'GTE_GTC' : (TIMES_IN_FORCE.find((t) => t === request.timeInForce) ?? 'GTC'),
    algoStatus: 'NEW',
    quantity: closePosition ? text(ZERO) : number(request.quantity),
    triggerPrice: trailing ? text(ZERO) : number(request.triggerPrice),
    price: number(request.price),
    workingType: request.workingType === 'MARK_PRICE' ? 'MARK_PRICE' : 'CONTRACT_PRICE',
    closePosition,
    priceProtect: request.priceProtect === true,
    reduceOnly: closePosition || request.reduceOnly === true || closesHedge(side, positionSide),
    activatePrice: trailing ? (request.activatePrice ?? '') : '',
    callbackRate: trailing ? (request.callbackRate ?? '') : '',
    isActivated: false,
    extremePrice: '',
    actualOrderId: 0,
    actualType: '',
    actualPrice: text(ZERO),
    actualQty: text(ZERO),
    reason: '',
    createMs: atMs,
    updateMs: atMs,
    triggerMs: 0,
  };
}
