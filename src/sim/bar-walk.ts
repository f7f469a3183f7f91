// Floor 2, the simulated venue: one closed candle as price steps, for whoever has no ticks (paper, backtest, replay).
// Declared pessimism: the adverse extreme of a held position comes before the favourable one, so a bar that holds stop and
// target hits the stop; a gap fills at the open; a trigger is met at its own price plus the taker's spread, never better.
// Kinder would be the path the ticks took; harsher, a fill at the extreme itself.
import { type EpochMs, epochMs } from '../core/units.ts';
import type { SimVenue } from './venue.ts';

export interface WalkedBar {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Leg {
  readonly to: number;
  readonly atMs: EpochMs;
}

/** Where prices go through. `mark` is the venue's own where somebody told it; null: the mark is the last price. */
export interface Road {
  readonly venue: SimVenue;
  readonly symbol: string;
  readonly mark: number | null;
}

/** Walks the bar through everything that rests on the symbol. A symbol that holds nothing of ours is left as it was. */
export function walkBar(venue: SimVenue, symbol: string, bar: WalkedBar, closeMs: number): void {
  if (!venue.watches(symbol)) return;
  const road: Road = { venue, symbol, mark: null };
  stepTo(road, bar.open, epochMs(bar.openMs));
  travel(road, bar.open, legsOf(road, bar, closeMs));
}

/** From one price to the next; each trigger on the way is met at its own price. */
export function travel(road: Road, from: number, legs: readonly Leg[]): void {
  let price = from;
  for (const leg of legs) {
    crossTriggers(road, price, leg);
    stepTo(road, leg.to, leg.atMs);
    price = leg.to;
  }
}

/** A candle does not tell when its extremes came: they are dated a third and two thirds into it. */
export function legsOf({ venue, symbol }: Road, { openMs, high, low, close }: WalkedBar, closeMs: number): readonly Leg[] {
  const short = Number(venue.position(symbol)?.signedQty ?? 0) < 0;
  const third = (closeMs - openMs) / 3;
  const [adverse, favourable] = short ? [high, low] : [low, high];
  return [
    { to: adverse, atMs: epochMs(openMs + Math.floor(third)) },
    { to: favourable, atMs: epochMs(openMs + Math.floor(2 * third)) },
    { to: close, atMs: epochMs(closeMs - 1) },
  ];
}

/** The nearest first: what it sets off may take the others along. */
function crossTriggers(road: Road, from: number, { to, atMs }: Leg): void {
  let at = from;
  for (let next = nearest(road, at, to); next !== null; next = nearest(road, at, to)) {
    stepTo(road, next, atMs);
    at = Number(next);
  }
}

function nearest({ venue, symbol }: Road, from: number, to: number): string | null {
  const way = Math.sign(to - from);
  const ahead = venue
    .openAlgos(symbol)
    .map((algo) => algo.triggerPrice)
    .filter((trigger) => (Number(trigger) - from) * way > 0 && (to - Number(trigger)) * way >= 0)
    .sort((a, b) => (Number(a) - Number(b)) * way);
  return ahead[0] ?? null;
}

/** One price step; without an index of other places the mark is the last price. */
export function stepTo({ venue, symbol, mark }: Road, price: number | string, atMs: EpochMs): void {
  venue.setPrice(symbol, { last: price, mark: mark ?? price }, atMs);
}
