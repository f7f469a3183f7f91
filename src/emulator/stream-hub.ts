// Emulator, streams: who listens to what. A name that no stream has, or one of another root, is remembered for
// LIST_SUBSCRIPTIONS and never delivers: an acknowledgement is no proof of data, as on the venue.
import { type Interval, intervalOf } from './intervals.ts';

export type StreamRoot = 'market' | 'public' | 'private';

/** Something that takes frames: `data` is the payload's JSON. */
export interface Listener {
  deliver(stream: string, data: string): void;
}

export interface KlineStream {
  readonly name: string;
  readonly index: number;
  readonly interval: Interval;
}

/** What a name means on the /market root. */
type Meaning =
  | { readonly kind: 'kline'; readonly index: number; readonly interval: Interval }
  | { readonly kind: 'mark'; readonly index: number }
  | { readonly kind: 'markArray' }
  | { readonly kind: 'contractInfo' };

export interface Topic {
  readonly name: string;
  readonly meaning: Meaning;
  readonly listeners: Set<Listener>;
}

export class StreamHub {
  readonly #numberOf: (lowerCaseSymbol: string) => number | null;
  readonly #topics = new Map<string, Topic>();
  /** Grows whenever a topic appears or disappears: plans made from the topics are then stale. */
  #version = 0;

  constructor(symbols: readonly string[]) {
    const numbers = new Map(symbols.map((symbol, index) => [symbol.toLowerCase(), index]));
    this.#numberOf = (name) => numbers.get(name) ?? null;
  }

  get version(): number {
    return this.#version;
  }

  subscribe(root: StreamRoot, name: string, listener: Listener): void {
    if (root !== 'market') return;
    const held = this.#topics.get(name);
    if (held !== undefined) {
      held.listeners.add(listener);
      return;
    }
    const meaning = this.#meaningOf(name);
    if (meaning === null) return;
    this.#topics.set(name, { name, meaning, listeners: new Set([listener]) });
    this.#version += 1;
  }

  unsubscribe(name: string, listener: Listener): void {
    const held = this.#topics.get(name);
    if (held === undefined || !held.listeners.delete(listener) || held.listeners.size > 0) return;
    this.#topics.delete(name);
    this.#version += 1;
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

  #meaningOf(name: string): Meaning | null {
    if (/^!markPrice@arr(@1s)?$/.test(name)) return { kind: 'markArray' };
    if (name === '!contractInfo') return { kind: 'contractInfo' };
    const cut = name.indexOf('@');
    const index = cut < 0 ? null : this.#numberOf(name.slice(0, cut));
    // Stream names are lower case; a symbol in capitals is acknowledged and stays silent.
    if (index === null) return null;
    const topic = name.slice(cut + 1);
    if (/^markPrice(@1s)?$/.test(topic)) return { kind: 'mark', index };
    const interval = topic.startsWith('kline_') ? intervalOf(topic.slice('kline_'.length)) : null;
    return interval === null ? null : { kind: 'kline', index, interval };
  }
}
