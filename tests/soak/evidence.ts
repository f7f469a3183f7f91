// Soak: what is looked at when the run is over — the exchange's all-knowing ledger beside the bot's database.
import Database from 'better-sqlite3';
import { type ParsedClientId, parseClientId } from '../../src/core/client-id.ts';
import type { Income, VenueDoor } from './venue-door.ts';

export interface LedgerFill {
  readonly id: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly price: string;
  readonly qty: string;
  readonly realizedPnl: string;
  readonly commission: string;
  readonly atMs: number;
}

export interface Ledger {
  readonly orders: readonly {
    clientOrderId: string;
    symbol: string;
    quantity: string;
    status: string;
    createMs: number;
    updateMs: number;
  }[];
  readonly algos: readonly { clientAlgoId: string; symbol: string; algoStatus: string; createMs: number; updateMs: number }[];
  readonly fills: readonly LedgerFill[];
  readonly positionHistory: readonly { symbol: string; signedQty: string; atMs: number }[];
}

export interface VenueState {
  readonly clock: { readonly nowMs: number; readonly achievedSpeed: number; readonly holdTimeouts: number };
  readonly positions: readonly { symbol: string; signedQty: string }[];
  readonly openOrders: readonly { clientOrderId: string; symbol: string }[];
  readonly openAlgoOrders: readonly { clientAlgoId: string; symbol: string }[];
  readonly balance: unknown;
  readonly failures: { readonly count: number; readonly last: string | null };
}

export interface Naked {
  readonly symbol: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly wallMs: number;
}

type Row = Readonly<Record<string, string | number | null>>;

export interface Journal {
  readonly intents: readonly Row[];
  readonly fills: readonly Row[];
  readonly closed: readonly Row[];
  readonly outcomes: readonly Row[];
  /** Complete ones: what the training files hold. */
  readonly outcomeRows: readonly Row[];
  readonly virtuals: readonly Row[];
  readonly signals: readonly Row[];
}

export interface Evidence {
  readonly ledger: Ledger;
  readonly state: VenueState;
  readonly naked: readonly Naked[];
  readonly income: readonly Income[];
  readonly journal: Journal;
  readonly startBalance: string;
}

export function readJournal(path: string): Journal {
  const db = new Database(path, { readonly: true });
  const all = (sql: string): readonly Row[] => db.prepare<[], Row>(sql).all();
  try {
    return {
      intents: all('SELECT trade_id, signal_id, symbol, side, state FROM intent'),
      fills: all('SELECT symbol, trade_no, trade_id, role, action, price, qty, fee, realized_pnl, at_ms FROM fill'),
      closed: all('SELECT * FROM closed_trade ORDER BY seq'),
      outcomes: all("SELECT signal_id, exit, json_extract(row_json, '$.t_entry_ms') AS entry_ms FROM outcome"),
      outcomeRows: all('SELECT signal_id FROM outcome_row'),
      virtuals: all('SELECT signal_id FROM virtual_trade'),
      signals: all('SELECT signal_id, symbol, bar_close_ms, row_json FROM signal'),
    };
  } finally {
    db.close();
  }
}

export async function gather(
  door: VenueDoor,
  database: string,
  since: { readonly ms: number; readonly balance: string },
): Promise<Evidence> {
  const ledger = await door.control<Ledger>('ledger');
  const state = await door.control<VenueState>('state');
  const { intervals } = await door.control<{ intervals: readonly Naked[] }>('naked');
  return {
    ledger,
    state,
    naked: intervals,
    income: await door.income(since.ms),
    journal: readJournal(database),
    startBalance: since.balance,
  };
}

/** Fills, orders and conditionals of ours, with what their name says. */
export const own = <T>(rows: readonly T[], nameOf: (row: T) => string): readonly (readonly [T, ParsedClientId])[] =>
  rows.flatMap((row) => {
    const parsed = parseClientId(nameOf(row));
    return parsed === null ? [] : [[row, parsed] as const];
  });
