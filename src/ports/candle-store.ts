// Ports: candles that outlive the process, so that a restart asks the venue for what it missed only. A projection: losing it
// costs a cold start, never a trade.
import type { BarRows } from '../core/bar-rows.ts';
import type { EpochMs, SymbolId } from '../core/units.ts';

/** What the strategies made of the bars that they were fed. */
export interface StoredMemory {
  /** By which rules; others cannot go on from it. */
  readonly rules: string;
  /** Plain JSON. */
  readonly facts: unknown;
  readonly numbers: Float64Array;
}

/** Closed bars of one contract, oldest first, and what was made of them; null where only the bars were kept. */
export interface StoredCandles {
  readonly symbol: SymbolId;
  readonly trend: BarRows;
  readonly entry: BarRows;
  /** Of what was found in an archive it is drawn up each time it is asked for, and throws where it is no memory. */
  readonly memory: StoredMemory | null;
}

/** `absent`: nothing usable, with the reason for the log. Records are read one by one; null = none or damaged. */
export type CandleArchive =
  | {
      readonly kind: 'found';
      readonly savedMs: EpochMs;
      readonly symbols: number;
      find(symbol: SymbolId): StoredCandles | null;
      /** Nobody reads these any more: the next may lie where they lay. */
      release(candles: StoredCandles): void;
      /** Nothing more will be asked for. */
      close(): void;
    }
  | { readonly kind: 'absent'; readonly reason: string };

/** One snapshot under way: what was there before stays until `finish` has put the new one in its place. */
export interface CandleWriter {
  add(candles: StoredCandles): void;
  /** Resolves when what was added so far has left for the disk: whoever adds waits, so that no heap of bytes grows. */
  flush(): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

export interface CandleStore {
  load(): CandleArchive;
  begin(savedMs: EpochMs): Promise<CandleWriter>;
}
