// Emulator, market: the trades behind a minute. The market keeps candles, so the tape is laid out from them: each 3 s piece
// has one run of buys and one of sells at the piece's price, whose quantities add up to the candle's exactly.
import { type MarketBar, PATH_STEP_MS, PATH_STEPS } from './market/source.ts';
import type { MarketView } from './market-view.ts';

const MINUTE_MS = 60_000;
/** Ids leave room for a minute's runs and trades, so that an id tells its minute. */
export const RUNS_PER_MINUTE = 100;
export const TRADES_PER_MINUTE = 1_000_000;

/** Neighbouring trades of one taker side at one price: what an aggregate trade is. */
export interface TradeRun {
  readonly id: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  readonly price: number;
  /** In whole steps of the contract. */
  readonly steps: number;
  readonly atMs: number;
  readonly taker: 'BUY' | 'SELL';
}

export interface TapeTrade {
  readonly id: number;
  readonly price: number;
  readonly steps: number;
  readonly atMs: number;
  readonly taker: 'BUY' | 'SELL';
}

/** Runs of the minute that opens here, in order of time; those that lie after `untilMs` have not happened yet. */
export function runsOf(view: MarketView, index: number, openMs: number, untilMs: number): TradeRun[] {
  const bar = view.minute(index, openMs);
  const prices = view.pathOf(index, openMs);
  if (bar === null || prices === null || !(bar.volume > 0)) return [];
  const step = Number(view.contract(index).stepSize);
  const total = Math.max(1, Math.round(bar.volume / step));
  const buys = Math.min(total, Math.round(bar.takerBuyVolume / step));
  const shares = sharesOf(bar, { buys, sells: total - buys });
  const runs: TradeRun[] = [];
  let tradeId = (openMs / MINUTE_MS) * TRADES_PER_MINUTE;
  shares.forEach((share, at) => {
    const piece = at >> 1;
    const atMs = openMs + piece * PATH_STEP_MS + (at % 2) * (PATH_STEP_MS / 2);
    const firstTradeId = tradeId;
    tradeId += share.trades;
    if (share.steps <= 0 || atMs > untilMs) return;
    const lastTradeId = Math.max(firstTradeId, tradeId - 1);
    const id = (openMs / MINUTE_MS) * RUNS_PER_MINUTE + at;
    runs.push({ id, firstTradeId, lastTradeId, price: prices[piece] ?? bar.close, steps: share.steps, atMs, taker: share.taker });
  });
  return runs;
}

interface Share {
  readonly taker: 'BUY' | 'SELL';
  readonly steps: number;
  readonly trades: number;
}

/**
 * Two shares a piece, spread evenly, and the candle's trades dealt out over them. A minute of few trades has fewer runs:
 * what a run without a trade would have taken goes to the next one of its side. Recordings without counts have one a run.
 */
function sharesOf(bar: MarketBar, volume: { readonly buys: number; readonly sells: number }): Share[] {
  const even = (total: number, piece: number): number =>
    Math.floor((total * (piece + 1)) / PATH_STEPS) - Math.floor((total * piece) / PATH_STEPS);
  const shares = Array.from({ length: PATH_STEPS * 2 }, (_, at) => {
    const taker = at % 2 === 0 ? ('BUY' as const) : ('SELL' as const);
    return { taker, steps: even(taker === 'BUY' ? volume.buys : volume.sells, at >> 1), trades: 0 };
  });
  const filled = shares.filter((share) => share.steps > 0);
  const trades = bar.trades > 0 ? bar.trades : filled.length;
  const carried = { BUY: 0, SELL: 0 };
  filled.forEach((share, at) => {
    share.trades = Math.floor((trades * (at + 1)) / filled.length) - Math.floor((trades * at) / filled.length);
    carried[share.taker] += share.steps;
    share.steps = 0;
    if (share.trades === 0) return;
    share.steps = carried[share.taker];
    carried[share.taker] = 0;
    // More trades than smallest quantities there cannot be.
    share.trades = Math.min(share.trades, share.steps);
  });
  const left = carried.BUY + carried.SELL;
  const last =
    filled.findLast((share) => share.trades > 0 && carried[share.taker] > 0) ?? filled.findLast((one) => one.trades > 0);
  if (last !== undefined) last.steps += left;
  return shares;
}

/** The trades of a run, evenly sized, the first ones larger by what does not divide. */
export function tradesOf(run: TradeRun): TapeTrade[] {
  const count = run.lastTradeId - run.firstTradeId + 1;
  const each = Math.floor(run.steps / count);
  const extra = run.steps - each * count;
  return Array.from({ length: count }, (_, i) => ({
    id: run.firstTradeId + i,
    price: run.price,
    steps: each + (i < extra ? 1 : 0),
    atMs: run.atMs + Math.floor((i * (PATH_STEP_MS / 2)) / count),
    taker: run.taker,
  }));
}
