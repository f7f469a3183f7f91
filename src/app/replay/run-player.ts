// App, replay: the tape that plays. The loop asks for its next event and gets the recorded one, at the recorded time; requests
// are answered from the record, and what the loop says is held against what it said then.
import type { Asked } from '../../../services/dispatcher.ts';
import { EventQueue } from '../../../services/event-queue.ts';
import type { LoopEvent } from '../../core/events.ts';
import type { JournalRow, JournalState } from '../../core/journal.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import type { MarketClock, WallClock } from '../../ports/clock.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import { toLine } from './exact-values.ts';
import { type Difference, partingOf } from './first-difference.ts';
import { heldMarketClock, heldWallClock } from './held-clock.ts';
import { type At, barEvent, type EventLine, isEventLine, MarkCells, type SaidLine } from './journal-lines.ts';
import type { JournalReader, JournalStep } from './journal-reader.ts';
import { type RunTape, rowsLine } from './run-tape.ts';

interface Pending {
  readonly label: string;
  readonly resolve: (value: unknown) => void;
}

export interface PlayerOptions {
  readonly reader: JournalReader;
  readonly timeframe: Timeframe;
  readonly epochOffsetMs: number;
  /** Called before each event; `stop` ends the replay there. */
  readonly onEvent: (line: EventLine) => 'go' | 'stop';
}

/** Thrown through the loop: from here on nothing that follows means anything. */
export class PartedError extends Error {
  override readonly name = 'PartedError';
  readonly difference: Difference;

  constructor(difference: Difference) {
    super(`the replay parts from the record at ${difference.minute}: ${difference.field}`);
    this.difference = difference;
  }
}

/** A queue that is filled when the loop looks for more. */
class PlayedQueue extends EventQueue {
  readonly pending = new Map<number, Pending>();
  readonly #next: () => Promise<'event' | 'closed'>;
  #asks = 0;
  #onPush: () => void = () => undefined;
  #closed: 'no' | 'yes' = 'no';

  constructor(next: () => Promise<'event' | 'closed'>) {
    super();
    this.#next = next;
  }

  override ask<T>(label: string): Asked<T> {
    this.#asks += 1;
    const no = this.#asks;
    // The record holds what this very request was answered with.
    const answer = new Promise<T>((resolve) => this.pending.set(no, { label, resolve: (value) => resolve(value as T) }));
    return { no, answer };
  }

  override push(event: LoopEvent): void {
    super.push(event);
    this.#onPush();
  }

  /** Resolves with the next push. */
  pushed(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPush = resolve;
    });
  }

  override ready(): Promise<'event' | 'closed'> {
    return this.#closed === 'yes' ? super.ready() : this.#next();
  }

  override close(): void {
    this.#closed = 'yes';
    super.close();
  }
}

