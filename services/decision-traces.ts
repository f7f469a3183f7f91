// Services, room 4: what every strategy thought of every symbol, bar by bar, for the last four hours. Bounded in bytes: the
// oldest minute gives way. Answers "why not" by numbers; decides nothing.
import type { Evaluation } from '../src/core/signal.ts';
import { type EpochMs, epochMs, type SymbolId, symbolId } from '../src/core/units.ts';
import type { TraceDelta, TraceMinute } from '../src/ports/trace-store.ts';
import { ByteReader } from './traces/byte-reader.ts';
import { ByteWriter } from './traces/byte-writer.ts';
import { readEvaluation, type TracedEvaluation, writeEvaluation } from './traces/trace-codec.ts';
import { WordBook } from './traces/word-book.ts';

export interface TraceLimits {
  readonly spanMs: number;
  readonly bytes: number;
}

/** Contract §8.14: 240 minutes, and never more than 16 MB for the whole market. */
export const TRACE_LIMITS: TraceLimits = { spanMs: 240 * 60_000, bytes: 16_000_000 };
/** Besides its bytes a minute costs the objects that hold them. */
const MINUTE_OVERHEAD = 256;
const SYMBOL_PREFIX = 'symbol ';

export interface ScannedMinute {
  readonly barCloseMs: EpochMs;
  /** Every symbol that was looked at, also where no zone was in play. */
  readonly scanned: readonly SymbolId[];
  readonly evaluations: readonly Evaluation[];
}

export interface TraceSpan {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
}

/** `untouched`: the symbol was scanned and no zone was in play. `absent`: nothing is recorded for that minute. */
export type TraceAnswer =
  | { readonly kind: 'evaluated'; readonly barCloseMs: EpochMs; readonly evaluations: readonly TracedEvaluation[] }
  | { readonly kind: 'untouched'; readonly barCloseMs: EpochMs }
  | { readonly kind: 'absent' };

const ABSENT: TraceAnswer = { kind: 'absent' };

export class DecisionTraces {
  readonly #limits: TraceLimits;
  readonly #words = new WordBook();
  readonly #minute = new ByteWriter();
  readonly #entry = new ByteWriter();
  /** In the order of time. */
  #minutes: TraceMinute[] = [];
  #bytes = 0;
  #savedWords = 0;
  readonly #unsaved = new Set<number>();

  constructor(limits: TraceLimits = TRACE_LIMITS) {
    this.#limits = limits;
  }

  /** Memory held, words included. */
  get bytes(): number {
    return this.#bytes + this.#minutes.length * MINUTE_OVERHEAD + this.#words.bytes;
  }

  get span(): TraceSpan | null {
    const first = this.#minutes[0];
    const last = this.#minutes.at(-1);
    if (first === undefined || last === undefined) return null;
    return { fromMs: epochMs(first.barCloseMs), toMs: epochMs(last.barCloseMs) };
  }

  /** Latecomers of a minute are added to what is known of it. */
  record({ barCloseMs, scanned, evaluations }: ScannedMinute): void {
    const newest = this.#minutes.at(-1)?.barCloseMs ?? Number.NEGATIVE_INFINITY;
    if (scanned.length === 0 || barCloseMs <= newest - this.#limits.spanMs) return;
    const bySymbol = new Map<SymbolId, Evaluation[]>();
    for (const evaluation of evaluations) {
      const list = bySymbol.get(evaluation.symbol);
      if (list === undefined) bySymbol.set(evaluation.symbol, [evaluation]);
      else list.push(evaluation);
    }
    const index = this.#minutes.findLastIndex((minute) => minute.barCloseMs === barCloseMs);
    this.#minute.clear();
    const before = this.#minutes[index];
    if (before !== undefined) this.#minute.append(before.bytes);
    for (const symbol of scanned) this.#write(symbol, bySymbol.get(symbol) ?? []);
    this.#put({ barCloseMs, bytes: this.#minute.taken() });
    this.#unsaved.add(barCloseMs);
    this.#forget();
  }

