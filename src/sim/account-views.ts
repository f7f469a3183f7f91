// Floor 2, the simulated venue: the account as its reads tell it, priced at the standing marks.
import { add, sum, ZERO } from '../core/decimal.ts';
import {
  availableBalance,
  crossAccount,
  exposureOf,
  liquidationPrice,
  maxNotional,
  type PositionMargin,
  positionMargin,
} from './margin.ts';
import { text, usdtText } from './money.ts';
import { HEDGE_SIDES, sidePart } from './position-slot.ts';
import type { VenueState } from './state.ts';
import { breakEvenPrice, entryPrice } from './telling.ts';
import type { SimContract, SimHedgeSide } from './types.ts';
import type { SimAccountTotals, SimBalance, SimPositionView, SimSymbolConfig } from './views.ts';

const NOTHING: PositionMargin = { unrealized: ZERO, notional: ZERO, initial: ZERO, maintenance: ZERO };
/** Middle of the venue's five lamps: who is next to be deleveraged depends on other accounts, which there are none of. */
const ADL_QUANTILE = 2;

export function positionView(state: VenueState, contract: SimContract, positionSide?: SimHedgeSide): SimPositionView {
  const position = state.position({ symbol: contract.symbol, positionSide });
  const margin = position === undefined ? NOTHING : positionMargin(state, position);
  const exposure = exposureOf(state, contract, null, positionSide);
  const settings = state.settingsOf(contract);
  const isolated = position?.marginType === 'ISOLATED';
  return {
    symbol: contract.symbol,
    ...sidePart(positionSide),
    signedQty: text(position?.qty ?? ZERO),
    entryPrice: text(entryPrice(position)),
    breakEvenPrice: text(breakEvenPrice(position)),
    markPrice: text(state.quote(contract.symbol)?.mark ?? ZERO),
    unrealizedPnl: usdtText(margin.unrealized),
    liquidationPrice: text(position === undefined ? ZERO : liquidationPrice(state, position)),
    leverage: settings.leverage,
    marginType: position?.marginType ?? settings.marginType,
    isolatedMargin: usdtText(isolated ? add(position.isolatedWallet, margin.unrealized) : ZERO),
    isolatedWallet: usdtText(position?.isolatedWallet ?? ZERO),
    notional: usdtText(exposure.position),
    initialMargin: usdtText(add(margin.initial, exposure.openOrderMargin)),
    maintMargin: usdtText(margin.maintenance),
    positionInitialMargin: usdtText(margin.initial),
    openOrderInitialMargin: usdtText(exposure.openOrderMargin),
    adl: position === undefined ? 0 : ADL_QUANTILE,
    bidNotional: text(exposure.bids),
    askNotional: text(exposure.asks),
    maxNotionalValue: text(maxNotional(contract, settings.leverage)),
    marginAsset: contract.marginAsset,
    updateMs: position?.updateMs ?? state.updateMs,
  };
}

export function positionOf(state: VenueState, symbol: string, positionSide?: SimHedgeSide): SimPositionView | null {
  const contract = state.contract(symbol);
  return contract === null ? null : positionView(state, contract, positionSide);
}

export function positions(state: VenueState): SimPositionView[] {
  const symbols = new Set([...[...state.positions.values()].map((p) => p.symbol as string), ...state.symbolsWithOrders()]);
  return [...symbols].sort().flatMap((symbol) =>
    [undefined, ...HEDGE_SIDES].flatMap((positionSide) => {
      const ordered = state.openOrders(symbol).some((order) => order.positionSide === positionSide);
      const shown = ordered || state.position({ symbol, positionSide }) !== undefined;
      return shown ? (positionOf(state, symbol, positionSide) ?? []) : [];
    }),
  );
}

export function balances(state: VenueState): SimBalance[] {
  const cross = crossAccount(state);
  const available = usdtText(availableBalance(state));
  return [
    {
      asset: 'USDT',
      walletBalance: usdtText(state.wallet),
      crossWalletBalance: usdtText(cross.wallet),
      crossUnrealizedPnl: usdtText(cross.unrealized),
      availableBalance: available,
      maxWithdrawAmount: available,
      updateMs: state.updateMs,
    },
  ];
}

export function accountTotals(state: VenueState): SimAccountTotals {
  const cross = crossAccount(state);
  const margins = [...state.positions.values()].map((p) => positionMargin(state, p));
  const unrealized = sum(margins.map((m) => m.unrealized));
  const initial = sum(margins.map((m) => m.initial));
  const available = usdtText(availableBalance(state));
  return {
    totalInitialMargin: usdtText(add(initial, cross.openOrderMargin)),
    totalMaintMargin: usdtText(sum(margins.map((m) => m.maintenance))),
    totalWalletBalance: usdtText(state.wallet),
    totalUnrealizedProfit: usdtText(unrealized),
    totalMarginBalance: usdtText(add(state.wallet, unrealized)),
    totalPositionInitialMargin: usdtText(initial),
    totalOpenOrderInitialMargin: usdtText(cross.openOrderMargin),
    totalCrossWalletBalance: usdtText(cross.wallet),
    totalCrossUnPnl: usdtText(cross.unrealized),
    availableBalance: available,
    maxWithdrawAmount: available,
    updateMs: state.updateMs,
  };
}

export function symbolConfigOf(state: VenueState, contract: SimContract): SimSymbolConfig {
  const { leverage, marginType } = state.settingsOf(contract);
  return {
    symbol: contract.symbol,
    marginType,
    isAutoAddMargin: false,
    leverage,
    maxNotionalValue: text(maxNotional(contract, leverage)),
  };
}

export function symbolConfig(state: VenueState, symbol: string | undefined): SimSymbolConfig[] {
  const wanted = symbol === undefined ? [...state.contracts.keys()] : [symbol];
  return wanted.flatMap((name) => {
    const contract = state.contract(name);
    return contract === null ? [] : [symbolConfigOf(state, contract)];
  });
}
