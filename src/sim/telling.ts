// Floor 2, the simulated venue: puts events into the queue, complete as the user stream will need them.
import { add, type Decimal, negate, sign, subtract, sum, ZERO } from '../core/decimal.ts';
import { type EpochMs, invariant, type SymbolId } from '../core/units.ts';
import type { AccountUpdateReason, ExecutionType, PositionChange } from './events.ts';
import { exposureOf, unrealizedPnl } from './margin.ts';
import { average, magnitude, text, usdtText } from './money.ts';
import { type Slotted, sidePart } from './position-slot.ts';
import type { Position, VenueState } from './state.ts';
import type { SimAlgo, SimOrder, SimTrade } from './types.ts';

/** What happened to an order: the execution it is about, where there is one. */
export interface OrderNews {
  readonly executionType: ExecutionType;
  readonly order: SimOrder;
  readonly trade: SimTrade | null;
}

export function tellOrder(state: VenueState, news: OrderNews, atMs: EpochMs): void {
  const contract = state.contract(news.order.symbol);
  const exposure = contract === null ? null : exposureOf(state, contract, null, news.order.positionSide);
  state.events.push({
    kind: 'orderTradeUpdate',
    atMs,
    ...news,
    bidNotional: text(exposure?.bids ?? ZERO),
    askNotional: text(exposure?.asks ?? ZERO),
  });
}

export function tellAlgo(state: VenueState, algo: SimAlgo, atMs: EpochMs): void {
  state.events.push({ kind: 'algoUpdate', atMs, algo });
}

export interface AccountNews {
  readonly reason: AccountUpdateReason;
  /** What moved besides PnL and fees. */
  readonly change: Decimal;
  /** Only positions that changed are listed. */
  readonly positions: readonly Slotted[];
  /** The contract of a funding payment. */
  readonly fundingSymbol: SymbolId | null;
}

export function tellAccount(state: VenueState, news: AccountNews, atMs: EpochMs): void {
  state.updateMs = atMs;
  state.events.push({
    kind: 'accountUpdate',
    atMs,
    reason: news.reason,
    balances: [
      {
        asset: 'USDT',
        walletBalance: usdtText(state.wallet),
        crossWalletBalance: usdtText(crossWallet(state)),
        balanceChange: usdtText(news.change),
      },
    ],
    positions: news.positions.map((of) => positionChange(state, of)),
    symbol: news.fundingSymbol,
  });
}

export const crossWallet = (state: VenueState): Decimal =>
  subtract(state.wallet, sum([...state.positions.values()].map((p) => p.isolatedWallet)));

export const entryPrice = (position: Position | undefined): Decimal =>
  position === undefined ? ZERO : average(magnitude(position.cost), magnitude(position.qty));

/** The price at which the open part would pay for its own commissions so far. */
export function breakEvenPrice(position: Position | undefined): Decimal {
  if (position === undefined) return ZERO;
  const fees = sign(position.qty) > 0 ? position.fees : negate(position.fees);
  return average(add(magnitude(position.cost), fees), magnitude(position.qty));
}

function positionChange(state: VenueState, of: Slotted): PositionChange {
  const { symbol } = of;
  const contract = state.contract(symbol);
  invariant(contract !== null, `a position change in ${symbol}, which is no contract here`);
  const position = state.position(of);
  const settings = state.settingsOf(contract);
  return {
    symbol: contract.symbol,
    ...sidePart(of.positionSide),
    signedQty: text(position?.qty ?? ZERO),
    entryPrice: text(entryPrice(position)),
    breakEvenPrice: text(breakEvenPrice(position)),
    accumulatedRealized: usdtText(settings.accumulatedRealized),
    unrealizedPnl: usdtText(position === undefined ? ZERO : unrealizedPnl(position, state.livingQuote(symbol).mark)),
    marginType: position?.marginType ?? settings.marginType,
    isolatedWallet: usdtText(position?.isolatedWallet ?? ZERO),
    marginAsset: contract.marginAsset,
  };
}
