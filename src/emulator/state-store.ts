// Emulator, memory: the account, the market's place in time and the keys on disk. What was acknowledged was written before
// (a killed process forgets nothing); the small clock file follows every second in between.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimSnapshot } from '../sim/snapshot.ts';
import { FolderLock } from './folder-lock.ts';
import type { NakedSpan } from './naked-watch.ts';
import type { ScriptedPath } from './price-script.ts';
import type { ListenKeyState } from './user-stream.ts';

/** The market an account lives in: another one cannot go on with its positions. */
export interface MarketIdentity {
  readonly kind: string;
  readonly seed: number;
  readonly symbols: number;
  readonly firstSymbol: string;
  /** Hash of all contract names in order. */
  readonly names: number;
}

export interface SavedExchange {
  readonly version: 1;
  readonly accountId: string;
  readonly generation: number;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly market: MarketIdentity;
  readonly nowMs: number;
  readonly account: SimSnapshot;
  readonly scripts: readonly ScriptedPath[];
  readonly listenKey: ListenKeyState | null;
  readonly naked: readonly NakedSpan[];
}

const STATE = 'state.json';
const CLOCK = 'clock.json';

export class StateStore {
  readonly #folder: string;
  readonly #lock: FolderLock;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'exchange');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#lock = new FolderLock(join(dataDir, 'exchange.lock'));
  }

  /** The saved exchange with the later of its two clocks, or null where none was kept. */
  load(): SavedExchange | null {
    const path = join(this.#folder, STATE);
    if (!existsSync(path)) return null;
    const saved = readJson(path) as SavedExchange;
    if (saved.version !== 1)
      throw new Error(`${path} has version ${saved.version}, this exchange reads version 1; start with --fresh`);
    const clockPath = join(this.#folder, CLOCK);
    if (!existsSync(clockPath)) return saved;
    const clock = readJson(clockPath) as { accountId: string; nowMs: number };
    return clock.accountId === saved.accountId ? { ...saved, nowMs: Math.max(saved.nowMs, clock.nowMs) } : saved;
  }

  /** Moves what is there out of the way and says how many accounts have lived here. */
  setAside(): number {
    const parent = join(this.#folder, '..');
    const earlier = existsSync(parent) ? readdirSync(parent).filter((name) => /^exchange-\d+$/.test(name)) : [];
    const generation = Math.max(0, ...earlier.map((name) => Number(name.slice('exchange-'.length)))) + 1;
    if (!existsSync(this.#folder)) return generation - 1;
    renameSync(this.#folder, `${this.#folder}-${generation}`);
    return generation;
  }

  save(state: SavedExchange): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    replace(join(this.#folder, STATE), JSON.stringify(state));
  }

  saveClock(accountId: string, nowMs: number): void {
    this.#lock.refresh();
    if (existsSync(this.#folder)) replace(join(this.#folder, CLOCK), JSON.stringify({ accountId, nowMs }));
  }

  close(): void {
    this.#lock.release();
  }
}

/** A reader sees the old file or the new one, never half of one. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new Error(`the exchange's state ${path} cannot be read; start with --fresh to set it aside`, { cause });
  }
}
