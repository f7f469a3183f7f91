// Adapters, the journal: gives up what only explained the past: candles and scenes of old signals, raw events, cards that are
// through. Outcomes, trades, orders, fills and balances are never touched. Works in slices, so that the loop never waits for it.
import Database from 'better-sqlite3';
import { DAY_MS } from '../../core/timeframe.ts';
import type { Connection } from './database.ts';

/** reliability.md §6.1. */
export const SLICE_MS = 20;
const BATCH_ROWS = 40;
const FREE_PAGES = 32;
const RAW_EVENT_DAYS = 7;
const CARD_DAYS = 7;
const BUSY_TIMEOUT_MS = 50;

export interface RetentionInstants {
  /** Market time: signals are as old as their market is. */
  readonly marketMs: number;
  readonly wallMs: number;
}

export interface SliceReport {
  readonly rows: number;
  readonly ms: number;
  readonly state: 'more' | 'done';
}

type Bounds = Readonly<Record<'signals' | 'events' | 'cards', number>>;

const STEPS: readonly { readonly bound: keyof Bounds; readonly sql: string }[] = [
  {
    bound: 'signals',
    sql: 'DELETE FROM signal_klines WHERE signal_id IN (SELECT signal_id FROM signal_klines WHERE bar_close_ms < ? LIMIT ?)',
  },
  {
    bound: 'signals',
    sql: `UPDATE signal SET snapshot_json = NULL WHERE seq IN
      (SELECT seq FROM signal WHERE bar_close_ms < ? AND snapshot_json IS NOT NULL LIMIT ?)`,
  },
  { bound: 'events', sql: 'DELETE FROM raw_event WHERE seq IN (SELECT seq FROM raw_event WHERE heard_ms < ? LIMIT ?)' },
  {
    bound: 'cards',
    sql: 'DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox WHERE done_ms < ? LIMIT ?)',
  },
];

export class Retention {
  readonly #db: Connection;
  readonly #snapshotDays: number;
  /** Monotonic milliseconds. */
  readonly #clock: () => number;

  constructor(path: string, options: { readonly snapshotDays: number; readonly clock: () => number }) {
    this.#db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    // A power cut may bring old rows back, and they are given up again.
    this.#db.pragma('synchronous = NORMAL');
    this.#db.pragma('wal_autocheckpoint = 0');
    this.#snapshotDays = options.snapshotDays;
    this.#clock = options.clock;
  }

  /** One slice; `more`: there is still something to give up. Throws what SQLite says: a full disk is no time to tidy. */
  slice(now: RetentionInstants): SliceReport {
    const begun = this.#clock();
    const bounds: Bounds = {
      signals: now.marketMs - this.#snapshotDays * DAY_MS,
      events: now.wallMs - RAW_EVENT_DAYS * DAY_MS,
      cards: now.wallMs - CARD_DAYS * DAY_MS,
    };
    let rows = 0;
    for (const { bound, sql } of STEPS) {
      const step = this.#db.prepare<[number, number]>(sql);
      for (;;) {
        const { changes } = step.run(bounds[bound], BATCH_ROWS);
        rows += changes;
        // Half of the slice is kept for the batch that turns out slow.
        if (changes > 0 && this.#clock() - begun > SLICE_MS / 2) return { rows, ms: this.#clock() - begun, state: 'more' };
        if (changes < BATCH_ROWS) break;
      }
    }
    const free = Number(this.#db.pragma('freelist_count', { simple: true }));
    if (free > 0) this.#db.pragma(`incremental_vacuum(${FREE_PAGES})`);
    return { rows, ms: this.#clock() - begun, state: free > FREE_PAGES ? 'more' : 'done' };
  }

  close(): void {
    this.#db.close();
  }
}
