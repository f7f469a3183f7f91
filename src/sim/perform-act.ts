// Floor 2, the simulated venue: carries out acts. What a person does by hand goes through the same door as a bot's order.
import { add, isZero, multiply, negate, sign, toNumber } from '../core/decimal.ts';
import { priceToTicks, ticks, ticksToWire } from '../core/grid.ts';
import type { EpochMs } from '../core/units.ts';
import type { SimAct } from './acts.ts';
import { endAlgo } from './algo-cancel.ts';
import { placeAlgo } from './algo-place.ts';
import { concludeOrder, endOrder, expired } from './execution.ts';
import { recordIncome } from './fills.ts';
import { settleFunding } from './funding.ts';
import { availableBalance } from './margin.ts';
import { fromNumber, magnitude, readDecimal, text } from './money.ts';
import { placeOrder } from './order-place.ts';
import { checkMargin } from './price-step.ts';
import { reject } from './rejection.ts';
import type { Position, VenueState } from './state.ts';
import { FULL_BOOK, floorToStep } from './synthetic-book.ts';
import { tellAccount } from './telling.ts';
import type { OrderSide, SimContract, SimHedgeSide, SimOrderRequest, SimResult } from './types.ts';
import { closeByVenue, liquidate } from './venue-close.ts';

const DONE: SimResult<null> = { ok: true, value: null };
type OnSymbol = Extract<SimAct, { readonly symbol: string }>;
/** How far from the price the orphans are planted. */
const ORPHAN_DISTANCE = 0.03;

export function performAct(state: VenueState, act: SimAct, atMs: EpochMs): SimResult<null> {
  state.revision += 1;
  if (act.act === 'mode') {
    // Done behind the bot's back: no open order or position stands in the way.
    state.positionMode = act.mode;
    return DONE;
  }
  if (act.act === 'margin') return transfer(state, act.deltaUsdt, atMs);
  const contract = state.contract(act.symbol);
  return contract === null ? reject(-1121) : onSymbol(state, contract, act, atMs);
}

function onSymbol(state: VenueState, contract: SimContract, act: OnSymbol, atMs: EpochMs): SimResult<null> {
  const position = chosenPosition(state, act);
  switch (act.act) {
    case 'manualOpen':
      return byHand(state, { symbol: act.symbol, side: act.side, ...opens(state, act.side), quantity: act.quantity }, atMs);
    case 'funding':
      settleFunding(state, act.symbol, act.rate, atMs);
      return DONE;
    case 'orphans':
      return plantOrphans(state, contract, atMs);
    case 'cancelStop':
      for (const algo of state.openAlgos(act.symbol))
        if (algo.orderType === 'STOP_MARKET') endAlgo(state, algo, 'CANCELED', atMs);
      return DONE;
    case 'halt':
    case 'resume':
    case 'delist':
    case 'tick':
      return amend(state, act);
    case 'partial':
    case 'thinBook':
    case 'fullBook':
      return shapeBook(state, act);
    case 'settle':
      settle(state, contract, atMs);
      return DONE;
    case 'manualClose':
    case 'manualFlip':
    case 'adl':
    case 'liquidate':
      return position === undefined ? reject(-2022) : onPosition(state, position, act, atMs);
  }
}

type OnPosition = Extract<SimAct, { readonly act: 'manualClose' | 'manualFlip' | 'adl' | 'liquidate' }>;

function onPosition(state: VenueState, position: Position, act: OnPosition, atMs: EpochMs): SimResult<null> {
  const side: OrderSide = sign(position.qty) > 0 ? 'SELL' : 'BUY';
  const size = magnitude(position.qty);
  const contract = state.contract(position.symbol);
  if (contract === null) return reject(-1121);
  switch (act.act) {
    case 'manualClose':
      return byHand(state, { symbol: act.symbol, side, ...closes(position), quantity: text(size) }, atMs);
    case 'manualFlip':
      return flipByHand(state, position, atMs);
    case 'adl': {
      const qty = act.fraction >= 1 ? size : floorToStep(multiply(size, fromNumber(Math.max(0, act.fraction))), contract);
      if (isZero(qty)) return reject(-4003);
      closeByVenue(state, position, { clientOrderId: 'adl_autoclose', qty, liquidity: 'adl', expiryReason: '0' }, atMs);
      return DONE;
    }
    case 'liquidate':
      liquidate(state, position, atMs);
      return DONE;
  }
}

/** In hedge mode a symbol has two positions: the act may name one, else the long one is meant where there is one. */
function chosenPosition(state: VenueState, act: OnSymbol): Position | undefined {
  const wanted = 'positionSide' in act ? act.positionSide : undefined;
  return state.positionsOf(act.symbol).find((position) => wanted === undefined || position.positionSide === wanted);
}

/** What an order needs beside its side to open in this account's position mode, and to close this position. */
const opens = (state: VenueState, side: OrderSide): { readonly positionSide?: SimHedgeSide } =>
  state.positionMode === 'HEDGE' ? { positionSide: side === 'BUY' ? 'LONG' : 'SHORT' } : {};
const closes = ({ positionSide }: Position): Pick<SimOrderRequest, 'positionSide' | 'reduceOnly'> =>
  positionSide === undefined ? { reduceOnly: true } : { positionSide };