export class RunPlayer implements RunTape {
  readonly queue: PlayedQueue;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  readonly counts = { events: 0, minutes: 0, rows: 0, verdicts: 0 };
  /** What the loop said to the newest event that it said something to. */
  lastSaid: readonly SaidLine[] = [];
  readonly #options: PlayerOptions;
  readonly #marks = new MarkCells();
  readonly #timers: (() => void)[] = [];
  /** Trade id → contract. */
  readonly #trades = new Map<string, string>();
  #at: At = [0, 0];
  #step: JournalStep | null = null;
  #said: SaidLine[] = [];
  #facts = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.queue = new PlayedQueue(() => this.#advance());
    this.marketClock = heldMarketClock(() => this.#at);
    const inner: Pick<WallClock, 'every' | 'after'> = {
      every: () => () => undefined,
      after: (_delayMs, callback) => {
        this.#timers.push(callback);
        return () => undefined;
      },
    };
    this.wallClock = heldWallClock(() => this.#at, inner, options.epochOffsetMs);
  }

  /** A step of the opening: what is said from now on belongs to it. */
  begin(step: JournalStep, at: At): void {
    this.finish();
    this.#at = at;
    this.#step = step;
  }

  fact<T>(_read: () => T): T {
    const facts = this.#step?.facts ?? [];
    if (this.#facts >= facts.length)
      this.#part({ symbol: '', field: 'question to the process', left: undefined, right: 'asked' });
    this.#facts += 1;
    // The record holds what this very question was answered with.
    return facts[this.#facts - 1] as T;
  }

  journal(inner: TradeJournal): TradeJournal {
    const commit = (rows: readonly JournalRow[]): void => {
      const place = this.#said.length;
      this.say(rowsLine(rows));
      const lost = this.#step?.lost.get(place);
      if (lost !== undefined) throw lost;
    };
    return { commit, load: (): JournalState => inner.load(), close: () => inner.close() };
  }

  /** Held against the record at once, so that nothing is built on what differs. */
  say(line: SaidLine): void {
    const place = this.#said.length;
    this.#said.push(line);
    if (line[0] === 'rows') this.counts.rows += line[1].length;
    else this.counts.verdicts += line[3].length;
    if (line[0] === 'rows') this.#noteTrades(line[1]);
    const recorded = this.#step?.said[place] ?? null;
    const text = toLine(line);
    if (recorded === text) return;
    const parting = partingOf(recorded, text);
    this.#part({ ...parting, symbol: parting.symbol || this.#symbolIn(recorded ?? text) });
  }

  /** The event is over: what the record has besides was never said now. */
  finish(): void {
    const missing = this.#step?.said[this.#said.length];
    if (missing !== undefined) {
      const parting = partingOf(missing, null);
      this.#part({ ...parting, symbol: parting.symbol || this.#symbolIn(missing) });
    }
    if (this.#said.length > 0) this.lastSaid = this.#said;
    this.#said = [];
    this.#facts = 0;
    this.#step = null;
  }

  async #advance(): Promise<'event' | 'closed'> {
    this.finish();
    const step = await this.#options.reader.next();
    if (step === null || step.line === null || !isEventLine(step.line)) return 'closed';
    return this.hear(step, step.line);
  }

  /** Puts one recorded event before whoever takes events now. */
  async hear(step: JournalStep, line: EventLine): Promise<'event' | 'closed'> {
    this.finish();
    if (this.#options.onEvent(line) === 'stop') return 'closed';
    this.#step = step;
    this.#at = line[1];
    this.counts.events += 1;
    await this.#deliver(line);
    return 'event';
  }

  async #deliver(line: EventLine): Promise<void> {
    const { queue } = this;
    switch (line[0]) {
      case 'bar':
        return queue.push({ kind: 'market', event: barEvent(line, this.#options.timeframe) });
      case 'marks':
        return queue.push({ kind: 'market', event: { kind: 'marks', at: epochMs(line[2]), marks: this.#marks.marks(line[3]) } });
      case 'feed':
        return queue.push({ kind: 'market', event: line[2] });
      case 'account':
        return queue.push({ kind: 'account', event: line[2] });
      case 'answer':
        return this.#answer(line);
      case 'wake':
        return this.#wake(line[2]);
      case 'settled':
        this.counts.minutes += 1;
        return queue.push({ kind: 'settled', barOpenMs: epochMs(line[2]) });
      case 'command':
        return queue.push({ kind: 'command', command: line[2], by: line[3] });
      case 'tick':
        return queue.push({ kind: 'tick', wallMs: line[2] });
    }
  }

  async #answer([, , no, label, value]: Extract<EventLine, readonly ['answer', ...unknown[]]>): Promise<void> {
    const pending = this.queue.pending.get(no);
    if (pending?.label !== label)
      this.#part({ symbol: symbolIn(label), field: `request ${no}`, left: label, right: pending?.label });
    this.queue.pending.delete(no);
    const pushed = this.queue.pushed();
    pending?.resolve(value);
    await pushed;
  }

  #wake(label: string): void {
    const timer = this.#timers.shift();
    if (timer === undefined) this.#part({ symbol: '', field: 'timer', left: label, right: undefined });
    else timer();
  }

  #noteTrades(rows: readonly JournalRow[]): void {
    for (const row of rows) if (row.table === 'intent') this.#trades.set(row.row.tradeId, row.row.symbol);
  }

  /** Rows of orders name their trade only. */
  #symbolIn(text: string): string {
    const found = TRADE_ID.exec(text);
    return this.#trades.get(found?.[1] ?? found?.[2] ?? '') ?? '';
  }

  #part({ symbol, field, left, right }: ReturnType<typeof partingOf>): never {
    const minute = new Date(this.#at[0]).toISOString();
    throw new PartedError({ minute, symbol, field, recorded: left, replayed: right });
  }
}

const TRADE_ID = /k7.-([0-9a-z]{14})-|"tradeId":"([0-9a-z]{14})"/;
const symbolIn = (label: string): string => /\S+$/.exec(label)?.[0] ?? '';
