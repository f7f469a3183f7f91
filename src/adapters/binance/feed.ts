// Adapters, binance: market data. Candles come over a few sockets so that one drop costs a part only; the list of
// contracts, tickers and history come by request.
import type { Bar, Instrument, MarketEvent, Ticker24h } from '../../core/market.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { SymbolId } from '../../core/units.ts';
import { VenueError } from '../../ports/errors.ts';
import type { HistoryRequest, MarketDataFeed } from '../../ports/feed.ts';
import { reasonOf, type VenueContext } from './context.ts';
import { venueError } from './errors.ts';
import { readHistory } from './history.ts';
import { toInstrument, toTicker } from './mapper.ts';
import { readMarketFrame } from './market-frames.ts';
import type { Request } from './request.ts';
import { Stream } from './stream.ts';
import { contractSchema, exchangeInfoSchema, rateLimitSchema, tickerSchema, timeSchema } from './wire.ts';

const CONNECTIONS = 4;
const SYMBOLS_WORTH_A_SOCKET = 50;
const MAX_SILENCE_MS = 10_000;
const FIRST_FRAME_DEADLINE_MS = 12_000;
/** A quiet contract trades once a minute; one that says nothing for longer is asked for again. */
const FIRST_FRAME_OF_EACH_MS = 75_000;
const PING_EVERY_MS = 15_000;
/** Every minute of market time each of our streams carries final candles. */
const PACED_SILENCE_MS = 60_000;

export class BinanceFeed implements MarketDataFeed {
  readonly #context: VenueContext;
  readonly #streams = new Set<Stream>();

  constructor(context: VenueContext) {
    this.#context = context;
  }

