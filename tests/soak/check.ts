// Soak: the form of every verdict. A check that has seen nothing has proved nothing, and says so.

export interface Check {
  /** Invariant of reliability.md §2 where it is one, e.g. "I2". */
  readonly id: string;
  readonly what: string;
  /** How many things were looked at. */
  readonly seen: number;
  readonly faults: readonly string[];
  /** What to say beside the counts. */
  readonly detail?: string;
  /** `mayBeEmpty`: nothing to look at is no fault, as with trades in a quiet hour. */
  readonly needs?: 'something' | 'mayBeEmpty';
}

export const passed = ({ seen, faults, needs = 'something' }: Check): boolean =>
  faults.length === 0 && (seen > 0 || needs === 'mayBeEmpty');

/** The first faults stand for all: a broken run breaks a million bars alike. */
export class FaultList {
  readonly #kept: string[] = [];
  #count = 0;

  add(fault: string): void {
    this.#count += 1;
    if (this.#kept.length < 20) this.#kept.push(fault);
  }

  get all(): readonly string[] {
    const more = this.#count - this.#kept.length;
    return more > 0 ? [...this.#kept, `and ${more} more`] : this.#kept;
  }
}

export const utc = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 19) : String(ms));
