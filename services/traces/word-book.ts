// Services, room 4: the words that traces repeat (symbols, gate lists, factor sentences), each kept once. A book that is full
// lets further words stand in the trace itself, so its size is bounded whatever a strategy says.
import { invariant } from '../../src/core/units.ts';
import type { TraceWord } from '../../src/ports/trace-store.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const MAX_WORDS = 4_096;
/** Number 0 says that the word itself follows. */
const INLINE = 0;

export class WordBook {
  readonly #ids = new Map<string, number>();
  /** Position = number - 1. */
  readonly #words: string[] = [];
  #characters = 0;

  get size(): number {
    return this.#words.length;
  }

  /** Two bytes a character and the entries of both directories, roughly. */
  get bytes(): number {
    return 2 * this.#characters + 64 * this.#words.length;
  }

  write(word: string, out: ByteWriter): void {
    const id = this.#ids.get(word) ?? this.#learn(word);
    out.uint(id);
    if (id === INLINE) out.text(word);
  }

  read(from: ByteReader): string {
    const id = from.uint();
    if (id === INLINE) return from.text();
    const word = this.#words[id - 1];
    invariant(word !== undefined, `a trace speaks of word ${id}, which nobody wrote`);
    return word;
  }

  has(word: string): boolean {
    return this.#ids.has(word);
  }

  all(): readonly string[] {
    return this.#words;
  }

  /** Words learned after the first `count`. */
  after(count: number): TraceWord[] {
    return this.#words.slice(count).map((text, i) => ({ id: count + i + 1, text }));
  }

  /** Takes over the words of an earlier run; they must be complete from number 1 on. */
  restore(words: readonly TraceWord[]): void {
    invariant(this.#words.length === 0, 'words were learned before those of the earlier run came');
    for (const { id, text } of words) {
      invariant(id === this.#words.length + 1, `word ${id} of the traces follows ${this.#words.length}`);
      this.#learn(text);
    }
  }

  #learn(word: string): number {
    if (this.#words.length >= MAX_WORDS) return INLINE;
    this.#words.push(word);
    this.#characters += word.length;
    this.#ids.set(word, this.#words.length);
    return this.#words.length;
  }
}
