// App, backtest: the trades of a run as rows that can be checked by hand against the klines, and what each cost.
import { tickSize, ticks, ticksToPrice } from '../../core/grid.ts';
import type { ClosedTrade, TradePlan } from '../../core/trade.ts';
import type { Side } from '../../core/units.ts';
import type { BacktestRun } from './backtest.ts';
import type { BookedTrade } from './run-recorder.ts';

export interface TradeRow {
  readonly tradeId: string;
  readonly signalId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly setup: string;
  readonly score: number;
  /** Close of the signal's bar: the open of the bar that the entry is filled in. */
  readonly signalMs: number;
  readonly entryMs: number;
  readonly entryPrice: number;
  readonly qty: number;
  readonly leverage: number;
  readonly plannedEntry: number;
  readonly stop: number;
  readonly target: number;
  /** Price and instant of each place that the stop was moved to. */
  readonly stopMoves: readonly { readonly atMs: number; readonly price: number }[];
  readonly exitMs: number;
  readonly exitPrice: number;
  readonly exit: string;
  readonly feesUsdt: number;
  /** Positive = received. */
  readonly fundingUsdt: number;
  /** What the taker's spread took on both ways. */
  readonly spreadUsdt: number;
  readonly netUsdt: number;
  readonly riskUsdt: number;
  readonly netR: number;
}

/** The synthetic book's half spread: one basis point of the price, a tick at least (sim/synthetic-book.ts). */
const halfSpread = (price: number, tick: number): number => Math.max(1, Math.ceil(Math.round(price / tick) / 10_000)) * tick;

function rowOf({ closed, intent, stopMoves }: BookedTrade, plan: TradePlan, grid: NonNullable<TradePlan['grid']>): TradeRow {
  const tick = tickSize(grid);
  const qty = Number(closed.qty);
  const [entryPrice, exitPrice] = [Number(closed.averageEntry), Number(closed.averageExit)];
  return {
    tradeId: closed.tradeId,
    signalId: closed.signalId,
    symbol: closed.symbol,
    side: closed.side,
    setup: plan.signal.setup,
    score: plan.signal.score,
    signalMs: intent.barCloseMs,
    entryMs: closed.openedMs,
    entryPrice,
    qty,
    leverage: plan.leverage,
    plannedEntry: ticksToPrice(plan.entry, grid),
    stop: ticksToPrice(plan.stop, grid),
    target: ticksToPrice(plan.target, grid),
    stopMoves: stopMoves.map(({ atMs, trigger }) => ({ atMs, price: ticksToPrice(ticks(trigger), grid) })),
    exitMs: closed.closedMs,
    exitPrice,
    exit: exitWord(closed),
    feesUsdt: Number(closed.feesUsdt),
    fundingUsdt: Number(closed.fundingUsdt),
    spreadUsdt: qty * (halfSpread(entryPrice, tick) + halfSpread(exitPrice, tick)),
    netUsdt: Number(closed.netPnlUsdt),
    riskUsdt: plan.riskUsdt,
    netR: closed.netR,
  };
}

/** Nobody gives commands in a backtest: that one word means the end of a recording. */
const exitWord = ({ exitClass }: ClosedTrade): string => (exitClass === 'command' ? 'endOfData' : exitClass);

export function tradeRows({ portfolio, market }: BacktestRun): TradeRow[] {
  return portfolio.recorder.trades().flatMap((booked) => {
    const { plan } = booked.intent;
    const grid = plan.grid ?? market.instrument(plan.symbol)?.grid;
    return grid === undefined ? [] : [rowOf(booked, plan, grid)];
  });
}

const CSV_HEADER = [
  'trade_id,signal_id,symbol,side,setup,score,signal_time_ms,entry_time_ms,entry_price,qty,leverage,planned_entry,stop,target',
  'stop_moves,exit_time_ms,exit_price,exit_reason,fees_usdt,funding_usdt,spread_usdt,net_usdt,risk_usdt,net_r',
].join(',');

/** A sum of money of eight decimals; no trace of how a double was rounded. */
const money = (value: number): string => String(Number(value.toFixed(8)));
const price = (value: number): string => String(Number(value.toPrecision(12)));

export function tradesCsv(rows: readonly TradeRow[]): string {
  const lines = rows.map((row) =>
    [
      row.tradeId,
      row.signalId,
      row.symbol,
      row.side,
      row.setup,
      row.score,
      row.signalMs,
      row.entryMs,
      price(row.entryPrice),
      row.qty,
      row.leverage,
      price(row.plannedEntry),
      price(row.stop),
      price(row.target),
      row.stopMoves.map((move) => `${move.atMs}@${price(move.price)}`).join(' '),
      row.exitMs,
      price(row.exitPrice),
      row.exit,
      money(row.feesUsdt),
      money(row.fundingUsdt),
      money(row.spreadUsdt),
      money(row.netUsdt),
      money(row.riskUsdt),
      row.netR,
    ].join(','),
  );
  return `${[CSV_HEADER, ...lines].join('\n')}\n`;
}

/** What the trades would have earned at the prices of the klines, free of charge, and what took the rest. */
export function costLadder(
  rows: readonly TradeRow[],
): Readonly<Record<'grossUsdt' | 'feesUsdt' | 'spreadUsdt' | 'fundingUsdt' | 'netUsdt', number>> {
  const sum = (read: (row: TradeRow) => number): number => Number(rows.reduce((total, row) => total + read(row), 0).toFixed(8));
  const [feesUsdt, spreadUsdt, fundingUsdt, netUsdt] = [
    sum((row) => row.feesUsdt),
    sum((row) => row.spreadUsdt),
    sum((row) => row.fundingUsdt),
    sum((row) => row.netUsdt),
  ];
  return {
    grossUsdt: Number((netUsdt + feesUsdt + spreadUsdt - fundingUsdt).toFixed(8)),
    feesUsdt,
    spreadUsdt,
    fundingUsdt,
    netUsdt,
  };
}
