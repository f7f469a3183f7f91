// One recorded run as the parity checks look at it: what it began with, what it said of every contract, what it sent.

import { fromLine, toLine } from '../../src/app/replay/exact-values.ts';
import { cellsBar, type GateLine, type JournalHead, type JournalLine } from '../../src/app/replay/journal-lines.ts';
import { JournalReader } from '../../src/app/replay/journal-reader.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { Bar, Instrument } from '../../src/core/market.ts';
import type { ClosedTrade } from '../../src/core/trade.ts';
import type { SymbolId } from '../../src/core/units.ts';

export type SignalJson = Extract<JournalRow, { table: 'signal' }>;

export interface SaidOfRun {
  /** Close of the minute → verdicts. */
  readonly gates: Map<number, readonly GateLine[]>;
  readonly signals: Map<string, SignalJson>;
  /** Trade id → everything that was planned and sent, in its order. */
  readonly intents: Map<string, string[]>;
  readonly closed: Map<string, ClosedTrade>;
  readonly fills: Map<string, string[]>;
}

export interface RecordedRun extends SaidOfRun {
  readonly head: JournalHead;
  readonly instruments: readonly Instrument[];
  readonly history: Map<SymbolId, { trend: Bar[]; entry: Bar[] }>;
  /** Open of the first bar after the history. */
  readonly firstMs: number;
}

export const nothingSaid = (): SaidOfRun => ({
  gates: new Map(),
  signals: new Map(),
  intents: new Map(),
  closed: new Map(),
  fills: new Map(),
});

const push = (map: Map<string, string[]>, key: string, text: string): void => void map.set(key, [...(map.get(key) ?? []), text]);

/** Ids of orders are the venue's to give, and instants of requests depend on when it answered: neither is a decision. */
export function noteRows(said: SaidOfRun, rows: readonly JournalRow[]): void {
  for (const row of rows) {
    if (row.table === 'signal') said.signals.set(row.signalId, row);
    if (row.table === 'intent' && row.row.version <= 1) push(said.intents, row.row.tradeId, toLine({ plan: row.row.plan }));
    if (row.table === 'op' && row.row.verb !== 'cancel')
      push(said.intents, row.row.tradeId, toLine({ [`${row.row.role} ${row.row.attempt} ${row.row.verb}`]: row.row.params }));
    if (row.table === 'closedTrade') said.closed.set(row.trade.tradeId, row.trade);
    if (row.table === 'fill') push(said.fills, row.tradeId, `${row.role} ${row.fill.action} ${row.fill.qty} @ ${row.fill.price}`);
  }
}

export function noteLine(said: SaidOfRun, line: JournalLine): void {
  if (line[0] === 'gates') said.gates.set(line[1], line[3]);
  if (line[0] === 'rows') noteRows(said, line[1]);
}

export async function recordedRun(path: string): Promise<RecordedRun> {
  const reader = new JournalReader(path);
  const said = nothingSaid();
  const history: RecordedRun['history'] = new Map();
  let head: JournalHead | null = null;
  let instruments: readonly Instrument[] = [];
  let firstMs = Number.NaN;
  for (let step = await reader.next(); step?.line != null; step = await reader.next()) {
    const { line } = step;
    if (line[0] === 'head') head = line[1];
    if (line[0] === 'universe') instruments = line[2];
    if (line[0] === 'loaded') history.set(line[1] as SymbolId, { trend: line[3].map(cellsBar), entry: line[4].map(cellsBar) });
    if (line[0] === 'settled' && Number.isNaN(firstMs)) firstMs = line[2];
    for (const text of step.said) noteLine(said, fromLine(text) as JournalLine);
  }
  if (head === null) throw new Error(`${path} has no head`);
  return { ...said, head, instruments, history, firstMs };
}
