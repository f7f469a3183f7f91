// Crash: how long positions stood without a live stop, counted a second time from the ledger alone and by other means than the exchange's own
// watch: every instant at which something changed is laid out, and between two of them nothing does. A stop counts as the
// specification has it (reliability.md §2.0): of the closing side, for all of the position, its trigger on the losing side of the
// entry and before the liquidation price.
import { exact } from '../soak/decimal.ts';

export interface CountedFill {
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly qty: string;
  readonly price: string;
  readonly atMs: number;
}

export interface CountedStop {
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly orderType: string;
  readonly algoStatus: string;
  readonly triggerPrice: string;
  readonly quantity: string;
  readonly closePosition: boolean;
  readonly reduceOnly: boolean;
  readonly createMs: number;
  readonly updateMs: number;
  readonly triggerMs: number;
}

export interface CountedLedger {
  readonly fills: readonly CountedFill[];
  readonly algos: readonly CountedStop[];
}

export interface NakedSpan {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Null where it is not known; then no stop is thought too far. */
export type LiquidationOf = (symbol: string, side: 'long' | 'short') => number | null;
const notKnown: LiquidationOf = () => null;

interface Holding {
  readonly qty: bigint;
  /** Of the fill that opened it: near enough to tell one side from the other. */
  readonly entry: number;
}

const endOf = (stop: CountedStop): number => {
  if (stop.algoStatus === 'NEW') return Number.POSITIVE_INFINITY;
  return stop.triggerMs > 0 ? stop.triggerMs : stop.updateMs;
};

function counts(stop: CountedStop, held: Holding, liquidation: number | null): boolean {
  const long = held.qty > 0n;
  if (stop.orderType !== 'STOP_MARKET' || stop.side !== (long ? 'SELL' : 'BUY')) return false;
  const trigger = Number(stop.triggerPrice);
  if (long ? trigger >= held.entry : trigger <= held.entry) return false;
  return liquidation === null || (long ? trigger > liquidation : trigger < liquidation);
}

function covered(stops: readonly CountedStop[], held: Holding, liquidation: number | null): boolean {
  const good = stops.filter((stop) => counts(stop, held, liquidation));
  if (good.some((stop) => stop.closePosition)) return true;
  const size = held.qty > 0n ? held.qty : -held.qty;
  return good.filter((stop) => stop.reduceOnly).reduce((sum, stop) => sum + exact(stop.quantity), 0n) >= size;
}

function spansOf(symbol: string, ledger: CountedLedger, untilMs: number, liquidationOf: LiquidationOf): NakedSpan[] {
  const fills = ledger.fills.filter((fill) => fill.symbol === symbol);
  const stops = ledger.algos.filter((algo) => algo.symbol === symbol);
  const instants = [...fills.map((fill) => fill.atMs), ...stops.flatMap((stop) => [stop.createMs, endOf(stop)])];
  const changes = [...new Set(instants)].filter((at) => at < untilMs).sort((a, b) => a - b);
  const spans: NakedSpan[] = [];
  let held: Holding = { qty: 0n, entry: 0 };
  let nakedFromMs: number | null = null;
  for (const atMs of changes) {
    for (const fill of fills) if (fill.atMs === atMs) held = after(held, fill);
    const live = stops.filter((stop) => stop.createMs <= atMs && atMs < endOf(stop));
    const naked = held.qty !== 0n && !covered(live, held, liquidationOf(symbol, held.qty > 0n ? 'long' : 'short'));
    if (naked) nakedFromMs ??= atMs;
    if (naked || nakedFromMs === null) continue;
    spans.push({ symbol, fromMs: nakedFromMs, toMs: atMs });
    nakedFromMs = null;
  }
  return nakedFromMs === null ? spans : [...spans, { symbol, fromMs: nakedFromMs, toMs: untilMs }];
}

function after(held: Holding, fill: CountedFill): Holding {
  const qty = held.qty + (fill.side === 'BUY' ? exact(fill.qty) : -exact(fill.qty));
  return { qty, entry: held.qty === 0n ? Number(fill.price) : held.entry };
}

/** Spans with a length, by symbol and time. */
export function nakedSpans(
  ledger: CountedLedger,
  untilMs: number,
  liquidationOf: LiquidationOf = notKnown,
): readonly NakedSpan[] {
  const symbols = [...new Set(ledger.fills.map((fill) => fill.symbol))];
  return symbols.flatMap((symbol) => spansOf(symbol, ledger, untilMs, liquidationOf)).filter(({ fromMs, toMs }) => toMs > fromMs);
}

/** Nearest rank: the smallest value that so large a share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
