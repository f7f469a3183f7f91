// Emulator, the world behind the exchange: a part of a market — some contracts, from one instant to another — as a market of
// its own. A measurement over a market without end needs one.
import { epochMs } from '../../core/units.ts';
import { MarketDataError } from './market-data-error.ts';
import type { MarketSource } from './source.ts';

export interface MarketWindow {
  /** Places in the whole market's list. */
  readonly contracts: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
}

export function windowOf(source: MarketSource, window: MarketWindow): MarketSource {
  const { fromMs, toMs } = window;
  const inside = (openMs: number): boolean => openMs >= fromMs && openMs < toMs;
  const place = (index: number): number => {
    const found = window.contracts[index];
    if (found === undefined) throw new MarketDataError(`the window has no contract number ${index}`);
    return found;
  };
  return {
    kind: source.kind,
    contracts: window.contracts.flatMap((index) => source.contracts[index] ?? []),
    defaultFromMs: epochMs(fromMs),
    endMs: toMs,
    listed: (index, atMs) => inside(atMs) && source.listed(place(index), atMs),
    minute: (index, openMs) => (inside(openMs) ? source.minute(place(index), openMs) : null),
    path: (index, openMs) => (inside(openMs) ? source.path(place(index), openMs) : null),
    bars: (index, intervalMs, first, last) =>
      source.bars(place(index), intervalMs, Math.max(first, fromMs), Math.min(last, toMs - intervalMs)),
    markOf: (index, atMs, last) => source.markOf(place(index), atMs, last),
    fundingRate: (index, atMs) => source.fundingRate(place(index), atMs),
  };
}

/** So many contracts that trade all through the span, evenly from the large ones to the small ones, BTC first. */
export function spreadOver(
  source: MarketSource,
  count: number,
  span: { readonly fromMs: number; readonly toMs: number },
): number[] {
  const all = source.contracts.flatMap((contract, index) => {
    const trades = contract.contractType === 'PERPETUAL' && contract.quoteAsset === 'USDT' && contract.status === 'TRADING';
    return trades && source.listed(index, span.fromMs) && source.listed(index, span.toMs - 60_000) ? [index] : [];
  });
  const wanted = Math.min(count, all.length);
  return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)] ?? 0);
}