  #write(symbol: SymbolId, evaluations: readonly Evaluation[]): void {
    if (evaluations.length === 0) {
      this.#words.write(SYMBOL_PREFIX + symbol, this.#minute);
      this.#minute.uint(0);
    }
    for (const evaluation of evaluations) {
      this.#entry.clear();
      writeEvaluation(evaluation, this.#words, this.#entry);
      this.#words.write(SYMBOL_PREFIX + symbol, this.#minute);
      this.#minute.uint(this.#entry.length);
      this.#minute.append(this.#entry.taken());
    }
  }

  #put(minute: TraceMinute): void {
    const at = this.#minutes.findLastIndex(({ barCloseMs }) => barCloseMs <= minute.barCloseMs);
    const held = this.#minutes[at];
    this.#bytes += minute.bytes.length;
    if (held === undefined || held.barCloseMs !== minute.barCloseMs) {
      this.#minutes.splice(at + 1, 0, minute);
      return;
    }
    this.#bytes -= held.bytes.length;
    this.#minutes[at] = minute;
  }

  #forget(): void {
    const oldest = (this.#minutes.at(-1)?.barCloseMs ?? 0) - this.#limits.spanMs;
    for (let first = this.#minutes[0]; first !== undefined; first = this.#minutes[0]) {
      if (first.barCloseMs > oldest && this.bytes <= this.#limits.bytes) return;
      this.#minutes.shift();
      this.#bytes -= first.bytes.length;
      this.#unsaved.delete(first.barCloseMs);
    }
  }

  at(symbol: SymbolId, barCloseMs: number): TraceAnswer {
    const minute = this.#minutes.find((held) => held.barCloseMs === barCloseMs);
    return minute === undefined ? ABSENT : this.#answer(symbol, minute);
  }

  /** The newest minute in which this symbol was scanned. */
  newest(symbol: SymbolId): TraceAnswer {
    if (!this.#words.has(SYMBOL_PREFIX + symbol)) return ABSENT;
    for (let i = this.#minutes.length - 1; i >= 0; i--) {
      const answer = this.#answer(symbol, this.#minutes[i] as TraceMinute);
      if (answer.kind !== 'absent') return answer;
    }
    return ABSENT;
  }

  #answer(symbol: SymbolId, minute: TraceMinute): TraceAnswer {
    const barCloseMs = epochMs(minute.barCloseMs);
    const evaluations: TracedEvaluation[] = [];
    const from = new ByteReader(minute.bytes);
    let seen: 'no' | 'yes' = 'no';
    while (!from.done) {
      const name = this.#words.read(from);
      const entry = from.part(from.uint());
      if (name !== SYMBOL_PREFIX + symbol) continue;
      seen = 'yes';
      if (!entry.done) evaluations.push(readEvaluation({ symbol, barCloseMs }, this.#words, entry));
    }
    if (seen === 'no') return ABSENT;
    return evaluations.length === 0 ? { kind: 'untouched', barCloseMs } : { kind: 'evaluated', barCloseMs, evaluations };
  }

  /** Every symbol that was ever scanned. */
  symbols(): readonly SymbolId[] {
    return this.#words
      .all()
      .filter((word) => word.startsWith(SYMBOL_PREFIX))
      .map((word) => symbolId(word.slice(SYMBOL_PREFIX.length)));
  }

  /** What a store does not hold yet. */
  unsaved(): TraceDelta {
    const oldest = this.#minutes[0]?.barCloseMs ?? 0;
    return {
      words: this.#words.after(this.#savedWords),
      minutes: this.#minutes.filter(({ barCloseMs }) => this.#unsaved.has(barCloseMs)),
      keepFromMs: oldest,
    };
  }

  markSaved(): void {
    this.#savedWords = this.#words.size;
    this.#unsaved.clear();
  }

  /** What an earlier run left; once, before anything is recorded. */
  restore({ words, minutes }: Omit<TraceDelta, 'keepFromMs'>): void {
    this.#words.restore(words);
    for (const minute of minutes) this.#put(minute);
    this.#forget();
    this.markSaved();
  }
}
