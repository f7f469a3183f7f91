// Adapters, training rows as files: one append-only file. A line goes out in one write to an O_APPEND descriptor, so a kill
// leaves at most one torn tail, and opening cuts it off.
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { invariant } from '../../core/units.ts';
import { CRLF, parseCsv } from './csv-text.ts';

export interface DayFileOptions {
  readonly path: string;
  /** With its line end. */
  readonly header: string;
  /** Column whose value may stand once in a file. */
  readonly idColumn: string;
}

/** The file is there but its header is another one: it is left alone, and rows go to the next part. */
export interface ForeignHeader {
  readonly kind: 'foreignHeader';
  readonly path: string;
}

const LINE_END = Buffer.from(CRLF);

/** Bytes up to and with the last line end: what a reader may believe. */
export function wholeLines(content: Buffer): number {
  const end = content.lastIndexOf(LINE_END);
  return end < 0 ? 0 : end + LINE_END.length;
}

export class DayFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #ids: Set<string>;
  #bytes: number;
  #dirty: boolean;

  private constructor(path: string, descriptor: number, bytes: number, ids: Set<string>) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#bytes = bytes;
    this.#ids = ids;
    // A tail may just have been cut or a header written.
    this.#dirty = true;
  }

  static open({ path, header, idColumn }: DayFileOptions): DayFile | ForeignHeader {
    const descriptor = openSync(path, 'a+');
    try {
      const content = readFileSync(path);
      const whole = wholeLines(content);
      if (whole < content.length) ftruncateSync(descriptor, whole);
      if (whole === 0) {
        writeWhole(descriptor, header);
        return new DayFile(path, descriptor, Buffer.byteLength(header), new Set());
      }
      const text = content.subarray(0, whole).toString('utf8');
      if (!text.startsWith(header)) {
        closeSync(descriptor);
        return { kind: 'foreignHeader', path };
      }
      const [names = [], ...records] = parseCsv(text);
      const place = names.indexOf(idColumn);
      return new DayFile(path, descriptor, whole, new Set(records.map((record) => record[place] ?? '')));
    } catch (cause) {
      closeSync(descriptor);
      throw new Error(`${path} cannot be opened for appending`, { cause });
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  append(line: string, id: string): void {
    invariant(!this.#ids.has(id), `row ${id} stands in ${this.path} already`);
    this.#dirty = true;
    try {
      this.#bytes += writeWhole(this.#descriptor, line);
    } catch (cause) {
      this.#cutBack();
      throw cause;
    }
    this.#ids.add(id);
  }

  sync(): void {
    if (!this.#dirty) return;
    fdatasyncSync(this.#descriptor);
    this.#dirty = false;
  }

  close(): void {
    try {
      this.sync();
    } finally {
      closeSync(this.#descriptor);
    }
  }

  /** A disk that filled in the middle of a line must not leave half of it for the next line to grow on. */
  #cutBack(): void {
    if (fstatSync(this.#descriptor).size > this.#bytes) ftruncateSync(this.#descriptor, this.#bytes);
  }
}

/** One write; a short one (a full disk) is a failure, never continued by a second write. */
function writeWhole(descriptor: number, text: string): number {
  const bytes = Buffer.from(text, 'utf8');
  const written = writeSync(descriptor, bytes);
  if (written !== bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes were written`);
  return written;
}
