// Adapters, binance: how often the wire said something we do not know or cannot read. Counted, never fatal.
export class WireCounts {
  readonly #counts = new Map<string, number>();

  /** Returns how often this kind was seen, so that the caller may log the first of its kind only. */
  add(kind: string): number {
    // The venue may invent any number of event names; the table must not grow with them.
    const name = this.#counts.has(kind) || this.#counts.size < 200 ? kind : 'other';
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }

  all(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
