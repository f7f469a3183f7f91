// Emulator, the world behind the exchange: a bounded memory of generated blocks; the one unused longest is forgotten first.
import { invariant } from '../../core/units.ts';

export class BlockCache<T> {
  readonly #capacity: number;
  readonly #held = new Map<number, T>();

  constructor(capacity: number) {
    invariant(capacity > 0, 'a cache holds at least one block');
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#held.size;
  }

  /** The block of this key, made anew when it is not held. */
  take(key: number, make: () => T): T {
    const held = this.#held.get(key);
    const block = held ?? make();
    // A map keeps the order of insertion: what is used moves to its end.
    if (held !== undefined) this.#held.delete(key);
    this.#held.set(key, block);
    if (this.#held.size > this.#capacity) {
      const oldest = this.#held.keys().next();
      if (!oldest.done) this.#held.delete(oldest.value);
    }
    return block;
  }
}
