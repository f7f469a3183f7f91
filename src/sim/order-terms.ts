// Floor 2, the simulated venue: the finer terms of an order — a price taken from the book (priceMatch), an end date (GTD)
// and what happens when an account meets itself.
import type { Decimal } from '../core/decimal.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import { text } from './money.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { bookLevel } from './synthetic-book.ts';
import type { Rejected, SimOrder, SimOrderRequest, SimSelfTradePrevention } from './types.ts';

const GOOD_FOR_AT_LEAST_MS = 600_000;
const LATEST_GOOD_TILL_MS = 253_402_300_799_000;
const PREVENTIONS: readonly SimSelfTradePrevention[] = ['NONE', 'EXPIRE_TAKER', 'EXPIRE_MAKER', 'EXPIRE_BOTH'];

/** Level and side of the book that each word means; OPPONENT_10 and OPPONENT_20 were switched off in October 2025. */
const MATCHES: Readonly<Record<string, { readonly book: 'opponent' | 'own'; readonly level: number }>> = {
  OPPONENT: { book: 'opponent', level: 1 },
  OPPONENT_5: { book: 'opponent', level: 5 },
  QUEUE: { book: 'own', level: 1 },
  QUEUE_5: { book: 'own', level: 5 },
  QUEUE_10: { book: 'own', level: 10 },
  QUEUE_20: { book: 'own', level: 20 },
};

const hasMatch = (word: string | undefined): word is string => word !== undefined && word !== 'NONE';

export function badTerms(request: SimOrderRequest, atMs: EpochMs): Rejected | null {
  const { selfTradePreventionMode: prevention, goodTillDate, timeInForce } = request;
  if (prevention !== undefined && !PREVENTIONS.some((known) => known === prevention)) return reject(-5039);
  if (timeInForce !== 'GTD') return null;
  if (goodTillDate === undefined) return reject(-1102, 'goodTillDate');
  return goodTillDate <= atMs + GOOD_FOR_AT_LEAST_MS || goodTillDate >= LATEST_GOOD_TILL_MS ? reject(-5040) : null;
}

interface Priced {
  readonly symbol: string;
  readonly side?: string | undefined;
  readonly type: string;
  readonly price?: string | undefined;
  readonly priceMatch?: string | undefined;
}

/** The request with its price in figures. */
export function matchPrice<Asked extends Priced>(
  state: VenueState,
  request: Asked,
): Rejected | { readonly ok: true; readonly request: Asked } {
  if (!hasMatch(request.priceMatch)) return { ok: true, request };
  if (request.type !== 'LIMIT') return reject(-5038);
  if (request.price !== undefined) return reject(-1106, 'price');
  const match = MATCHES[request.priceMatch];
  if (match === undefined) return reject(-5037);
  const price = matchedPrice(state, request, match);
  return price === null ? reject(-5041) : { ok: true, request: { ...request, price: text(price) } };
}

function matchedPrice(
  state: VenueState,
  request: Priced,
  match: { readonly book: 'opponent' | 'own'; readonly level: number },
): Decimal | null {
  const contract = state.contract(request.symbol);
  if (contract === null) return null;
  const buys = (request.side === 'BUY') === (match.book === 'opponent');
  return bookLevel(state, contract, { taker: buys ? 'BUY' : 'SELL', level: match.level });
}

/** What the order remembers of its terms. */
export function termsOf(request: SimOrderRequest): Pick<SimOrder, 'priceMatch' | 'selfTradePrevention' | 'goodTillMs'> {
  const prevention = PREVENTIONS.find((known) => known === request.selfTradePreventionMode);
  return {
    ...(hasMatch(request.priceMatch) ? { priceMatch: request.priceMatch } : {}),
    ...(prevention === undefined ? {} : { selfTradePrevention: prevention }),
    // The venue keeps whole seconds.
    ...(request.timeInForce === 'GTD' && request.goodTillDate !== undefined
      ? { goodTillMs: epochMs(Math.floor(request.goodTillDate / 1_000) * 1_000) }
      : {}),
  };
}
