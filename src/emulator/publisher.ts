// Emulator, streams: which market frame leaves at which instant of market time. Only what somebody listens to is built.
// The plan depends on market time, speed and subscriptions alone, never on how fast this machine is.
import { hash32, unitAt } from '../core/random.ts';
import { FEED_FRAMES_PER_WALL_SECOND } from './feed-plan.ts';
import { FrameShape, nextFundingMs } from './market-frames.ts';
import type { MarketView } from './market-view.ts';
import type { KlineStream, StreamHub, Topic } from './stream-hub.ts';

const MINUTE_MS = 60_000;
/** Forming frames leave on this grid. */
export const FRAME_GRID_MS = 250;
const BUCKETS = MINUTE_MS / FRAME_GRID_MS;
const MARK_EVERY_MS = 3_000;
const FRAMES_PER_WALL_SECOND = 6_000;
const FINAL_DELAY_MIN_MS = 50;
const FINAL_DELAY_MAX_MS = 2_500;
/** Mark arrays a wall second; beyond 60× of market time per 3 s array they would only burn the listener's time. */
const MARK_ARRAYS_PER_WALL_SECOND = 7;

interface Final {
  readonly atMs: number;
  readonly stream: KlineStream;
}

export interface PublisherOptions {
  readonly view: MarketView;
  readonly hub: StreamHub;
  readonly seed: number;
  readonly finals: 'late' | 'onTime';
  readonly speed: () => number;
}

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #shapes: readonly FrameShape[];
  #planKey = '';
  #klines: KlineStream[] = [];
  #marks: Topic[] = [];
  #markArrays: string[] = [];
  #hasFeeds = false;
  #buckets: KlineStream[][] = [];
  #formingPerMinute = 0;
  /** Final frames of the minute that began at `#finalsOfMs`, in order of time. */
  #finals: Final[] = [];
  #finalsOfMs = Number.NaN;
  #finalsPlan = '';
  readonly #lastSent = new Map<string, string>();

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#shapes = options.view.source.contracts.map((contract) => new FrameShape(contract));
  }

  shape(index: number): FrameShape {
    return this.#shapes[index] as FrameShape;
  }

  /** First instant after this one at which a frame may leave. */
  nextAfter(atMs: number): number {
    this.#plan();
    const gridMs = this.#formingPerMinute === 0 ? MARK_EVERY_MS : FRAME_GRID_MS;
    const grid = atMs - (atMs % gridMs) + gridMs;
    const final = this.#finalsOf(atMs).find((due) => due.atMs > atMs)?.atMs ?? Number.POSITIVE_INFINITY;
    return Math.min(grid, final);
  }

  /** Sends what is due at exactly this instant: final candles, then marks, then forming candles. */
  run(atMs: number): void {
    this.#plan();
    for (const final of this.#finalsOf(atMs)) if (final.atMs === atMs) this.#sendFinal(final);
    if (atMs % MARK_EVERY_MS === 0) this.#sendMarks(atMs);
    if (atMs % FRAME_GRID_MS === 0) {
      for (const stream of this.#buckets[(atMs % MINUTE_MS) / FRAME_GRID_MS] ?? []) this.#sendForming(stream, atMs);
    }
  }

  markJson(index: number, atMs: number): string {
    const { view } = this.#options;
    return this.shape(index).mark(atMs, {
      price: view.mark(index, atMs),
      rate: view.fundingRate(index, atMs),
      nextFundingMs: nextFundingMs(view.contract(index), atMs),
    });
  }

  #plan(): void {
    const { hub, speed } = this.#options;
    const key = `${hub.version}|${speed()}`;
    if (key === this.#planKey) return;
    this.#planKey = key;
    this.#klines = [];
    this.#marks = [];
    this.#markArrays = [];
    this.#hasFeeds = false;
    for (const topic of hub.topics()) this.#sort(topic);
    const budget = FRAMES_PER_WALL_SECOND - (this.#hasFeeds ? FEED_FRAMES_PER_WALL_SECOND : 0);
    this.#formingPerMinute = formingFrames(speed(), this.#klines.length, budget);
    this.#buckets = spread(this.#klines, this.#formingPerMinute, this.#options.seed);
  }

  #sort(topic: Topic): void {
    const meaning = topic.meaning;
    switch (meaning.kind) {
      case 'kline':
        this.#klines.push({ name: topic.name, index: meaning.index, interval: meaning.interval, form: meaning.form });
        return;
      case 'mark':
        this.#marks.push(topic);
        return;
      case 'markArray':
        this.#markArrays.push(topic.name);
        return;
      default:
        // Everything else is the feeds' business.
        this.#hasFeeds = true;
    }
  }

  /** Finals owed in the minute that contains the instant: candles that closed where it began. */
  #finalsOf(atMs: number): readonly Final[] {
    const minuteMs = atMs - (atMs % MINUTE_MS);
    if (this.#finalsOfMs === minuteMs && this.#finalsPlan === this.#planKey) return this.#finals;
    this.#finalsOfMs = minuteMs;
    this.#finalsPlan = this.#planKey;
    const closing = this.#klines.filter((stream) => stream.interval.open(minuteMs) === minuteMs);
    this.#finals = closing
      .map((stream) => ({ atMs: minuteMs + this.#delayMs(stream, minuteMs), stream }))
      .sort((a, b) => a.atMs - b.atMs || a.stream.index - b.stream.index);
    return this.#finals;
  }

  /** In steps of 10 ms: finer would only cost wake-ups. */
  #delayMs(stream: KlineStream, minuteMs: number): number {
    if (this.#options.finals === 'onTime') return 0;
    const luck = unitAt(this.#options.seed, stream.index, minuteMs / MINUTE_MS, stream.interval.name.length);
    return Math.round((FINAL_DELAY_MIN_MS + luck * (FINAL_DELAY_MAX_MS - FINAL_DELAY_MIN_MS)) / 10) * 10;
  }

  #sendFinal({ stream, atMs }: Final): void {
    const closedMs = atMs - (atMs % MINUTE_MS);
    const openMs = stream.interval.open(closedMs - 1);
    const bar = this.#options.view.closed(stream.index, stream.interval, { fromMs: openMs, toMs: openMs, atMs: closedMs })[0];
    if (bar === undefined) return;
    this.#options.hub.publish(stream.name, this.shape(stream.index).kline(stream, bar, { stage: 'final', atMs }));
  }

  /** The venue pushes a forming candle only when it changed. */
  #sendForming(stream: KlineStream, atMs: number): void {
    const { view, hub } = this.#options;
    if (!view.listed(stream.index, atMs)) return;
    const bar = view.forming(stream.index, stream.interval, atMs);
    if (bar === null) return;
    const state = `${bar.openMs} ${bar.close} ${bar.high} ${bar.low} ${bar.volume}`;
    if (this.#lastSent.get(stream.name) === state) return;
    this.#lastSent.set(stream.name, state);
    hub.publish(stream.name, this.shape(stream.index).kline(stream, bar, { stage: 'forming', atMs }));
  }

  #sendMarks(atMs: number): void {
    const { view, hub, speed } = this.#options;
    for (const topic of this.#marks) {
      if (topic.meaning.kind === 'mark') hub.publish(topic.name, this.markJson(topic.meaning.index, atMs));
    }
    if (this.#markArrays.length === 0 || !isMarkInstant(atMs, speed())) return;
    const crypto: string[] = [];
    const traditional: string[] = [];
    view.source.contracts.forEach((contract, index) => {
      if (!view.listed(index, atMs)) return;
      (contract.contractType === 'TRADIFI_PERPETUAL' ? traditional : crypto).push(this.markJson(index, atMs));
    });
    for (const name of this.#markArrays) {
      hub.publish(name, `[${crypto.join(',')}]`);
      if (traditional.length > 0) hub.publish(name, `[${traditional.join(',')}]`);
    }
  }
}

/** Contract §5: at most floor(240/S) forming frames a minute beside the final one, and 6,000 frames a wall second in all. */
export function formingFrames(speed: number, streams: number, budget = FRAMES_PER_WALL_SECOND): number {
  if (streams === 0) return 0;
  const bySpeed = Math.floor(BUCKETS / speed);
  const byTotal = Math.floor((budget * 60) / (speed * streams)) - 1;
  return Math.max(0, Math.min(BUCKETS, bySpeed, byTotal));
}

/** Spreads each stream's frames evenly over the minute, each stream at its own phase. */
function spread(streams: readonly KlineStream[], framesPerMinute: number, seed: number): KlineStream[][] {
  const buckets: KlineStream[][] = Array.from({ length: BUCKETS }, () => []);
  for (const stream of streams) {
    const phase = hash32(seed, stream.index, stream.interval.name.length) % BUCKETS;
    for (let frame = 0; frame < framesPerMinute; frame++) {
      const bucket = (phase + Math.floor((frame * BUCKETS) / framesPerMinute)) % BUCKETS;
      (buckets[bucket] as KlineStream[]).push(stream);
    }
  }
  return buckets;
}

/** The array of T+3 s is always sent: it belongs to the minute's barrier. */
export function isMarkInstant(atMs: number, speed: number): boolean {
  const every = Math.max(1, Math.ceil(speed / (MARK_ARRAYS_PER_WALL_SECOND * 3)));
  return ((atMs % MINUTE_MS) / MARK_EVERY_MS) % every === 1 % every;
}
