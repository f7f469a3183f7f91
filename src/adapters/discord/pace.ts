// Adapters, discord: how often. A person may ask five things in ten seconds; a repeated interaction counts once.

const WINDOW_MS = 10_000;
const PER_WINDOW = 5;
const KEPT_IDS = 2_000;

/** One person's pressing must not become everybody's waiting. */
export class PersonalPace {
  readonly #now: () => number;
  readonly #asked = new Map<string, number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  allows(userId: string): boolean {
    const now = this.#now();
    for (const [id, times] of this.#asked) if ((times.at(-1) ?? 0) <= now - WINDOW_MS) this.#asked.delete(id);
    const recent = (this.#asked.get(userId) ?? []).filter((ms) => ms > now - WINDOW_MS);
    if (recent.length >= PER_WINDOW) return false;
    this.#asked.set(userId, [...recent, now]);
    return true;
  }
}

/** Ids seen before. Gateways deliver again after a resume; the audit remembers longer than this does. */
export class SeenIds {
  readonly #ids = new Set<string>();

  /** True the first time. */
  first(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const oldest = this.#ids.values().next();
    if (this.#ids.size > KEPT_IDS && oldest.done !== true) this.#ids.delete(oldest.value);
    return true;
  }
}
