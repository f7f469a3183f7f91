// App: how long the venue asked us to stay away. Kept beside the database, so that a restart, or a supervisor that restarts again
// and again, sends nothing before that instant: a request during a ban makes the ban longer.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StartError } from '../ports/errors.ts';

interface Hold {
  readonly restUrl: string;
  /** Venue time. */
  readonly untilMs: number;
}

interface Away {
  readonly untilMs: number;
  readonly nowMs: number;
}

function awayError(restUrl: string, { untilMs, nowMs }: Away): StartError {
  const until = new Date(untilMs).toISOString().slice(0, 19);
  const seconds = Math.ceil((untilMs - nowMs) / 1_000);
  return new StartError(
    75,
    `${restUrl} has asked us to send nothing until ${until}Z (another ${seconds} s), so nothing more was sent; start again after that. Stops rest on the exchange.`,
  );
}

/** The same, where the venue has said so in answer to the first question of this run. */
export function stayAwayWhileHeld(
  restUrl: string,
  { health, clock }: { readonly health: () => { readonly heldUntilMs: number }; readonly clock: { readonly now: () => number } },
): void {
  const away = { untilMs: health().heldUntilMs, nowMs: clock.now() };
  if (away.untilMs > away.nowMs) throw awayError(restUrl, away);
}

export class HoldFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Keeps the longest wait; written whole or not at all. */
  keep(hold: Hold): void {
    if (this.untilMs(hold.restUrl) >= hold.untilMs) return;
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(hold)}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** 0 where this venue asked for nothing. */
  untilMs(restUrl: string): number {
    const hold = this.#read();
    return hold?.restUrl === restUrl ? hold.untilMs : 0;
  }

  /** Refuses the start while the venue wants to hear nothing from us. */
  check(restUrl: string, nowMs: number): void {
    const untilMs = this.untilMs(restUrl);
    if (untilMs > nowMs) throw awayError(restUrl, { untilMs, nowMs });
    if (untilMs > 0) rmSync(this.#path, { force: true });
  }

  /** A file that says nothing readable holds nobody back. */
  #read(): Hold | null {
    if (!existsSync(this.#path)) return null;
    const found = /^\{"restUrl":"([^"]+)","untilMs":(\d+)\}\s*$/.exec(readFileSync(this.#path, 'utf8'));
    return found === null ? null : { restUrl: found[1] ?? '', untilMs: Number(found[2]) };
  }
}
