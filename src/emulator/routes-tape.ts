// Emulator, REST: the public tape — trades, older trades and aggregate trades (§5).
import type { Desk } from './desk.ts';
import type { Contract } from './market/source.ts';
import type { Params } from './request.ts';
import { KEYED, PUBLIC, type Route, weighs } from './route.ts';
import { symbolNumber } from './symbol-number.ts';
import { RUNS_PER_MINUTE, runsOf, type TapeTrade, TRADES_PER_MINUTE, type TradeRun, tradesOf } from './trade-tape.ts';
import { invalidParameter, VenueRefusal } from './venue-error.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const AGG_LOOK_BACK_MS = 48 * HOUR_MS;
const TRADE_LOOK_BACK_MS = 30 * 24 * HOUR_MS;

export function tapeRoutes(desk: Desk): Route[] {
  return [
    { method: 'GET', path: '/fapi/v1/trades', ...PUBLIC, weight: weighs(5), handle: ({ params }) => trades(desk, params) },
    {
      method: 'GET',
      path: '/fapi/v1/historicalTrades',
      ...KEYED,
      weight: weighs(200),
      handle: ({ params }) => historicalTrades(desk, params),
    },
    { method: 'GET', path: '/fapi/v1/aggTrades', ...PUBLIC, weight: weighs(20), handle: ({ params }) => aggTrades(desk, params) },
  ];
}

interface Tape {
  readonly desk: Desk;
  readonly index: number;
  readonly contract: Contract;
}

function tapeOf(desk: Desk, params: Params): Tape {
  const index = symbolNumber(desk, params.required('symbol'));
  return { desk, index, contract: desk.view.contract(index) };
}

function limitOf(params: Params, bounds: { readonly standard: number; readonly most: number }): number {
  const limit = params.integer('limit') ?? bounds.standard;
  if (limit < 1 || limit > bounds.most) throw invalidParameter('limit');
  return limit;
}

const minuteRuns = ({ desk, index }: Tape, openMs: number): TradeRun[] => runsOf(desk.view, index, openMs, desk.now());

/** Newest rows, oldest first: minute by minute backwards until there are enough or the tape ends. */
function newest<Row>(tape: Tape, limit: number, rowsOf: (openMs: number) => readonly Row[]): Row[] {
  const found: Row[][] = [];
  let count = 0;
  const nowMs = tape.desk.now();
  const endMs = nowMs - AGG_LOOK_BACK_MS;
  for (let openMs = nowMs - (nowMs % MINUTE_MS); count < limit && openMs > endMs; openMs -= MINUTE_MS) {
    const rows = [...rowsOf(openMs)];
    count += rows.length;
    found.push(rows);
  }
  return found.reverse().flat().slice(-limit);
}

function trades(desk: Desk, params: Params): unknown[] {
  const limit = limitOf(params, { standard: 500, most: 1_000 });
  const tape = tapeOf(desk, params);
  return newest(tape, limit, (openMs) => minuteRuns(tape, openMs).flatMap(tradesOf).filter(happened(desk))).map((trade) =>
    tradeRow(tape, trade),
  );
}

const happened =
  (desk: Desk) =>
  (trade: TapeTrade): boolean =>
    trade.atMs <= desk.now();

/** From an id on, a month back at most; without an id the newest. */
function historicalTrades(desk: Desk, params: Params): unknown[] {
  const limit = limitOf(params, { standard: 100, most: 500 });
  const tape = tapeOf(desk, params);
  const fromId = params.integer('fromId');
  const oldestId = Math.floor((desk.now() - TRADE_LOOK_BACK_MS) / MINUTE_MS) * TRADES_PER_MINUTE;
  const tradesIn = (openMs: number): TapeTrade[] => minuteRuns(tape, openMs).flatMap(tradesOf).filter(happened(desk));
  if (fromId === null) return newest(tape, limit, tradesIn).map((trade) => tradeRow(tape, trade));
  const firstId = Math.max(fromId, oldestId);
  const openMs = Math.floor(firstId / TRADES_PER_MINUTE) * MINUTE_MS;
  return following(desk, openMs, limit, (at) => tradesIn(at).filter((trade) => trade.id >= firstId)).map((trade) =>
    tradeRow(tape, trade),
  );
}

