// Ports: questions about the past, answered from the database by somebody else than the loop: a worker with a connection that
// cannot write. Every question may take a while and may fail (JournalError); none of them is ever needed to trade.
import type { CurvePoint, Drawdown, PerformanceReport } from '../core/performance.ts';
import type { TracedEvaluation } from '../core/signal.ts';
import type { ClosedTrade, Outcome } from '../core/trade.ts';
import type { EpochMs, SymbolId } from '../core/units.ts';

/** Market time, `from` included, `to` excluded. */
export interface Span {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** Newest first; `page` counts from 0 and is brought back into range where it lies outside. */
export interface PageWish {
  readonly page: number;
  readonly size: number;
}

export interface Page<Line> {
  readonly lines: readonly Line[];
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  readonly total: number;
}

export type TradeLine = ClosedTrade & {
  readonly leverage: number;
  readonly score: number;
  readonly setup: string;
  readonly quality: string;
};

/** A resolved virtual position; `label` ones were never shown while they ran. Running ones are in the overview. */
export type VirtualLine = Pick<
  Outcome,
  | 'signalId'
  | 'symbol'
  | 'side'
  | 'role'
  | 'score'
  | 'setup'
  | 'exit'
  | 'netR'
  | 'entryPrice'
  | 'exitPrice'
  | 'entryMs'
  | 'exitMs'
> & {
  /** Why it was not real; `taken` where a real trade ran beside it. */
  readonly reason: string;
};

export interface BalanceReport {
  /** Equity, thinned to at most MAX_POINTS points; the first is the last one known before the span. */
  readonly curve: readonly CurvePoint[];
  readonly maxDrawdown: Drawdown;
  readonly first: CurvePoint | null;
  readonly last: CurvePoint | null;
}

export interface StatsReport extends PerformanceReport {
  readonly span: Span;
  /** Seconds between first fill and verified stop, added up over the trades opened in the 30 days before the span's end. */
  readonly nakedSeconds30d: number;
  readonly worstNakedSeconds30d: number;
}

export type ExportKind = 'trades' | 'signals' | 'outcomes' | 'executions';

export interface ExportWish {
  /** `trades` is made for people (byte order mark, no formulas); the others are the training rows, byte for byte. */
  readonly kind: ExportKind;
  readonly span: Span;
  /** A file above it is compressed, and split where that is not enough. */
  readonly maxFileBytes: number;
}

export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** What became of a signal in its own minute. */
export interface SignalFate {
  readonly rank: number;
  readonly kind: 'real' | 'notReal';
  /** Why it was not opened. */
  readonly reason: string | null;
}

/** What the model said of a signal at its decision, as a gate: whether or not it was the filter that decided. */
export interface SignalModel {
  readonly version: string;
  readonly probability: number;
  readonly evR: number;
  readonly mode: 'off' | 'shadow' | 'on';
  readonly threshold: number;
  readonly pass: boolean;
}

export interface RecordedDecision {
  readonly evaluation: TracedEvaluation;
  /** Of a signal; null where it was not kept or nothing was emitted. */
  readonly fate: SignalFate | null;
  /** Absent where no model was asked. */
  readonly model?: SignalModel;
}

export interface DecisionWish {
  readonly symbol: SymbolId;
  /** Close of the asked bar; null = the newest. */
  readonly atMs: EpochMs | null;
}

/** `untouched`: the bar was scanned and no zone was in play. `absent`: nothing is recorded of it. */
export interface DecisionReport extends DecisionWish {
  readonly kind: 'evaluated' | 'untouched' | 'absent';
  /** What is recorded at all, from the first bar's close to the last one's. */
  readonly span: Span | null;
  readonly decisions: readonly RecordedDecision[];
}

export interface History {
  stats(span: Span): Promise<StatsReport>;
  balances(span: Span): Promise<BalanceReport>;
  trades(wish: PageWish): Promise<Page<TradeLine>>;
  virtuals(wish: PageWish): Promise<Page<VirtualLine>>;
  /** No file where the span holds no row. */
  exportCsv(wish: ExportWish): Promise<readonly ExportedFile[]>;
  /** From the traces on disk and the journal: also of bars that memory has given up. */
  decision(wish: DecisionWish): Promise<DecisionReport>;
  close(): Promise<void>;
}
