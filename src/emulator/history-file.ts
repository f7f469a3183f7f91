// Emulator, memory: what has ended, one JSON row a line, only ever appended. The state beside it says how many bytes of this
// file belong to it: whatever lies behind was written by a process that died before its state, and is cut off.
import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

export class HistoryFile<Row> {
  readonly #path: string;
  #bytes = 0;
  #file: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** How long the file is as far as it belongs to the account. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The rows of the first so many bytes; from here on the file is as long as that. */
  read(bytes: number): readonly Row[] {
    this.#bytes = bytes;
    if (bytes === 0) return [];
    const whole = existsSync(this.#path) ? readFileSync(this.#path) : Buffer.alloc(0);
    if (whole.length < bytes) throw new Error(`${this.#path} has ${whole.length} bytes, its state knows ${bytes}`);
    const lines = whole.subarray(0, bytes).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
  }

  append(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const text = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), 'utf8');
    const file = this.#opened();
    try {
      for (let written = 0; written < text.length; ) written += writeSync(file, text, written);
    } catch (cause) {
      ftruncateSync(file, this.#bytes);
      throw new Error(`the exchange's history ${this.#path} cannot be written`, { cause });
    }
    this.#bytes += text.length;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #opened(): number {
    if (this.#file === null) {
      this.#file = openSync(this.#path, 'a', 0o600);
      ftruncateSync(this.#file, this.#bytes);
    }
    return this.#file;
  }
}
