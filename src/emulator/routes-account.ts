// Emulator, REST: balances, positions and settings of the account (binance-futures.md §6.1).
import { HEDGE_SIDES } from '../sim/position-slot.ts';
import type { SimResult } from '../sim/types.ts';
import type { SimBalance, SimPositionView, SimSymbolConfig } from '../sim/views.ts';
import type { Desk } from './desk.ts';
import type { Contract } from './market/source.ts';
import { tradeRow } from './order-json.ts';
import type { Params } from './request.ts';
import { type Route, SIGNED, weighs } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { VenueRefusal } from './venue-error.ts';
import { pad } from './wire-number.ts';

const DAY_MS = 86_400_000;

/** The value, or the venue's refusal thrown. */
export function granted<Value>(result: SimResult<Value>): Value {
  if (!result.ok) throw new VenueRefusal(result.code, result.msg, { httpStatus: result.httpStatus });
  return result.value;
}

export function accountRoutes(desk: Desk, accountId: string): Route[] {
  const signed = (method: Route['method'], path: string, weight: number, handle: Route['handle']): Route => ({
    method,
    path,
    ...SIGNED,
    weight: weighs(weight),
    handle,
  });
  const { venue } = desk;
  return [
    ...['/fapi/v2/balance', '/fapi/v3/balance'].map((path) =>
      signed('GET', path, 5, () => venue.balances().map((row) => balanceRow(row, accountId))),
    ),
    ...['/fapi/v2/account', '/fapi/v3/account'].map((path) => signed('GET', path, 5, () => account(desk))),
    signed('GET', '/fapi/v3/positionRisk', 5, ({ params }) =>
      chosen(desk, params, venue.positions()).map((row) => riskRow(desk, row)),
    ),
    signed('GET', '/fapi/v2/positionRisk', 5, ({ params }) => everyPosition(desk, params)),
    signed('GET', '/fapi/v1/accountConfig', 5, () => accountConfig(desk)),
    signed('GET', '/fapi/v1/symbolConfig', 5, ({ params }) => symbolConfigs(desk, params).map(configRow)),
    signed('GET', '/fapi/v1/leverageBracket', 1, ({ params }) => brackets(desk, params)),
    signed('GET', '/fapi/v1/commissionRate', 20, ({ params }) => commissionRate(desk, params)),
    signed('GET', '/fapi/v1/userTrades', 5, ({ params }) => userTrades(desk, params)),
    signed('GET', '/fapi/v1/income', 30, ({ params }) => income(desk, params)),
    signed('GET', '/sapi/v1/account/apiRestrictions', 1, () => apiRestrictions(desk)),
  ];
}

const balanceRow = (row: SimBalance, accountId: string): Record<string, unknown> => ({
  accountAlias: accountId,
  asset: row.asset,
  balance: pad(row.walletBalance, 8),
  crossWalletBalance: pad(row.crossWalletBalance, 8),
  crossUnPnl: pad(row.crossUnrealizedPnl, 8),
  availableBalance: pad(row.availableBalance, 8),
  maxWithdrawAmount: pad(row.maxWithdrawAmount, 8),
  marginAvailable: true,
  updateTime: row.updateMs,
});

function account(desk: Desk): Record<string, unknown> {
  const { updateMs, ...totals } = desk.venue.accountTotals();
  const head = Object.fromEntries(Object.entries(totals).map(([name, value]) => [name, pad(value, 8)]));
  const assets = desk.venue.balances().map((row) => ({
    asset: row.asset,
    walletBalance: pad(row.walletBalance, 8),
    unrealizedProfit: pad(totals.totalUnrealizedProfit, 8),
    marginBalance: pad(totals.totalMarginBalance, 8),
    maintMargin: pad(totals.totalMaintMargin, 8),
    initialMargin: pad(totals.totalInitialMargin, 8),
    positionInitialMargin: pad(totals.totalPositionInitialMargin, 8),
    openOrderInitialMargin: pad(totals.totalOpenOrderInitialMargin, 8),
    crossWalletBalance: pad(row.crossWalletBalance, 8),
    crossUnPnl: pad(row.crossUnrealizedPnl, 8),
    availableBalance: pad(row.availableBalance, 8),
    maxWithdrawAmount: pad(row.maxWithdrawAmount, 8),
    updateTime: updateMs,
  }));
  return { ...head, assets, positions: desk.venue.positions().map(accountPosition) };
}

