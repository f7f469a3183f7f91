// Adapters, the journal: the same promises as the database, kept in memory. Backtests and tests write here.
import type {
  BalanceRow,
  HitCount,
  IntentRow,
  JournalRow,
  JournalState,
  LifeRow,
  OpRow,
  TrainingRow,
  WaitingSignal,
} from '../../core/journal.ts';
import { type ClosedTrade, type LongLabel, type Outcome, reachedOneR, type VirtualTrade } from '../../core/trade.ts';
import { type EpochMs, epochMs, invariant, type SymbolId, symbolId } from '../../core/units.ts';
import { JournalError } from '../../ports/errors.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { TradeJournal } from '../../ports/journal.ts';
import type { StoredRow } from '../../ports/row-source.ts';
import { checkVersion, GHOST_WATCH_MS, intentInstant, isFinal, RECENT_LIVES, RECENT_TRADES } from './intent-rules.ts';

type StoredFill = JournalState['fills'][number];
type LastSignal = JournalState['lastSignals'][number];

interface Tables {
  readonly signals: Map<string, TrainingRow>;
  /** Those whose decision waits for a person. */
  readonly waiting: Map<string, WaitingSignal>;
  readonly lastSignals: Map<string, LastSignal>;
  readonly intents: Map<string, IntentRow>;
  readonly ops: Map<string, OpRow>;
  readonly fills: Map<string, StoredFill>;
  readonly virtuals: Map<string, VirtualTrade>;
  readonly outcomes: Map<string, Outcome>;
  readonly outcomeRows: Map<string, TrainingRow>;
  readonly longLabels: Map<string, LongLabel>;
  readonly closed: Map<string, { readonly trade: ClosedTrade; readonly row: TrainingRow }>;
  readonly watermarks: Map<SymbolId, EpochMs>;
  readonly latches: Map<string, string>;
  readonly balances: BalanceRow[];
  /** By number of the start. */
  readonly lives: Map<number, LifeRow>;
}

const emptyTables = (): Tables => ({
  signals: new Map(),
  waiting: new Map(),
  lastSignals: new Map(),
  intents: new Map(),
  ops: new Map(),
  fills: new Map(),
  virtuals: new Map(),
  outcomes: new Map(),
  outcomeRows: new Map(),
  longLabels: new Map(),
  closed: new Map(),
  watermarks: new Map(),
  latches: new Map(),
  balances: [],
  lives: new Map(),
});

function hitCounts(outcomes: readonly Outcome[]): HitCount[] {
  const counts = new Map<string, HitCount>();
  for (const outcome of outcomes) {
    const { setup, score } = outcome;
    const held = counts.get(`${setup}|${score}`) ?? { setup, score, outcomes: 0, hits: 0 };
    const hits = held.hits + Number(reachedOneR(outcome));
    counts.set(`${setup}|${score}`, { setup, score, outcomes: held.outcomes + 1, hits });
  }
  return [...counts.values()].sort((a, b) => (a.setup === b.setup ? a.score - b.score : a.setup < b.setup ? -1 : 1));
}

/** Remembers how to take back each change until the commit stands. */
class Undo {
  readonly #steps: (() => void)[] = [];

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const before = map.get(key);
    this.#steps.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
    map.set(key, value);
  }

  remove<K, V>(map: Map<K, V>, key: K): void {
    const before = map.get(key);
    if (before === undefined) return;
    this.#steps.push(() => map.set(key, before));
    map.delete(key);
  }

  push<V>(list: V[], value: V): void {
    this.#steps.push(() => list.pop());
    list.push(value);
  }

  rollBack(): void {
    for (const step of this.#steps.reverse()) step();
  }
}

export class MemoryJournal implements TradeJournal {
  readonly #tables = emptyTables();
  #fault: string | null = null;
  #closed = false;

  /** Makes every following commit fail, as a full disk does, until it is called with null. */
  failWith(fault: string | null): void {
    this.#fault = fault;
  }

