// Adapters, the journal: an append-only file of JSON lines that takes rows while the database cannot. A line is one commit, on
// disk when `append` returns; a tail that a kill has torn was never promised to anybody and is cut off.
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import type { JournalRow } from '../../core/journal.ts';
import { fromExactJson, toExactJson } from './exact-json.ts';

export interface StandbyBatch {
  /** 1, 2, 3 … within one file. */
  readonly no: number;
  readonly rows: readonly JournalRow[];
}

interface Head {
  readonly standby: 1;
  /** Tells one file from the next: the database remembers how far it has read this one. */
  readonly id: string;
  readonly account: string;
}

const lineEnd = 10;

function writeLine(descriptor: number, text: string): void {
  const before = fstatSync(descriptor).size;
  const bytes = Buffer.from(`${text}\n`, 'utf8');
  try {
    const written = writeSync(descriptor, bytes);
    if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
    fdatasyncSync(descriptor);
  } catch (cause) {
    // Half a line would spoil the one after it.
    ftruncateSync(descriptor, before);
    throw cause;
  }
}

export class StandbyFile {
  readonly path: string;
  readonly #account: string;
  #descriptor: number | null = null;
  #head: Head | null = null;
  #count = 0;

  constructor(path: string, account: string) {
    this.path = path;
    this.#account = account;
    if (existsSync(path)) this.#open();
  }

  /** Commits that wait in it. */
  get count(): number {
    return this.#count;
  }

  get id(): string | null {
    return this.#head?.id ?? null;
  }

  /** Whose rows they are; rows of another account are never read back into this one's database. */
  get account(): string | null {
    return this.#head?.account ?? null;
  }

  /** Throws what the disk says; then nothing of it stands in the file. */
  append(rows: readonly JournalRow[]): void {
    if (this.#descriptor === null) this.#begin();
    writeLine(this.#descriptor ?? -1, toExactJson({ no: this.#count + 1, rows }));
    this.#count += 1;
  }

  *batches(afterNo: number): Generator<StandbyBatch> {
    if (!existsSync(this.path)) return;
    const [, ...lines] = this.#wholeText().split('\n');
    for (const line of lines) {
      if (line === '') continue;
      const batch = fromExactJson(line) as StandbyBatch;
      if (batch.no > afterNo) yield batch;
    }
  }

  /** All of it is in the database. */
  clear(): void {
    this.close();
    rmSync(this.path, { force: true });
    this.#head = null;
    this.#count = 0;
  }

  /** Out of the way under another name, for a person to look at; the next append begins a new file. */
  setAside(suffix: string): string {
    this.close();
    const target = `${this.path}.${suffix}`;
    renameSync(this.path, target);
    this.#head = null;
    this.#count = 0;
    return target;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #begin(): void {
    const head: Head = { standby: 1, id: randomUUID(), account: this.#account };
    const descriptor = openSync(this.path, 'a+', 0o600);
    try {
      writeLine(descriptor, JSON.stringify(head));
    } catch (cause) {
      closeSync(descriptor);
      rmSync(this.path, { force: true });
      throw cause;
    }
    this.#descriptor = descriptor;
    this.#head = head;
  }

  #wholeText(): string {
    const content = readFileSync(this.path);
    return content.subarray(0, content.lastIndexOf(lineEnd) + 1).toString('utf8');
  }

  #open(): void {
    const text = this.#wholeText();
    const [first = '', ...rest] = text.split('\n');
    if (first === '') {
      // Not even its head was finished: nothing was ever promised.
      rmSync(this.path, { force: true });
      return;
    }
    this.#head = JSON.parse(first) as Head;
    this.#count = rest.filter((line) => line !== '').length;
    this.#descriptor = openSync(this.path, 'a+', 0o600);
    const whole = Buffer.byteLength(text);
    if (fstatSync(this.#descriptor).size > whole) ftruncateSync(this.#descriptor, whole);
  }
}