  async instruments(): Promise<readonly Instrument[]> {
    await this.#context.clock.ensure();
    const info = exchangeInfoSchema.safeParse(await this.#read('exchangeInfo', '/fapi/v1/exchangeInfo', 1));
    if (!info.success) throw new VenueError('exchangeInfo: an unknown shape', { remedy: 'retry' });
    this.#learnLimit(info.data.rateLimits);
    const instruments: Instrument[] = [];
    for (const row of info.data.symbols) {
      const contract = contractSchema.safeParse(row);
      const instrument = contract.success ? toInstrument(contract.data) : null;
      if (instrument === null) this.#context.counts.add('unreadable contract');
      else instruments.push(instrument);
    }
    for (const { symbol, grid } of instruments) this.#context.grids.set(symbol, grid);
    return instruments;
  }

  async tickers(): Promise<readonly Ticker24h[]> {
    const rows = await this.#read('ticker/24hr', '/fapi/v1/ticker/24hr', 40);
    if (!Array.isArray(rows)) throw new VenueError('ticker/24hr: an unknown shape', { remedy: 'retry' });
    const tickers: Ticker24h[] = [];
    for (const row of rows) {
      const parsed = tickerSchema.safeParse(row);
      if (parsed.success) tickers.push(toTicker(parsed.data));
      else this.#context.counts.add('unreadable ticker');
    }
    return tickers;
  }

  history(request: HistoryRequest): Promise<readonly Bar[]> {
    return readHistory(this.#context, request);
  }

  async follow(
    symbols: readonly SymbolId[],
    timeframe: Timeframe,
    sink: (event: MarketEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const streams = new Map(
      shards(symbols, timeframe).map((names, i) => [`market-${i + 1}`, this.#stream(`market-${i + 1}`, names, sink)]),
    );
    const stop = (): void => {
      for (const stream of streams.values()) {
        stream.stop();
        this.#streams.delete(stream);
      }
    };
    for (const ended of [signal, this.#context.stopping]) {
      if (ended.aborted) stop();
      else ended.addEventListener('abort', stop, { once: true });
    }
    await this.#firstFrames(streams, sink);
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#streams].map((stream) => stream.drain()));
  }

  weightUsed(): number {
    return this.#context.gate.used;
  }

  /** The venue's clock, once; null = no answer. It stays out of the breakers: protection needs it too. */
  async serverTime(): Promise<number | null> {
    const deadlineMs = this.#context.pace.readDeadlineMs;
    const answer = await this.#context.rest.call({
      method: 'GET',
      path: '/fapi/v1/time',
      weight: 1,
      lane: 'protect',
      auth: 'none',
      deadlineMs,
      breaker: 'none',
    });
    const parsed = answer.kind === 'ok' ? timeSchema.safeParse(answer.body) : null;
    return parsed?.success ? parsed.data.serverTime : null;
  }

  async #read(what: string, path: string, weight: number): Promise<unknown> {
    const request: Request = {
      method: 'GET',
      path,
      weight,
      lane: 'account',
      auth: 'none',
      deadlineMs: this.#context.pace.slowDeadlineMs,
      breaker: 'market',
    };
    const answer = await this.#context.rest.call(request);
    if (answer.kind === 'ok') return answer.body;
    if (answer.kind === 'refused') throw venueError(what, answer);
    throw new VenueError(`${what}: ${reasonOf(answer)}`, { remedy: 'retry' });
  }

  #learnLimit(rows: readonly unknown[]): void {
    for (const row of rows) {
      const parsed = rateLimitSchema.safeParse(row);
      if (!parsed.success) continue;
      const { rateLimitType, interval, intervalNum, limit } = parsed.data;
      if (rateLimitType === 'REQUEST_WEIGHT' && interval === 'MINUTE' && intervalNum === 1) this.#context.gate.setLimit(limit);
    }
  }

  #stream(name: string, names: readonly string[], sink: (event: MarketEvent) => void): Stream {
    const { clock, counts, wsUrl, wall, random, pace, logger } = this.#context;
    const unheard = (silent: readonly string[]): void => {
      counts.add('stream without a first frame');
      logger.warn(
        { stream: name, count: silent.length, names: silent.slice(0, 5) },
        'subscribed streams are silent; asking again',
      );
    };
    const stream = new Stream({
      name,
      names,
      wall,
      random,
      url: () => Promise.resolve(`${wsUrl}/market/stream`),
      // A paced venue may rightly be silent for as long as it waits for us; its day is shorter than the wall's.
      ...(pace.pacing === 'paced' ? { ageNow: () => clock.now() } : {}),
      vital:
        pace.pacing === 'paced'
          ? {
              kind: 'pings',
              everyMs: PING_EVERY_MS,
              deafness: {
                venueNow: () => this.serverTime(),
                maxSilenceMs: PACED_SILENCE_MS,
                onDeaf: (venueMs) => clock.observe(venueMs),
              },
            }
          : { kind: 'frames', maxSilenceMs: MAX_SILENCE_MS },
      onFrame: (payload) => {
        const event = readMarketFrame(payload, counts);
        if (event === null) return;
        clock.observe(event.at);
        sink(event);
      },
      ...(pace.pacing === 'paced' ? {} : { firstFrames: { withinMs: FIRST_FRAME_OF_EACH_MS, onUnheard: unheard } }),
      onUnreadable: (reason) => {
        if (counts.add(`unreadable frame: ${reason}`) === 1) logger.warn({ stream: name, reason }, 'unreadable frame');
      },
      onState: (state, detail) => sink({ kind: 'feed', at: clock.now(), stream: name, state, detail }),
    });
    this.#streams.add(stream);
    return stream;
  }

  /** A stream that is late is told as down under its own name: it tells itself when it comes up after all. */
  async #firstFrames(streams: ReadonlyMap<string, Stream>, sink: (event: MarketEvent) => void): Promise<void> {
    const { wall, clock } = this.#context;
    const late = new Set(streams.keys());
    await new Promise<void>((resolve) => {
      const cancel = wall.after(FIRST_FRAME_DEADLINE_MS, resolve);
      const all = [...streams].map(([name, stream]) => stream.whenUp().then(() => late.delete(name)));
      void Promise.all(all).then(() => {
        cancel();
        resolve();
      });
    });
    for (const stream of late) sink({ kind: 'feed', at: clock.now(), stream, state: 'down', detail: 'no first frame' });
  }
}

/** Round robin over the connections, marks on the first one; never so few symbols that a quiet minute looks like a dead socket. */
function shards(symbols: readonly SymbolId[], timeframe: Timeframe): readonly (readonly string[])[] {
  const count = Math.max(1, Math.min(CONNECTIONS, Math.floor(symbols.length / SYMBOLS_WORTH_A_SOCKET)));
  const parts: string[][] = Array.from({ length: count }, () => []);
  parts[0]?.push('!markPrice@arr');
  symbols.forEach((symbol, i) => {
    parts[i % count]?.push(`${symbol.toLowerCase()}@kline_${timeframe}`);
  });
  return parts;
}
