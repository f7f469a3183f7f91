// Emulator, streams: who listens to what. A name that no stream has, or one of another root, is remembered for
// LIST_SUBSCRIPTIONS and never delivers: an acknowledgement is no proof of data, as on the venue.
import type { Interval } from './intervals.ts';
import { type Meaning, meaningOf, type NamedContract, rootOf, type StreamRoot } from './stream-names.ts';

/** Something that takes frames: `data` is the payload's JSON. */
export interface Listener {
  deliver(stream: string, data: string): void;
}

export interface KlineStream {
  readonly name: string;
  readonly index: number;
  readonly interval: Interval;
  /** `continuous`: the candle of a pair and contract type, under its own event name. */
  readonly form: 'plain' | 'continuous';
}

export interface Topic {
  readonly name: string;
  readonly meaning: Meaning;
  readonly listeners: Set<Listener>;
}

export class StreamHub {
  readonly #numbers: ReadonlyMap<string, NamedContract>;
  readonly #topics = new Map<string, Topic>();
  /** Grows whenever a topic appears or disappears: plans made from the topics are then stale. */
  #version = 0;
  #onOpened: (topic: Topic) => void = () => undefined;

  constructor(contracts: readonly { readonly symbol: string; readonly contractType: string }[]) {
    this.#numbers = new Map(
      contracts.map(({ symbol, contractType }, index) => [symbol.toLowerCase(), { index, type: contractType.toLowerCase() }]),
    );
  }

  /** Told of each topic at its first subscription. */
  whenOpened(listener: (topic: Topic) => void): void {
    this.#onOpened = listener;
  }

  get version(): number {
    return this.#version;
  }

  subscribe(root: StreamRoot, name: string, listener: Listener): void {
    const held = this.#topics.get(name);
    if (held !== undefined) {
      if (rootOf(held.meaning) === root) held.listeners.add(listener);
      return;
    }
    const meaning = meaningOf(name, this.#numbers);
    if (meaning === null || rootOf(meaning) !== root) return;
    const topic = { name, meaning, listeners: new Set([listener]) };
    this.#topics.set(name, topic);
    this.#version += 1;
    this.#onOpened(topic);
  }

  unsubscribe(name: string, listener: Listener): void {
    const held = this.#topics.get(name);
    if (held === undefined || !held.listeners.delete(listener) || held.listeners.size > 0) return;
    this.#topics.delete(name);
    this.#version += 1;
  }

  has(name: string): boolean {
    return this.#topics.has(name);
  }

  topics(): IterableIterator<Topic> {
    return this.#topics.values();
  }

  publish(name: string, data: string): number {
    const topic = this.#topics.get(name);
    if (topic === undefined) return 0;
    for (const listener of topic.listeners) listener.deliver(name, data);
    return topic.listeners.size;
  }
}
