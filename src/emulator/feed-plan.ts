// Emulator, streams: how often each feed leaves. At 1× as on the venue; a faster market stretches them so that all feeds
// together stay inside their part of the frames of a wall second (contract §5).
import type { Topic } from './stream-hub.ts';
import type { Meaning } from './stream-names.ts';

export const FEED_FRAMES_PER_WALL_SECOND = 2_000;
/** Prices move in pieces of 3 s: nothing that follows them needs to leave more often. */
const PIECE_MS = 3_000;
/** Two runs of trades a piece. */
const RUN_MS = 1_500;
/** An array of the whole market costs its listener as much as so many single frames. */
const ARRAY_COST = 300;

interface Pace {
  readonly everyMs: number;
  readonly cost: number;
}

function paceOf(meaning: Meaning, symbols: number): Pace | null {
  switch (meaning.kind) {
    case 'aggTrade':
    case 'trade':
      return { everyMs: RUN_MS, cost: 1 };
    case 'bookTicker':
      return { everyMs: PIECE_MS, cost: 1 };
    case 'bookTickerArray':
      // The venue's 5 s, on the next instant at which prices can have moved.
      return { everyMs: 2 * PIECE_MS, cost: symbols };
    case 'depth':
      return { everyMs: meaning.everyMs, cost: 1 };
    case 'ticker':
    case 'miniTicker':
      return { everyMs: 2_000, cost: 1 };
    case 'tickerArray':
    case 'miniTickerArray':
      return { everyMs: 1_000, cost: ARRAY_COST };
    case 'tradingSession':
      return { everyMs: 1_000, cost: 1 };
    case 'kline':
    case 'mark':
    case 'markArray':
    case 'forceOrder':
    case 'forceOrderArray':
    case 'contractInfo':
      return null;
  }
}

export interface FeedPlan {
  /** Topics by their period in market ms. */
  readonly periods: ReadonlyMap<number, readonly Topic[]>;
  /** Above 1 something had to be left out. */
  readonly stretch: number;
}

export function planFeeds(topics: Iterable<Topic>, market: { readonly symbols: number; readonly speed: number }): FeedPlan {
  const paced = [...topics].flatMap((topic) => {
    const pace = paceOf(topic.meaning, market.symbols);
    if (pace === null) return [];
    return [{ topic, cost: pace.cost, everyMs: market.speed > 1 ? Math.max(PIECE_MS, toPieces(pace.everyMs)) : pace.everyMs }];
  });
  const load = paced.reduce((sum, { cost, everyMs }) => sum + (cost * 1_000 * market.speed) / everyMs, 0);
  const stretch = Math.max(1, Math.ceil(load / FEED_FRAMES_PER_WALL_SECOND));
  const periods = new Map<number, Topic[]>();
  for (const { topic, everyMs } of paced) {
    const period = everyMs * stretch;
    const held = periods.get(period);
    if (held === undefined) periods.set(period, [topic]);
    else held.push(topic);
  }
  return { periods, stretch };
}

const toPieces = (ms: number): number => Math.ceil(ms / PIECE_MS) * PIECE_MS;