const accountPosition = (row: SimPositionView): Record<string, unknown> => ({
  symbol: row.symbol,
  positionSide: row.positionSide ?? 'BOTH',
  positionAmt: row.signedQty,
  unrealizedProfit: pad(row.unrealizedPnl, 8),
  isolatedMargin: pad(row.isolatedMargin, 8),
  notional: row.notional,
  isolatedWallet: row.isolatedWallet,
  initialMargin: row.initialMargin,
  maintMargin: row.maintMargin,
  updateTime: row.updateMs,
});

/** Rows only for symbols with a position or an open order; no leverage and no margin type in v3. */
function riskRow(desk: Desk, row: SimPositionView): Record<string, unknown> {
  const quantityPlaces = desk.view.contract(symbolNumberOf(desk, row.symbol)).quantityPrecision;
  return {
    symbol: row.symbol,
    positionSide: row.positionSide ?? 'BOTH',
    positionAmt: pad(row.signedQty, quantityPlaces),
    entryPrice: row.entryPrice,
    breakEvenPrice: row.breakEvenPrice,
    markPrice: pad(row.markPrice, 8),
    unRealizedProfit: pad(row.unrealizedPnl, 8),
    liquidationPrice: row.liquidationPrice,
    isolatedMargin: row.isolatedMargin,
    notional: pad(row.notional, 8),
    marginAsset: row.marginAsset,
    isolatedWallet: row.isolatedWallet,
    initialMargin: row.initialMargin,
    maintMargin: row.maintMargin,
    positionInitialMargin: row.positionInitialMargin,
    openOrderInitialMargin: row.openOrderInitialMargin,
    adl: row.adl,
    bidNotional: row.bidNotional,
    askNotional: row.askNotional,
    updateTime: row.updateMs,
  };
}

/** v2 answers with every contract, as strings where v3 has none. */
function everyPosition(desk: Desk, params: Params): unknown[] {
  const atMs = desk.now();
  const symbol = params.text('symbol');
  const indexes = symbol === null ? desk.view.source.contracts.map((_, index) => index) : [symbolNumber(desk, symbol)];
  return indexes.flatMap((index) => {
    if (!desk.view.listed(index, atMs)) return [];
    desk.price(index);
    const contract = desk.view.contract(index);
    const sides = desk.venue.positionMode === 'HEDGE' ? HEDGE_SIDES : [undefined];
    return sides.flatMap((side) => {
      const row = desk.venue.position(contract.symbol, side);
      return row === null ? [] : [riskRowV2(row, contract)];
    });
  });
}

const riskRowV2 = (row: SimPositionView, contract: Contract): Record<string, unknown> => ({
  symbol: row.symbol,
  positionAmt: pad(row.signedQty, contract.quantityPrecision),
  entryPrice: row.entryPrice,
  breakEvenPrice: row.breakEvenPrice,
  markPrice: pad(row.markPrice, 8),
  unRealizedProfit: pad(row.unrealizedPnl, 8),
  liquidationPrice: row.liquidationPrice,
  leverage: String(row.leverage),
  maxNotionalValue: row.maxNotionalValue,
  marginType: row.marginType === 'ISOLATED' ? 'isolated' : 'cross',
  isolatedMargin: pad(row.isolatedMargin, 8),
  isAutoAddMargin: 'false',
  positionSide: row.positionSide ?? 'BOTH',
  notional: row.notional,
  isolatedWallet: row.isolatedWallet,
  updateTime: row.updateMs,
});

function accountConfig(desk: Desk): Record<string, unknown> {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: true,
    canWithdraw: false,
    dualSidePosition: desk.venue.positionMode === 'HEDGE',
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  };
}

function symbolConfigs(desk: Desk, params: Params): readonly SimSymbolConfig[] {
  const symbol = params.text('symbol');
  if (symbol === null) return desk.venue.symbolConfig();
  symbolNumber(desk, symbol);
  return desk.venue.symbolConfig(symbol);
}

const configRow = (row: SimSymbolConfig): Record<string, unknown> => ({
  symbol: row.symbol,
  marginType: row.marginType,
  isAutoAddMargin: row.isAutoAddMargin,
  leverage: row.leverage,
  maxNotionalValue: row.maxNotionalValue,
});

