// Crash: a look into the database of a bot that was killed a moment ago.
import Database from 'better-sqlite3';

interface Row {
  readonly trade_id: string;
  readonly symbol: string;
  readonly state: string;
}

/** Between the written intent and a position that is known: what a kill finds half done. */
const MAKING = new Set(['prepared', 'sending', 'unknown', 'working', 'openNaked']);
const OVER = new Set(['settling', 'journaled', 'swept', 'voidUnsent', 'voidRejected', 'voidFenced']);

function intents(database: string): readonly Row[] {
  const db = new Database(database, { readonly: true });
  try {
    return db.prepare<[], Row>('SELECT trade_id, symbol, state FROM intent').all();
  } finally {
    db.close();
  }
}

export const inTheMaking = (database: string): readonly string[] =>
  intents(database)
    .filter(({ state }) => MAKING.has(state))
    .map(({ symbol }) => symbol);

/** Trades whose row is still to come; nothing in here means that the books can be closed. A sweep half done is begun anew by any start. */
export const unsettled = (database: string): readonly string[] =>
  intents(database)
    .filter(({ state }) => !['protected', 'journaled', 'swept'].includes(state) && !state.startsWith('void'))
    .map(({ symbol, state, trade_id }) => `${symbol} ${trade_id} ${state}`);

/** Positions on the exchange that no trade of the database is open for: the next life would not know whose they are. */
export function dangling(database: string, open: readonly string[]): readonly string[] {
  const rows = intents(database);
  return open
    .filter((symbol) => !rows.some((row) => row.symbol === symbol && !OVER.has(row.state)))
    .map((symbol) => `${symbol} has a position, and no trade of the database is open for it`);
}
