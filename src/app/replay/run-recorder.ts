// App, run journal: the tape that records. The loop's queue passes through it, its clocks stand while an event is handled, and
// what the loop says is written behind what it was told.
import { EventQueue } from '../../../services/event-queue.ts';
import type { TraceKeeper } from '../../../services/trace-keeper.ts';
import type { LoopEvent } from '../../core/events.ts';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import type { Bar, MarketEvent } from '../../core/market.ts';
import type { SymbolId } from '../../core/units.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import { JournalError } from '../../ports/errors.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import type { OpenedVenue } from '../venue.ts';
import { HeldClock, heldMarketClock, heldWallClock } from './held-clock.ts';
import { type At, barCells, type EventLine, type JournalHead, type JournalLine, MarkCells } from './journal-lines.ts';
import { gatesLine, type RunTape, rowsLine } from './run-tape.ts';

interface History {
  readonly symbol: SymbolId;
  readonly part: 'first' | 'more' | 'again';
  readonly before: readonly Bar[];
  readonly closed: readonly { readonly entryBar: Bar; readonly trendBar: Bar | null }[];
}

export interface RecorderPorts {
  readonly market: MarketClock;
  readonly wall: WallClock;
  readonly write: (line: JournalLine) => void;
}

/** The loop's queue; each event is written as it is taken, which is the order that counts. */
class RecordedQueue extends EventQueue {
  readonly #onTake: (event: LoopEvent) => void;

  constructor(onTake: (event: LoopEvent) => void) {
    super();
    this.#onTake = onTake;
  }

  override take(): LoopEvent | undefined {
    const event = super.take();
    if (event !== undefined) this.#onTake(event);
    return event;
  }
}

export class RunRecorder implements RunTape {
  readonly queue: EventQueue;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  readonly epochOffsetMs: number;
  readonly #clock: HeldClock;
  readonly #write: RecorderPorts['write'];
  readonly #marks = new MarkCells();

  constructor({ market, wall, write }: RecorderPorts) {
    this.#clock = new HeldClock(market, wall);
    this.#write = write;
    this.epochOffsetMs = wall.epoch() - Math.round(wall.now());
    this.queue = new RecordedQueue((event) => this.#write(this.#eventLine(event, this.#clock.hold())));
    this.marketClock = heldMarketClock(() => this.#clock.at);
    this.wallClock = heldWallClock(() => this.#clock.at, wall, this.epochOffsetMs);
  }

  head(head: Omit<JournalHead, 'epochOffsetMs'>): void {
    this.#write(['head', { ...head, epochOffsetMs: this.epochOffsetMs }]);
  }

  /** The contract list of the start is part of the run. */
  watching(opened: OpenedVenue): OpenedVenue {
    const { feed } = opened.venue;
    let told: 'no' | 'yes' = 'no';
    const instruments: typeof feed.instruments = async () => {
      const all = await feed.instruments();
      if (told === 'no') this.#write(['universe', this.#clock.read(), all]);
      told = 'yes';
      return all;
    };
    const watched: typeof feed = {
      instruments,
      tickers: () => feed.tickers(),
      history: (request) => feed.history(request),
      follow: (...asked) => feed.follow(...asked),
      drain: () => feed.drain(),
      weightUsed: () => feed.weightUsed(),
    };
    return { ...opened, venue: { ...opened.venue, feed: watched } };
  }

  loaded({ symbol, part, before, closed }: History): void {
    const trend = [...before, ...closed.flatMap(({ trendBar }) => trendBar ?? [])];
    this.#write(['loaded', symbol, part, trend.map(barCells), closed.map(({ entryBar }) => barCells(entryBar))]);
  }

  started(state: JournalState, overrides: ReadonlyMap<string, string>): void {
    this.#write(['start', this.#clock.hold(), state, overrides]);
  }

  missed(rows: readonly { readonly symbol: SymbolId; readonly bars: readonly { readonly entryBar: Bar }[] }[]): void {
    this.#write(['missed', this.#clock.hold(), rows]);
  }

  looping(readyBarMs: number): void {
    this.#write(['loop', this.#clock.hold(), readyBarMs]);
  }

  ended(): void {
    this.#write(['end']);
  }

  fact<T>(read: () => T): T {
    const value = read();
    this.#write(['fact', value]);
    return value;
  }

  journal(inner: TradeJournal): TradeJournal {
    const commit = (rows: readonly JournalRow[]): void => {
      this.#write(rowsLine(rows));
      try {
        inner.commit(rows);
      } catch (error) {
        if (error instanceof JournalError) this.#write(['lost', error.message, error.kept, error.fault]);
        throw error;
      }
    };
    return { commit, load: () => inner.load(), close: () => inner.close() };
  }

  traces(inner: Pick<TraceKeeper, 'onMinute'>): Pick<TraceKeeper, 'onMinute'> {
    return {
      onMinute: (minute) => {
        this.#write(gatesLine(minute));
        inner.onMinute(minute);
      },
    };
  }

  #eventLine(event: LoopEvent, at: At): EventLine {
    switch (event.kind) {
      case 'market':
        return this.#marketLine(event.event, at);
      case 'account':
        return ['account', at, event.event];
      case 'answer':
        return event.answered === undefined
          ? ['wake', at, event.label]
          : ['answer', at, event.answered.no, event.label, event.answered.value];
      case 'settled':
        return ['settled', at, event.barOpenMs];
      case 'command':
        return ['command', at, event.command, event.by];
      case 'tick':
        return ['tick', at, event.wallMs];
    }
  }

  #marketLine(event: MarketEvent, at: At): EventLine {
    switch (event.kind) {
      case 'bar': {
        const ids = event.tradeIds === undefined ? null : ([event.tradeIds.first, event.tradeIds.last] as const);
        return ['bar', at, event.symbol, event.at, event.final ? 1 : 0, barCells(event.bar), ids];
      }
      case 'marks':
        return ['marks', at, event.at, this.#marks.cells(event.marks)];
      case 'feed':
        return ['feed', at, event];
    }
  }
}
