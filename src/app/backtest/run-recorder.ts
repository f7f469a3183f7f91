// App, backtest: the journal of a run, with a memory of what the report tells: every decision, label, closed trade and moved stop.
import { MemoryJournal } from '../../adapters/journal/memory.ts';
import type { IntentRow, JournalRow, JournalState, OpRow, TrainingRow } from '../../core/journal.ts';
import type { ConditionalOrderRequest, Fill } from '../../core/orders.ts';
import type { ClosedTrade, Outcome } from '../../core/trade.ts';
import type { RowStream } from '../../ports/feature-log.ts';
import type { TradeJournal } from '../../ports/journal.ts';

/** Where the working stop was put, and when. */
export interface StopMove {
  readonly atMs: number;
  readonly trigger: number;
}

export interface BookedTrade {
  readonly closed: ClosedTrade;
  readonly intent: IntentRow;
  readonly fills: readonly { readonly role: string; readonly fill: Fill }[];
  readonly stopMoves: readonly StopMove[];
}

export class RunRecorder implements TradeJournal {
  readonly #journal = new MemoryJournal();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #intents = new Map<string, IntentRow>();
  readonly #ops = new Map<string, OpRow[]>();
  readonly #fills = new Map<string, { role: string; fill: Fill }[]>();
  readonly #closed: ClosedTrade[] = [];
  readonly #texts = new Map<string, string>();

  commit(rows: readonly JournalRow[]): void {
    this.#journal.commit(rows);
    for (const row of rows) this.#note(row);
  }

  load(): JournalState {
    return this.#journal.load();
  }

  close(): void {
    this.#journal.close();
  }

  rows(stream: RowStream): readonly TrainingRow[] {
    return this.#journal.rows(stream).map(({ row }) => row);
  }

  outcomeOf(signalId: string): Outcome | null {
    return this.#outcomes.get(signalId) ?? null;
  }

  /** Why a signal was not taken, in a sentence with its numbers; empty where it was. */
  refusalOf(signalId: string): string {
    return this.#texts.get(signalId) ?? '';
  }

  /** In the order of their closing. */
  trades(): BookedTrade[] {
    return this.#closed.map((closed) => {
      const intent = this.#intents.get(closed.tradeId) as IntentRow;
      const moves = (this.#ops.get(closed.tradeId) ?? [])
        .filter(({ role, verb }) => role === 'w' && verb === 'placeConditional')
        .map(({ signedMs, params }) => ({ atMs: signedMs, trigger: (JSON.parse(params) as ConditionalOrderRequest).trigger }));
      return { closed, intent, fills: this.#fills.get(closed.tradeId) ?? [], stopMoves: moves };
    });
  }

  #note(row: JournalRow): void {
    switch (row.table) {
      case 'signal': {
        const { judgement } = JSON.parse(row.snapshotJson) as { judgement: { text?: string } };
        this.#texts.set(row.signalId, judgement.text ?? '');
        return;
      }
      case 'outcome':
        this.#outcomes.set(row.outcome.signalId, row.outcome);
        return;
      case 'intent':
        this.#intents.set(row.row.tradeId, row.row);
        return;
      case 'op':
        this.#ops.set(row.row.tradeId, [...(this.#ops.get(row.row.tradeId) ?? []), row.row]);
        return;
      case 'fill':
        this.#fills.set(row.tradeId, [...(this.#fills.get(row.tradeId) ?? []), { role: row.role, fill: row.fill }]);
        return;
      case 'closedTrade':
        this.#closed.push(row.trade);
        return;
      case 'opOutcome':
      case 'virtual':
      case 'outcomeRow':
      case 'watermark':
      case 'balance':
      case 'latch':
        return;
    }
  }
}
