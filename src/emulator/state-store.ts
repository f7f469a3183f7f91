// Emulator, memory: the account, the market's place in time and the keys on disk. What was acknowledged was written before
// (a killed process forgets nothing); the small clock file follows every second in between. What has ended goes to the
// history file first, then the living state replaces the old one and says how far the history reaches.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type SimHistoryRow, withHistory } from '../sim/history-rows.ts';
import type { SimSnapshot } from '../sim/snapshot.ts';
import { FolderLock } from './folder-lock.ts';
import { HistoryFile } from './history-file.ts';
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

/** A row of the account's history or a closed span of the oracle's. */
export type HistoryLine = SimHistoryRow | { readonly kind: 'nakedSpan'; readonly row: NakedSpan };

export interface SavedExchange {
  /** 1: everything in one file, as earlier releases wrote it. 2: the living part, the rest in the history file. */
  readonly version: 1 | 2;
  /** Only in version 2. */
  readonly historyBytes?: number;
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
const HISTORY = 'history.ndjson';

export class StateStore {
  readonly #folder: string;
  readonly #lock: FolderLock;
  readonly #history: HistoryFile<HistoryLine>;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'exchange');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    this.#history = new HistoryFile(join(this.#folder, HISTORY));
    this.#lock = new FolderLock(join(dataDir, 'exchange.lock'));
  }

  /** The whole saved exchange with the later of its two clocks, or null where none was kept. */
  load(): SavedExchange | null {
    const path = join(this.#folder, STATE);
    if (!existsSync(path)) return null;
    const found = readJson(path) as SavedExchange;
    if (found.version !== 1 && found.version !== 2)
      throw new Error(`${path} has version ${found.version}, this exchange reads versions 1 and 2; start with --fresh`);
    const saved = this.#whole(found);
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

  /** The living part, and what has ended since the last time; together they are one step that happens or does not. */
  save(living: SavedExchange, ended: readonly HistoryLine[]): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#history.append(ended);
    replace(join(this.#folder, STATE), JSON.stringify({ ...living, version: 2, historyBytes: this.#history.bytes }));
  }

  saveClock(accountId: string, nowMs: number): void {
    this.#lock.refresh();
    if (existsSync(this.#folder)) replace(join(this.#folder, CLOCK), JSON.stringify({ accountId, nowMs }));
  }

  close(): void {
    this.#history.close();
    this.#lock.release();
  }

  #whole(found: SavedExchange): SavedExchange {
    const lines = this.#read(found.historyBytes ?? 0);
    if (lines.length === 0) return found;
    const rows = lines.filter((line) => line.kind !== 'nakedSpan');
    const spans = lines.flatMap((line) => (line.kind === 'nakedSpan' ? [line.row] : []));
    return { ...found, account: withHistory(found.account, rows), naked: [...spans, ...found.naked] };
  }

  #read(bytes: number): readonly HistoryLine[] {
    try {
      return this.#history.read(bytes);
    } catch (cause) {
      throw new Error(`the exchange's history in ${this.#folder} cannot be read; start with --fresh to set it aside`, { cause });
    }
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
