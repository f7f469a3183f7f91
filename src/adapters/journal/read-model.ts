// Adapters, the journal: questions of the application and of exports. Reads in pages, so that a long export never holds a
// read transaction open while the bot writes.
import type { HitCount, TrainingRow } from '../../core/journal.ts';
import type { KlineBlock } from '../../core/klines.ts';
import type { ClosedTrade } from '../../core/trade.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { RowSource, StoredRow } from '../../ports/row-source.ts';
import { type Connection, openForReading } from './database.ts';
import { unpackKlines } from './klines-codec.ts';
import { hitCounts, recentClosed } from './load-state.ts';

const PAGE_ROWS = 500;
/** A signal that waits for a person is no row yet. */
const ROWS: Readonly<Record<RowStream, string>> = {
  signals: 'signal WHERE waiting = 0 AND',
  outcomes: 'outcome_row WHERE',
  executions: 'closed_trade WHERE',
};

export interface JournalCounts {
  readonly signals: number;
  readonly outcomes: number;
  readonly executions: number;
  readonly openVirtuals: number;
}

export interface SignalRecord {
  readonly signalId: string;
  readonly barCloseMs: number;
  readonly row: TrainingRow;
  readonly evaluationJson: string;
  /** Null after its retention has passed. */
  readonly snapshotJson: string | null;
}

/** Reads beside a running bot (`perpscout export`). */
export const openReadModel = (path: string): ReadModel => new ReadModel(openForReading(path));

export class ReadModel implements RowSource {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** The account that the database belongs to. */
  accountId(): string | null {
    return (
      (this.#db.prepare<[], string>("SELECT value FROM meta WHERE name = 'account'").pluck().get() as string | undefined) ?? null
    );
  }

  *rows(stream: RowStream, afterSeq: number): Generator<StoredRow> {
    const page = this.#db.prepare<[number], { seq: number; json: string }>(
      `SELECT seq, row_json AS json FROM ${ROWS[stream]} seq > ? ORDER BY seq LIMIT ${PAGE_ROWS}`,
    );
    let last = afterSeq;
    for (;;) {
      const found = page.all(last);
      for (const { seq, json } of found) {
        last = seq;
        yield { seq, row: JSON.parse(json) as TrainingRow };
      }
      if (found.length < PAGE_ROWS) return;
    }
  }

  exported(stream: RowStream): number {
    return Number(this.#db.prepare('SELECT seq FROM exported WHERE stream = ?').pluck().get(stream) ?? 0);
  }

  markExported(stream: RowStream, seq: number): void {
    this.#db
      .prepare('INSERT INTO exported(stream, seq) VALUES (?, ?) ON CONFLICT(stream) DO UPDATE SET seq = excluded.seq')
      .run(stream, seq);
  }

  schemaJson(hash: string): string | null {
    const found = this.#db.prepare('SELECT json FROM row_schema WHERE hash = ?').pluck().get(hash);
    return typeof found === 'string' ? found : null;
  }

  counts(): JournalCounts {
    const count = (table: string): number => Number(this.#db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
    return {
      signals: count('signal'),
      outcomes: count('outcome'),
      executions: count('closed_trade'),
      openVirtuals: count('virtual_trade'),
    };
  }

  /** Newest last. */
  recentTrades(count: number): readonly ClosedTrade[] {
    return recentClosed(this.#db, count);
  }

  signal(signalId: string): SignalRecord | null {
    const sql = `SELECT signal_id AS signalId, bar_close_ms AS barCloseMs, row_json AS json, evaluation_json AS evaluationJson, snapshot_json AS snapshotJson
      FROM signal WHERE signal_id = ?`;
    const found = this.#db.prepare<[string], Omit<SignalRecord, 'row'> & { json: string }>(sql).get(signalId);
    if (found === undefined) return null;
    const { json, ...rest } = found;
    return { ...rest, row: JSON.parse(json) as TrainingRow };
  }

  /** The candles that a signal was judged by; null where none were kept or their retention has passed. */
  klines(signalId: string): readonly KlineBlock[] | null {
    const found = this.#db.prepare('SELECT bytes FROM signal_klines WHERE signal_id = ?').pluck().get(signalId);
    return found instanceof Uint8Array ? unpackKlines(found) : null;
  }

  /** Signals of one symbol at one bar, as they were judged then. */
  signalsAt(symbol: string, barCloseMs: number): readonly Omit<SignalRecord, 'row'>[] {
    const sql = `SELECT signal_id AS signalId, bar_close_ms AS barCloseMs, evaluation_json AS evaluationJson, snapshot_json AS snapshotJson
      FROM signal WHERE symbol = ? AND side IN ('long', 'short') AND bar_close_ms = ? ORDER BY seq`;
    return this.#db.prepare<[string, number], Omit<SignalRecord, 'row'>>(sql).all(symbol, barCloseMs);
  }

  /** Every symbol that ever gave a signal. */
  signalSymbols(): readonly string[] {
    return this.#db
      .prepare<[], { symbol: string }>('SELECT DISTINCT symbol FROM signal')
      .all()
      .map(({ symbol }) => symbol);
  }

  /** What became of past signals, by set-up and score. */
  hitCounts(): readonly HitCount[] {
    return hitCounts(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}
