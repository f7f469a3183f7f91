// Adapters, binance: what the account looks like. A read that did not come back, or came back in a shape we do not know,
// is no information: null, never "flat" and never "none".
import type { AccountSnapshot, ConditionalState, Fill, IncomeRow, OrderState, PositionState } from '../../core/orders.ts';
import { decimalString, type EpochMs, epochMs, type SymbolId } from '../../core/units.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { toConditional, toFill, toOrderState, toPosition } from './mapper-account.ts';
import { type AccountRead, accountRead, protectiveRead } from './requests.ts';
import {
  accountSchema,
  algoOrderSchema,
  incomeSchema,
  orderSchema,
  positionSchema,
  type TradeRow,
  tradeSchema,
} from './wire-account.ts';

export type PositionAnswer =
  | { readonly kind: 'open'; readonly state: PositionState }
  | { readonly kind: 'flat' }
  | { readonly kind: 'unknown'; readonly reason: string };

export async function readPosition(context: VenueContext, symbol: SymbolId): Promise<PositionAnswer> {
  const answer = await protectiveRead(context, { path: '/fapi/v3/positionRisk', params: { symbol }, weight: 5 });
  if (answer.kind !== 'ok') return { kind: 'unknown', reason: reasonOf(answer) };
  const rows = positionSchema.array().safeParse(answer.body);
  if (!rows.success) return { kind: 'unknown', reason: 'an unknown shape' };
  const open = rows.data.filter((row) => row.symbol === symbol && Number(row.positionAmt) !== 0);
  const [first, second] = open;
  if (first === undefined) return { kind: 'flat' };
  if (second !== undefined) return { kind: 'unknown', reason: 'two positions in one symbol: the account is in hedge mode' };
  return { kind: 'open', state: toPosition(first) };
}

/** All four reads or nothing; it is as old as the moment before the first of them was asked. */
export async function readSnapshot(context: VenueContext): Promise<AccountSnapshot | null> {
  await context.clock.ensure();
  const at = context.clock.now();
  const [account, positions, openOrders, openConditionals] = await Promise.all([
    readBalance(context),
    readPositions(context),
    readOpenOrders(context),
    readConditionals(context, null),
  ]);
  if (account === null || positions === null || openOrders === null || openConditionals === null) return null;
  return { at, ...account, positions, openOrders, openConditionals };
}

async function readRows(context: VenueContext, read: AccountRead): Promise<unknown> {
  const answer = await accountRead(context, read);
  if (answer.kind === 'ok') return answer.body;
  context.logger.warn({ path: read.path, reason: reasonOf(answer) }, 'an account read brought no information');
  return null;
}

async function readBalance(
  context: VenueContext,
): Promise<Pick<AccountSnapshot, 'walletBalance' | 'availableBalance' | 'marginBalance'> | null> {
  const parsed = accountSchema.safeParse(await readRows(context, { path: '/fapi/v3/account', weight: 5 }));
  if (!parsed.success) return null;
  // An account that never held USDT has no row for it.
  const usdt = parsed.data.assets.find((row) => row.asset === 'USDT');
  return {
    walletBalance: decimalString(usdt?.walletBalance ?? '0'),
    availableBalance: decimalString(usdt?.availableBalance ?? '0'),
    marginBalance: decimalString(usdt?.marginBalance ?? '0'),
  };
}

export async function readPositions(context: VenueContext): Promise<readonly PositionState[] | null> {
  const rows = positionSchema.array().safeParse(await readRows(context, { path: '/fapi/v3/positionRisk', weight: 5 }));
  if (!rows.success) return null;
  // A resting order gives a row with amount 0; flat is the absence of a position, not a row.
  return rows.data.filter((row) => Number(row.positionAmt) !== 0).map(toPosition);
}

async function readOpenOrders(context: VenueContext): Promise<readonly OrderState[] | null> {
  const rows = orderSchema.array().safeParse(await readRows(context, { path: '/fapi/v1/openOrders', weight: 40 }));
  return rows.success ? allKnown(rows.data.map(toOrderState)) : null;
}

export async function readConditionals(
  context: VenueContext,
  symbol: SymbolId | null,
): Promise<readonly ConditionalState[] | null> {
  const path = '/fapi/v1/openAlgoOrders';
  if (symbol === null) {
    const rows = algoOrderSchema.array().safeParse(await readRows(context, { path, weight: 40 }));
    return rows.success ? allKnown(rows.data.map(toConditional)) : null;
  }
  const answer = await protectiveRead(context, { path, params: { symbol }, weight: 1 });
  const rows = answer.kind === 'ok' ? algoOrderSchema.array().safeParse(answer.body) : null;
  return rows?.success ? allKnown(rows.data.map(toConditional)) : null;
}

