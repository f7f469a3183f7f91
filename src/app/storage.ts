// App: everything of one session that outlives it: journal, training files, traces, what people see and ask. A database that
// cannot be used does not stop a bot that may have positions: it goes on without one, protects, and opens nothing.
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CsvFeatureLog } from '../adapters/feature-log/csv.ts';
import { advance, catchUpNow, reconcile } from '../adapters/feature-log/projection.ts';
import { DatabaseLostError, setDatabaseAside } from '../adapters/journal/database.ts';
import { GuardedJournal, type GuardedOptions } from '../adapters/journal/guarded.ts';
import { forgetfulPeopleStore, openPeopleStore, type PeopleStore } from '../adapters/journal/people-store.ts';
import { RawEvents } from '../adapters/journal/raw-events.ts';
import { Retention, type RetentionInstants } from '../adapters/journal/retention.ts';
import { salvage } from '../adapters/journal/salvage.ts';
import { openJournal, type SqliteJournal } from '../adapters/journal/sqlite.ts';
import { openTraceStore } from '../adapters/journal/trace-store.ts';
import type { RowSchema } from '../core/row-schema.ts';
import { DAY_MS } from '../core/timeframe.ts';
import type { History } from '../ports/history.ts';
import type { TradeJournal } from '../ports/journal.ts';
import type { Logger } from '../ports/logger.ts';
import type { TraceStore } from '../ports/trace-store.ts';
import type { Settings } from './config.ts';
import { databasePath, reservePath, standbyPath, tracePath } from './data-files.ts';
import { WorkerHistory } from './history/worker-history.ts';

export interface StorageWish {
  readonly settings: Settings;
  readonly accountId: string;
  readonly schemas: readonly RowSchema[];
  readonly logger: Logger;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export interface Storage {
  readonly journal: TradeJournal;
  readonly featureLog: CsvFeatureLog;
  readonly traceStore: TraceStore;
  readonly people: PeopleStore;
  readonly history: History;
  /** Null, or why this run has no database: then nothing is opened. */
  readonly fault: string | null;
  /** What the account stream said, in its own words, and what was found wrong with candles. */
  note(event: { readonly at: number; readonly heardMs: number; readonly body: unknown; readonly source?: 'candles' }): void;
  /** Once a minute: what is finished reaches the disk. */
  keepUp(): void;
  /** As often as the loop has nothing to do; at most 20 ms. */
  tidy(now: RetentionInstants): 'more' | 'done';
  close(): Promise<void>;
}

function openOrLose(wish: StorageWish): SqliteJournal | DatabaseLostError {
  try {
    return openJournal({ path: databasePath(wish.settings), accountId: wish.accountId, schemas: wish.schemas });
  } catch (error) {
    if (error instanceof DatabaseLostError) return error;
    throw error;
  }
}

/** The parts that need a database, or their stand-ins. */
interface DatabaseParts {
  readonly people: PeopleStore;
  readonly fault: string | null;
  readonly note: Storage['note'];
  readonly keepUp: () => void;
  readonly tidy: Storage['tidy'];
  readonly close: () => void;
}

function withDatabase(wish: StorageWish, source: ReturnType<SqliteJournal['reader']>, log: CsvFeatureLog): DatabaseParts {
  const { settings, logger } = wish;
  const path = databasePath(settings);
  const people = openPeopleStore(path, logger);
  const events = new RawEvents(path, logger);
  const retention = new Retention(path, { snapshotDays: settings.RETENTION_SNAPSHOT_DAYS, clock: wish.now });
  const parts = [people, events, retention];
  return {
    people,
    fault: null,
    note: ({ at, heardMs, body, source }) =>
      events.note({ source: source ?? 'account', heardMs, venueMs: at, body: JSON.stringify(body) }),
    keepUp: () => {
      events.flush();
      advance(source, log);
    },
    tidy: (now) => tidySlice(retention, now, logger),
    close: () => {
      for (const part of parts) part.close();
    },
  };
}

function tidySlice(retention: Retention, now: RetentionInstants, logger: Logger): 'more' | 'done' {
  try {
    const { rows, ms, state } = retention.slice(now);
    if (rows > 0) logger.debug({ rows, ms }, 'old explanations were given up');
    return state;
  } catch (error) {
    logger.debug({ error: error instanceof Error ? error.message : String(error) }, 'nothing was tidied');
    return 'done';
  }
}

const withoutDatabase = (fault: string): DatabaseParts => ({
  people: forgetfulPeopleStore(),
  fault,
  note: () => undefined,
  keepUp: () => undefined,
  tidy: () => 'done',
  close: () => undefined,
});

export function openStorage(wish: StorageWish): Storage {
  const { settings, accountId, logger } = wish;
  const opened = openOrLose(wish);
  const database = opened instanceof DatabaseLostError ? null : opened;
  const source = database?.reader() ?? null;
  const featureLog = new CsvFeatureLog({
    dir: settings.ML_LOG_DIR,
    schemas: wish.schemas,
    onFault: (fault, cause) => logger.error({ fault, cause }, 'training row not written'),
  });
  const options: GuardedOptions = {
    standbyPath: standbyPath(settings),
    reservePath: reservePath(settings),
    accountId,
    now: wish.now,
    salvaged: database === null ? salvage(databasePath(settings), accountId) : [],
    onReadBack: (batches) => {
      logger.warn({ batches }, 'rows were read back from the standby file');
      if (source !== null) catchUpNow(source, featureLog);
    },
    onRefused: (path, reason) => logger.error({ path, reason }, 'rows of the standby file contradict the database'),
  };
  const journal = new GuardedJournal(database, options);
  const traceStore = openTraceStore({ path: tracePath(settings), accountId, keepMs: settings.RETENTION_TRACE_DAYS * DAY_MS });
  if (source !== null) reconcile(source, featureLog);
  const fault = opened instanceof DatabaseLostError ? opened.message : '';
  const parts = source === null ? withoutDatabase(fault) : withDatabase(wish, source, featureLog);
  const history = new WorkerHistory(databasePath(settings), tracePath(settings));
  return {
    ...parts,
    journal,
    featureLog,
    traceStore,
    history,
    close: async () => {
      parts.keepUp();
      featureLog.close();
      traceStore.close();
      parts.close();
      journal.close();
      await history.close();
    },
  };
}

/** `--fresh`: rows that waited for the old database go with it. */
function setStandbyAside(settings: Settings, suffix: string): void {
  const path = standbyPath(settings);
  if (existsSync(path)) renameSync(path, `${path}.${suffix}`);
}

/** `--fresh` keeps the old database and its training files under another name: nothing is lost that nobody asked to lose. */
export function setAside(settings: Settings): void {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  if (existsSync(databasePath(settings))) setDatabaseAside(databasePath(settings), stamp);
  setStandbyAside(settings, stamp);
  if (!existsSync(settings.ML_LOG_DIR)) return;
  const rows = readdirSync(settings.ML_LOG_DIR).filter((name) => /\.(csv|schema\.json)$/.test(name));
  if (rows.length === 0) return;
  const folder = join(settings.ML_LOG_DIR, `set-aside-${stamp}`);
  mkdirSync(folder);
  for (const name of rows) renameSync(join(settings.ML_LOG_DIR, name), join(folder, name));
}
