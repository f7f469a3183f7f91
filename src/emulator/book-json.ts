// Emulator, wire: the order book as text. It is the very book that the matching rules fill from, eaten levels and thinned
// books included.
import type { Desk } from './desk.ts';
import { pad } from './wire-number.ts';

export type WireLevel = readonly [price: string, quantity: string];

export interface WireBook {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

export function bookLevels(desk: Desk, index: number, count: number): WireBook {
  desk.price(index);
  const contract = desk.view.contract(index);
  const book = desk.venue.book(contract.symbol, count);
  const wire = ([price, quantity]: readonly [string, string]): WireLevel => [
    pad(price, contract.pricePrecision),
    pad(quantity, contract.quantityPrecision),
  ];
  return { bids: book.bids.map(wire), asks: book.asks.map(wire) };
}

export interface BestPrices {
  readonly bid: string;
  readonly bidQty: string;
  readonly ask: string;
  readonly askQty: string;
}

/** Zeros where a side is empty. */
export function bestOf(desk: Desk, index: number): BestPrices {
  const { bids, asks } = bookLevels(desk, index, 1);
  const { pricePrecision, quantityPrecision } = desk.view.contract(index);
  const none: WireLevel = [(0).toFixed(pricePrecision), (0).toFixed(quantityPrecision)];
  const [bid, bidQty] = bids[0] ?? none;
  const [ask, askQty] = asks[0] ?? none;
  return { bid, bidQty, ask, askQty };
}
