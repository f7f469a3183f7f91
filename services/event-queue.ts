// Services, room 3: the one ordered queue. Whatever happens — a bar, a fill, an answer, a command, a heartbeat — waits here
// for its turn, and the loop takes one at a time, to its end.
import type { LoopEvent } from '../src/core/events.ts';
import { invariant } from '../src/core/units.ts';
import type { AnswerQueue, Asked } from './dispatcher.ts';

/** How many events may wait. Account events and answers are never dropped: beyond the limit the process stops and starts again. */
export const QUEUE_LIMIT = 200_000;

export class EventQueue implements AnswerQueue {
  #asked = 0;
  #waiting: LoopEvent[] = [];
  #head = 0;
  #wake: (() => void) | null = null;
  #closed: 'open' | 'closed' = 'open';
  #supersededFrames = 0;
  /** Latest forming frame per symbol that still waits: a newer one replaces it in place. */
  readonly #forming = new Map<string, number>();

  get length(): number {
    return this.#waiting.length - this.#head;
  }

  /** Forming frames that a newer one replaced before they were looked at. */
  get supersededFrames(): number {
    return this.#supersededFrames;
  }

  /** Requests of the whole run are numbered in the order in which they leave. */
  ask<T>(_label: string, call: () => Promise<T>): Asked<T> {
    this.#asked += 1;
    return { no: this.#asked, answer: call() };
  }

  push(event: LoopEvent): void {
    if (this.#closed === 'closed') return;
    invariant(this.length < QUEUE_LIMIT, `the event queue holds ${QUEUE_LIMIT} events: the loop has stopped taking them`);
    if (event.kind === 'market' && event.event.kind === 'bar' && !event.event.final) {
      const key = event.event.symbol;
      const place = this.#forming.get(key);
      const waiting = place === undefined || place < this.#head ? undefined : this.#waiting[place];
      if (place !== undefined && waiting !== undefined && sameBar(waiting, event)) {
        this.#waiting[place] = event;
        this.#supersededFrames += 1;
        return;
      }
      this.#forming.set(key, this.#waiting.length);
    }
    this.#waiting.push(event);
    this.#wake?.();
    this.#wake = null;
  }

  /** The next event, or undefined when none waits. */
  take(): LoopEvent | undefined {
    const event = this.#waiting[this.#head];
    if (event === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
      this.#forming.clear();
    }
    return event;
  }

  /** Resolves when an event waits or the queue was closed. */
  async ready(): Promise<'event' | 'closed'> {
    while (this.length === 0) {
      if (this.#closed === 'closed') return 'closed';
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return 'event';
  }

  close(): void {
    this.#closed = 'closed';
    this.#wake?.();
    this.#wake = null;
  }
}

function sameBar(waiting: LoopEvent, next: LoopEvent): boolean {
  return (
    waiting.kind === 'market' &&
    next.kind === 'market' &&
    waiting.event.kind === 'bar' &&
    next.event.kind === 'bar' &&
    !waiting.event.final &&
    waiting.event.symbol === next.event.symbol &&
    waiting.event.bar.openMs === next.event.bar.openMs
  );
}