function brackets(desk: Desk, params: Params): unknown[] {
  const symbol = params.text('symbol');
  const contracts = symbol === null ? desk.view.source.contracts : [desk.view.contract(symbolNumber(desk, symbol))];
  return contracts.map((contract) => ({
    symbol: contract.symbol,
    brackets: contract.brackets.map((row) => ({
      bracket: row.bracket,
      initialLeverage: row.initialLeverage,
      notionalCap: row.notionalCap,
      notionalFloor: row.notionalFloor,
      maintMarginRatio: row.maintMarginRatio,
      cum: row.cum,
    })),
  }));
}

function commissionRate(desk: Desk, params: Params): Record<string, unknown> {
  const index = symbolNumber(desk, params.required('symbol'));
  return {
    symbol: desk.view.contract(index).symbol,
    makerCommissionRate: desk.venue.makerFeeRate,
    takerCommissionRate: desk.venue.takerFeeRate,
    rpiCommissionRate: '0.00005',
  };
}

/** The oldest of the window, as measured on the venue; fromId excludes times. */
function userTrades(desk: Desk, params: Params): unknown[] {
  const index = symbolNumber(desk, params.required('symbol'));
  const contract = desk.view.contract(index);
  const limit = Math.min(params.integer('limit') ?? 500, 1_000);
  const fromId = params.integer('fromId');
  const orderId = params.integer('orderId');
  const window = fromId === null ? timeWindow(desk, params) : {};
  const query = {
    symbol: contract.symbol,
    limit,
    ...window,
    ...(fromId === null ? {} : { fromId }),
    ...(orderId === null ? {} : { orderId }),
  };
  return desk.venue.userTrades(query).map((trade) => tradeRow(trade, contract));
}

function income(desk: Desk, params: Params): unknown[] {
  const symbol = params.text('symbol');
  const incomeType = params.text('incomeType');
  const limit = Math.min(params.integer('limit') ?? 100, 1_000);
  const query = {
    limit,
    ...timeWindow(desk, params),
    ...(symbol === null ? {} : { symbol }),
    ...(incomeType === null ? {} : { incomeType }),
  };
  return desk.venue.income(query).map((row) => ({
    symbol: row.symbol,
    incomeType: row.incomeType,
    income: pad(row.income, 8),
    asset: row.asset,
    info: row.info,
    time: row.atMs,
    tranId: row.tranId,
    tradeId: row.tradeId,
  }));
}

/** The span asked for, by default the last seven days; a longer one is refused. */
export function timeWindow(desk: Desk, params: Params): { readonly startMs: number; readonly endMs: number } {
  const start = params.integer('startTime');
  const end = params.integer('endTime');
  if (start !== null && end !== null && start > end) throw new VenueRefusal(-1023, 'Start time is greater than end time.');
  const endMs = end ?? (start === null ? desk.now() : Math.min(desk.now(), start + 7 * DAY_MS));
  const startMs = start ?? endMs - 7 * DAY_MS;
  if (endMs - startMs > 7 * DAY_MS) throw new VenueRefusal(-4165, 'Invalid time interval. Maximum time interval is 7 days.');
  return { startMs, endMs };
}

function chosen(desk: Desk, params: Params, rows: readonly SimPositionView[]): readonly SimPositionView[] {
  const symbol = params.text('symbol');
  if (symbol === null) return rows;
  symbolNumber(desk, symbol);
  return rows.filter((row) => row.symbol === symbol);
}

/** A symbol the account holds something of, listed or not. */
const symbolNumberOf = (desk: Desk, symbol: string): number => desk.view.numberOf(symbol) ?? symbolNumber(desk, symbol);

const apiRestrictions = (desk: Desk): Record<string, unknown> => ({
  ipRestrict: true,
  createTime: desk.view.source.defaultFromMs,
  enableReading: true,
  enableFutures: true,
  enableSpotAndMarginTrading: false,
  enableMargin: false,
  enableWithdrawals: false,
  enableInternalTransfer: false,
  permitsUniversalTransfer: false,
  enableVanillaOptions: false,
  enablePortfolioMarginTrading: false,
  enableFixApiTrade: false,
  enableFixReadOnly: false,
});
