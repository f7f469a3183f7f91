// App, run journal: lines into a compressed file, without holding up the loop. What a killed process had written up to its last
// second can be read; a disk that takes no more ends the record, never the run.
import { closeSync, createWriteStream, openSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import type { WallClock } from '../../ports/clock.ts';
import { StartError } from '../../ports/errors.ts';
import { toLine } from './exact-values.ts';
import type { JournalLine } from './journal-lines.ts';

const BATCH = 64 * 1024;
const FLUSH_EVERY_MS = 1_000;
/** Bars are repetitive: a higher level costs twice the time for a tenth of the bytes. */
const LEVEL = 3;

/** Cells that JSON has words for: nearly all of a journal, and not worth a look at every value. */
const PLAIN: ReadonlySet<string> = new Set(['bar', 'loaded', 'settled', 'tick']);

export class JournalWriter {
  readonly #gzip: Gzip;
  readonly #file: WriteStream;
  readonly #cancel: () => void;
  readonly #onFault: (error: unknown) => void;
  #waiting: string[] = [];
  #chars = 0;
  #state: 'open' | 'failed' = 'open';

  constructor(path: string, wallClock: Pick<WallClock, 'every'>, onFault: (error: unknown) => void) {
    this.#onFault = onFault;
    this.#gzip = createGzip({ level: LEVEL });
    this.#file = createWriteStream(path, { mode: 0o600 });
    this.#gzip.on('error', (error) => this.#fail(error));
    this.#file.on('error', (error) => this.#fail(error));
    this.#gzip.pipe(this.#file);
    this.#cancel = wallClock.every(FLUSH_EVERY_MS, () => this.#flush());
  }

  write(line: JournalLine): void {
    if (this.#state === 'failed') return;
    const text = `${PLAIN.has(line[0]) ? JSON.stringify(line) : toLine(line)}\n`;
    this.#waiting.push(text);
    this.#chars += text.length;
    if (this.#chars >= BATCH) this.#send();
  }

  async close(): Promise<void> {
    this.#cancel();
    if (this.#state === 'failed') return;
    this.#send();
    this.#gzip.end();
    await finished(this.#file).catch((error: unknown) => this.#fail(error));
  }

  #send(): void {
    if (this.#chars === 0) return;
    this.#gzip.write(this.#waiting.join(''));
    this.#waiting = [];
    this.#chars = 0;
  }

  #flush(): void {
    if (this.#state === 'failed') return;
    this.#send();
    this.#gzip.flush(constants.Z_SYNC_FLUSH);
  }

  #fail(error: unknown): void {
    if (this.#state === 'failed') return;
    this.#state = 'failed';
    this.#waiting = [];
    this.#onFault(error);
  }
}

/** Told before anything is opened, not after an hour. */
export function checkWritable(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch (cause) {
    throw new StartError(2, `--record names "${path}", which cannot be written`, { cause });
  }
}