/** One order of twice the size in one-way mode; in hedge mode the one side is closed and the other opened. */
function flipByHand(state: VenueState, position: Position, atMs: EpochMs): SimResult<null> {
  const { symbol } = position;
  const side: OrderSide = sign(position.qty) > 0 ? 'SELL' : 'BUY';
  const size = magnitude(position.qty);
  if (position.positionSide === undefined) return byHand(state, { symbol, side, quantity: text(add(size, size)) }, atMs);
  const closed = byHand(state, { symbol, side, ...closes(position), quantity: text(size) }, atMs);
  return closed.ok ? byHand(state, { symbol, side, ...opens(state, side), quantity: text(size) }, atMs) : closed;
}

/** Web orders carry ids of the venue's own making: foreign to every bot. */
function byHand(state: VenueState, request: Omit<SimOrderRequest, 'type'>, atMs: EpochMs): SimResult<null> {
  const placed = placeOrder(
    state,
    { ...request, type: 'MARKET', newClientOrderId: `web_${state.nextOrderId.toString(36)}` },
    atMs,
  );
  return placed.ok ? DONE : placed;
}

function transfer(state: VenueState, deltaUsdt: string, atMs: EpochMs): SimResult<null> {
  const size = readDecimal(deltaUsdt.replace(/^-/, ''));
  if (size === null) return reject(-1102, 'deltaUsdt');
  const delta = deltaUsdt.startsWith('-') ? negate(size) : size;
  if (sign(add(availableBalance(state), delta)) < 0) return reject(-2018);
  state.wallet = add(state.wallet, delta);
  recordIncome(state, { incomeType: 'TRANSFER', symbol: '', income: delta, tradeId: '', atMs });
  const reason = sign(delta) < 0 ? 'WITHDRAW' : 'DEPOSIT';
  tellAccount(state, { reason, change: delta, positions: [], fundingSymbol: null }, atMs);
  for (const symbol of new Set([...state.positions.values()].map((p) => p.symbol))) checkMargin(state, symbol, atMs);
  return DONE;
}

type Amending = Extract<SimAct, { readonly act: 'halt' | 'resume' | 'delist' | 'tick' }>;

function amend(state: VenueState, act: Amending): SimResult<null> {
  state.amendments.set(act.symbol, { ...state.amendments.get(act.symbol), ...amendmentOf(act) });
  return DONE;
}

function amendmentOf(act: Amending): Partial<SimContract> {
  switch (act.act) {
    case 'halt':
      return { status: 'TRADING_HALT' };
    case 'resume':
      return { status: 'TRADING' };
    case 'delist':
      return { deliveryDate: act.deliveryMs };
    case 'tick':
      return { tickSize: act.tickSize };
  }
}

type Shaping = Extract<SimAct, { readonly act: 'partial' | 'thinBook' | 'fullBook' }>;

function shapeBook(state: VenueState, act: Shaping): SimResult<null> {
  const before = state.books.get(act.symbol) ?? { ...FULL_BOOK, nextFraction: null };
  switch (act.act) {
    case 'partial':
      state.books.set(act.symbol, { ...before, nextFraction: act.fraction });
      break;
    case 'thinBook':
      state.books.set(act.symbol, { ...before, levelUsdt: act.levelUsdt, levels: act.levels });
      break;
    case 'fullBook':
      state.books.delete(act.symbol);
      break;
  }
  return DONE;
}

/** Delisting: open orders expire (er 7), conditionals expire, the position is closed at the mark, trading ends. */
function settle(state: VenueState, contract: SimContract, atMs: EpochMs): void {
  for (const order of state.openOrders(contract.symbol)) concludeOrder(state, endOrder(state, order, expired('7'), atMs), atMs);
  for (const position of state.positionsOf(contract.symbol)) {
    const clientOrderId = `settlement_autoclose-${atMs}`;
    closeByVenue(state, position, { clientOrderId, qty: magnitude(position.qty), liquidity: 'taker', expiryReason: '7' }, atMs);
  }
  for (const algo of state.openAlgos(contract.symbol)) endAlgo(state, algo, 'EXPIRED', atMs);
  state.amendments.set(contract.symbol, { ...state.amendments.get(contract.symbol), status: 'SETTLING' });
}

function plantOrphans(state: VenueState, contract: SimContract, atMs: EpochMs): SimResult<null> {
  const quote = state.quote(contract.symbol);
  if (quote === null) return reject(-1112);
  const grid = state.grid(contract);
  const orphaned = state.positionMode === 'HEDGE' ? { positionSide: 'LONG' } : { reduceOnly: true };
  for (const away of [-1, 1]) {
    const price = ticksToWire(ticks(priceToTicks(toNumber(quote.last) * (1 + away * ORPHAN_DISTANCE), grid, 'nearest')), grid);
    const type = away < 0 ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET';
    const planted = placeAlgo(
      state,
      { symbol: contract.symbol, side: 'SELL', type, ...orphaned, triggerPrice: price, quantity: contract.marketMinQty },
      atMs,
    );
    if (!planted.ok) return planted;
  }
  return DONE;
}