/** One row we cannot understand makes the whole list incomplete. */
function allKnown<Row>(rows: readonly (Row | null)[]): readonly Row[] | null {
  const known = rows.filter((row) => row !== null);
  return known.length === rows.length ? known : null;
}

const TRADES_PER_PAGE = 1_000;
const TRADE_WINDOW_MS = 7 * 86_400_000;
const MAX_PAGES = 50;

/** The venue gives the oldest rows of a window first, so paging goes forward by trade number. */
export async function readFills(context: VenueContext, symbol: SymbolId, fromMs: EpochMs): Promise<readonly Fill[] | null> {
  await context.clock.ensure();
  const rows = new Map<string, TradeRow>();
  let windowMs: number = fromMs;
  for (let page = 0; page < MAX_PAGES && windowMs <= context.clock.now(); page++) {
    const part = await readTrades(context, {
      symbol,
      startTime: windowMs,
      endTime: windowMs + TRADE_WINDOW_MS - 1,
      limit: TRADES_PER_PAGE,
    });
    if (part === null) return null;
    for (const row of part) rows.set(row.id, row);
    if (part.length < TRADES_PER_PAGE) windowMs += TRADE_WINDOW_MS;
    else if (!(await readRest(context, symbol, rows))) return null;
    else break;
  }
  return [...rows.values()]
    .filter((row) => row.symbol === symbol && row.time >= fromMs)
    .sort(byTrade)
    .map(toFill);
}

/** From a full page on: by trade number to the newest, which needs no windows. */
async function readRest(context: VenueContext, symbol: SymbolId, rows: Map<string, TradeRow>): Promise<boolean> {
  for (let page = 0; page < MAX_PAGES; page++) {
    const lastId = [...rows.values()].sort(byTrade).at(-1)?.id ?? '0';
    const part = await readTrades(context, { symbol, fromId: String(BigInt(lastId) + 1n), limit: TRADES_PER_PAGE });
    if (part === null) return false;
    for (const row of part) rows.set(row.id, row);
    if (part.length < TRADES_PER_PAGE) return true;
  }
  return false;
}

function byTrade(a: TradeRow, b: TradeRow): number {
  const difference = BigInt(a.id) - BigInt(b.id);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

async function readTrades(
  context: VenueContext,
  params: Readonly<Record<string, string | number>>,
): Promise<readonly TradeRow[] | null> {
  const rows = tradeSchema.array().safeParse(await readRows(context, { path: '/fapi/v1/userTrades', params, weight: 5 }));
  return rows.success ? rows.data : null;
}

export interface FundingPayment {
  readonly at: EpochMs;
  readonly amount: string;
}

const INCOME_PER_PAGE = 1_000;

/** Pages by time; rows of one millisecond may come twice and count once (transaction numbers are unique within a type). */
const INCOME_KINDS: Readonly<Record<string, IncomeRow['kind']>> = {
  REALIZED_PNL: 'realised',
  COMMISSION: 'commission',
  FUNDING_FEE: 'funding',
  SPECIAL_FUNDING_FEE: 'funding',
};

/** The account's books on one symbol; kinds that are not part of a trade's result are left out. */
export async function readIncome(
  context: VenueContext,
  symbol: SymbolId,
  fromMs: EpochMs,
  toMs: EpochMs,
): Promise<readonly IncomeRow[] | null> {
  const found = new Map<string, IncomeRow>();
  let startTime: number = fromMs;
  for (let page = 0; page < MAX_PAGES; page++) {
    const params = { symbol, startTime, endTime: toMs, limit: INCOME_PER_PAGE };
    const rows = incomeSchema.array().safeParse(await readRows(context, { path: '/fapi/v1/income', params, weight: 30 }));
    if (!rows.success) return null;
    for (const row of rows.data) {
      const kind = INCOME_KINDS[row.incomeType];
      if (row.symbol !== symbol || kind === undefined) continue;
      found.set(`${row.incomeType} ${row.tranId}`, { kind, at: epochMs(row.time), amount: row.income });
    }
    const newestMs = rows.data.reduce((at, row) => Math.max(at, row.time), startTime);
    if (rows.data.length < INCOME_PER_PAGE || newestMs === startTime) break;
    startTime = newestMs;
  }
  return [...found.values()].sort((a, b) => a.at - b.at);
}

export async function readFunding(
  context: VenueContext,
  symbol: SymbolId,
  fromMs: EpochMs,
  toMs: EpochMs,
): Promise<readonly FundingPayment[] | null> {
  const rows = await readIncome(context, symbol, fromMs, toMs);
  return rows?.filter(({ kind }) => kind === 'funding').map(({ at, amount }) => ({ at, amount })) ?? null;
}
