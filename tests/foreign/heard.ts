// Foreign clients, what their sockets brought: kept in order, and waited for by what a message says.
import type { Row } from './tally.ts';

interface Waiting {
  readonly wanted: (message: Row) => boolean;
  readonly found: (message: Row) => void;
}

export class Heard {
  readonly messages: Row[] = [];
  readonly #waiting = new Set<Waiting>();

  add(message: unknown): void {
    const rows = (Array.isArray(message) ? message : [message]) as Row[];
    for (const row of rows) {
      this.messages.push(row);
      for (const waiter of [...this.#waiting]) if (waiter.wanted(row)) waiter.found(row);
    }
  }

  /** The first message that fits, heard already or yet to come; says what was heard instead when none comes. */
  first(what: string, wanted: (message: Row) => boolean, withinMs = 8_000): Promise<Row> {
    const held = this.messages.find(wanted);
    if (held !== undefined) return Promise.resolve(held);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        const kinds = [...new Set(this.messages.map((message) => String(message['e'] ?? Object.keys(message)[0])))];
        reject(new Error(`${what} did not come within ${withinMs} ms; heard ${this.messages.length}: ${kinds.join(' ')}`));
      }, withinMs);
      const waiter: Waiting = {
        wanted,
        found: (message) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(message);
        },
      };
      this.#waiting.add(waiter);
    });
  }
}