  commit(rows: readonly JournalRow[]): void {
    if (this.#closed) throw new JournalError('the journal is closed');
    if (this.#fault !== null) throw new JournalError(this.#fault);
    const undo = new Undo();
    try {
      for (const row of rows) this.#write(row, undo);
      this.#checkReferences(rows);
    } catch (cause) {
      undo.rollBack();
      throw cause;
    }
  }

  load(): JournalState {
    const t = this.#tables;
    const newest = Math.max(0, ...[...t.intents.values()].map(intentInstant), ...t.watermarks.values());
    const intents = [...t.intents.values()].filter((row) => !isFinal(row.state) || newest - intentInstant(row) < GHOST_WATCH_MS);
    const ids = new Set(intents.map((row) => row.tradeId));
    const recent = [...t.closed.values()].map(({ trade }) => trade).slice(-RECENT_TRADES);
    return {
      intents,
      ops: [...t.ops.values()].filter((op) => ids.has(op.tradeId)),
      fills: [...t.fills.values()].filter((fill) => ids.has(fill.tradeId)),
      virtuals: [...t.virtuals.values()],
      longLabels: [...t.longLabels.values()],
      watermarks: new Map(t.watermarks),
      latches: new Map(t.latches),
      waitingSignals: [...t.waiting.values()],
      lives: [...t.lives.values()].slice(-RECENT_LIVES),
      lastBalance: t.balances.at(-1) ?? null,
      peakEquityUsdt: t.balances.length === 0 ? null : Math.max(...t.balances.map((row) => Number(row.marginBalance))),
      recentNetR: recent.map((trade) => trade.netR),
      recentClosed: recent,
      lastSignals: [...t.lastSignals.values()],
      hitCounts: hitCounts([...t.outcomes.values()]),
    };
  }

  /** Training rows of a stream in the order of their commits. */
  rows(stream: RowStream, afterSeq = 0): readonly StoredRow[] {
    const t = this.#tables;
    const all = {
      signals: [...t.signals.values()],
      outcomes: [...t.outcomeRows.values()],
      executions: [...t.closed.values()].map(({ row }) => row),
    }[stream];
    return all.map((row, i) => ({ seq: i + 1, row })).slice(afterSeq);
  }

  close(): void {
    this.#closed = true;
  }

  #write(row: JournalRow, undo: Undo): void {
    const t = this.#tables;
    switch (row.table) {
      case 'signal':
        this.#writeSignal(row, undo);
        return;
      case 'signalAnswered':
        if (!t.waiting.has(row.signalId)) return;
        undo.remove(t.waiting, row.signalId);
        undo.set(t.signals, row.signalId, row.row);
        return;
      case 'intent':
        checkVersion(row.row, t.intents.get(row.row.tradeId)?.version ?? null);
        undo.set(t.intents, row.row.tradeId, row.row);
        return;
      case 'op':
        invariant(
          row.name === 'mayRepeat' || !t.ops.has(row.row.clientId),
          `op ${row.row.clientId} was written before: an attempt number is never used twice`,
        );
        undo.set(t.ops, row.row.clientId, row.row);
        return;
      case 'opOutcome': {
        const op = t.ops.get(row.clientId);
        invariant(op, `op ${row.clientId} has an outcome but was never written`);
        undo.set(t.ops, row.clientId, { ...op, outcome: row.outcome, code: row.code, venueId: row.venueId ?? op.venueId });
        return;
      }
      case 'fill': {
        const key = `${row.fill.symbol}|${row.fill.tradeNo}`;
        if (!t.fills.has(key)) undo.set(t.fills, key, { tradeId: row.tradeId, role: row.role, fill: row.fill });
        return;
      }
      case 'virtual':
        if (!t.outcomes.has(row.trade.signalId)) undo.set(t.virtuals, row.trade.signalId, row.trade);
        return;
      case 'outcome':
        this.#writeOutcome(row, undo);
        return;
      case 'outcomeRow':
        if (!t.outcomeRows.has(row.signalId)) undo.set(t.outcomeRows, row.signalId, row.row);
        undo.remove(t.longLabels, row.signalId);
        return;
      case 'closedTrade':
        if (!t.closed.has(row.trade.tradeId)) undo.set(t.closed, row.trade.tradeId, { trade: row.trade, row: row.row });
        return;
      case 'watermark':
        undo.set(t.watermarks, row.symbol, epochMs(Math.max(row.barCloseMs, t.watermarks.get(row.symbol) ?? 0)));
        return;
      case 'balance':
        undo.push(t.balances, row.row);
        return;
      case 'latch':
        row.reason === null ? undo.remove(t.latches, row.name) : undo.set(t.latches, row.name, row.reason);
        return;
      case 'life':
        undo.set(t.lives, t.lives.size, { beganMs: row.beganMs, endedMs: null, ending: null, loop: row.loop });
        return;
      case 'lifeEnd':
        this.#endLife(row, undo);
        return;
    }
  }

  #knows(signalId: string): boolean {
    return this.#tables.signals.has(signalId) || this.#tables.waiting.has(signalId);
  }

  #writeSignal(signal: Extract<JournalRow, { table: 'signal' }>, undo: Undo): void {
    const t = this.#tables;
    if (this.#knows(signal.signalId)) return;
    const symbol = symbolId(String(signal.row['symbol']));
    const { signalId, row } = signal;
    if (signal.answer === 'waits') undo.set(t.waiting, signalId, { signalId, symbol, row });
    else undo.set(t.signals, signalId, row);
    const side = signal.row['side'] === 'short' ? 'short' : 'long';
    const held = t.lastSignals.get(`${symbol}|${side}`);
    if (held === undefined || held.barCloseMs <= signal.barCloseMs)
      undo.set(t.lastSignals, `${symbol}|${side}`, { symbol, side, barCloseMs: signal.barCloseMs });
  }

  #endLife({ beganMs, endedMs, ending }: Extract<JournalRow, { table: 'lifeEnd' }>, undo: Undo): void {
    const { lives } = this.#tables;
    const found = [...lives].findLast(([, life]) => life.beganMs === beganMs);
    if (found !== undefined) undo.set(lives, found[0], { ...found[1], endedMs, ending });
  }

  #writeOutcome({ outcome, row, long }: Extract<JournalRow, { table: 'outcome' }>, undo: Undo): void {
    const t = this.#tables;
    const { signalId } = outcome;
    undo.remove(t.virtuals, signalId);
    if (t.outcomes.has(signalId)) return;
    undo.set(t.outcomes, signalId, outcome);
    if (long === undefined) undo.set(t.outcomeRows, signalId, row);
    else undo.set(t.longLabels, signalId, long);
  }

  /** As the database's foreign keys: a label or a virtual trade has its signal, a closed trade its intent. */
  #checkReferences(rows: readonly JournalRow[]): void {
    const t = this.#tables;
    for (const row of rows) {
      if (row.table === 'virtual' && !this.#knows(row.trade.signalId))
        throw new JournalError(`virtual trade ${row.trade.signalId} has no signal`);
      if (row.table === 'outcome' && !this.#knows(row.outcome.signalId))
        throw new JournalError(`outcome ${row.outcome.signalId} has no signal`);
      if (row.table === 'outcomeRow' && !t.outcomes.has(row.signalId))
        throw new JournalError(`the row of outcome ${row.signalId} has no outcome`);
      if (row.table === 'closedTrade' && !t.intents.has(row.trade.tradeId))
        throw new JournalError(`closed trade ${row.trade.tradeId} has no intent`);
    }
  }
}
