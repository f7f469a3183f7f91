// Adapters, binance: the best bid and ask of one contract, asked at the moment in which an entry would leave.
import type { SymbolId } from '../../core/units.ts';
import type { VenueContext } from './context.ts';
import { bookTickerSchema } from './wire.ts';

export interface BestPrices {
  readonly bid: number;
  readonly ask: number;
}

/** Null = no information: an entry is not held up for a quote that does not come. */
export async function readQuote(context: VenueContext, symbol: SymbolId): Promise<BestPrices | null> {
  const answer = await context.rest.call({
    method: 'GET',
    path: '/fapi/v1/ticker/bookTicker',
    params: { symbol },
    weight: 2,
    lane: 'account',
    auth: 'none',
    deadlineMs: context.pace.readDeadlineMs,
    breaker: 'market',
  });
  const parsed = answer.kind === 'ok' ? bookTickerSchema.safeParse(answer.body) : null;
  if (!parsed?.success) return null;
  const [bid, ask] = [Number(parsed.data.bidPrice), Number(parsed.data.askPrice)];
  return bid > 0 && ask >= bid ? { bid, ask } : null;
}