/** Oldest rows from a minute on. */
function following<Row>(desk: Desk, fromMs: number, limit: number, rowsOf: (openMs: number) => readonly Row[]): Row[] {
  const found: Row[] = [];
  for (let openMs = fromMs; found.length < limit && openMs <= desk.now(); openMs += MINUTE_MS) found.push(...rowsOf(openMs));
  return found.slice(0, limit);
}

/** By id, by a span of less than an hour, or the newest; two days back at most. */
function aggTrades(desk: Desk, params: Params): unknown[] {
  const limit = limitOf(params, { standard: 500, most: 1_000 });
  const tape = tapeOf(desk, params);
  const fromId = params.integer('fromId');
  const startMs = params.integer('startTime');
  const endMs = params.integer('endTime');
  const row = (run: TradeRun): unknown => runRow(tape, run);
  const oldestMs = desk.now() - AGG_LOOK_BACK_MS;
  if (fromId !== null) {
    const openMs = Math.max(Math.floor(fromId / RUNS_PER_MINUTE) * MINUTE_MS, oldestMs - (oldestMs % MINUTE_MS));
    return following(desk, openMs, limit, (at) => minuteRuns(tape, at).filter((run) => run.id >= fromId)).map(row);
  }
  if (startMs === null && endMs === null) return newest(tape, limit, (openMs) => minuteRuns(tape, openMs)).map(row);
  const span = spanOf({ startMs, endMs }, oldestMs);
  const inside = (run: TradeRun): boolean => run.atMs >= span.fromMs && run.atMs <= span.toMs;
  const firstMs = span.fromMs - (span.fromMs % MINUTE_MS);
  return following(desk, firstMs, limit, (openMs) => (openMs > span.toMs ? [] : minuteRuns(tape, openMs).filter(inside))).map(
    row,
  );
}

function spanOf(
  asked: { readonly startMs: number | null; readonly endMs: number | null },
  oldestMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const { startMs, endMs } = asked;
  if (startMs !== null && endMs !== null && startMs > endMs)
    throw new VenueRefusal(-1023, 'Start time is greater than end time.');
  if (startMs !== null && startMs < oldestMs)
    throw new VenueRefusal(-1127, 'Lookback interval is too big. Only the last 48 hours can be asked for.');
  const toMs = endMs ?? (startMs ?? 0) + HOUR_MS - 1;
  const fromMs = startMs ?? toMs - HOUR_MS + 1;
  if (toMs - fromMs >= HOUR_MS) throw new VenueRefusal(-4165, 'Invalid time interval. Maximum time interval is 1 hour.');
  return { fromMs: Math.max(fromMs, oldestMs), toMs };
}

/** Steps as a quantity with the contract's places. */
const quantity = (contract: Contract, steps: number): string =>
  (steps * Number(contract.stepSize)).toFixed(contract.quantityPrecision);

function tradeRow({ contract }: Tape, trade: TapeTrade): Record<string, unknown> {
  const qty = quantity(contract, trade.steps);
  return {
    id: trade.id,
    price: trade.price.toFixed(contract.pricePrecision),
    qty,
    quoteQty: (trade.price * Number(qty)).toFixed(2),
    time: trade.atMs,
    isBuyerMaker: trade.taker === 'SELL',
    isRPITrade: false,
  };
}

export function runRow({ contract }: Pick<Tape, 'contract'>, run: TradeRun): Record<string, unknown> {
  const qty = quantity(contract, run.steps);
  return {
    a: run.id,
    p: run.price.toFixed(contract.pricePrecision),
    q: qty,
    nq: qty,
    f: run.firstTradeId,
    l: run.lastTradeId,
    T: run.atMs,
    m: run.taker === 'SELL',
  };
}
