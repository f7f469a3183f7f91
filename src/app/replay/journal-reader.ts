// App, run journal: the record read back, one event with everything that was said to it at a time. A record that a killed
// process left behind ends where it was cut.
import { createReadStream, existsSync } from 'node:fs';
import { constants, createGunzip } from 'node:zlib';
import { JournalError, StartError } from '../../ports/errors.ts';
import { fromLine } from './exact-values.ts';
import type { EventLine, JournalLine, OpeningLine } from './journal-lines.ts';

export interface JournalStep {
  /** Null: the record ends in good order. */
  readonly line: OpeningLine | EventLine | null;
  /** As text: it is compared as it stands. */
  readonly said: readonly string[];
  readonly facts: readonly unknown[];
  /** By the place among `said` of the rows that the database did not take. */
  readonly lost: ReadonlyMap<number, JournalError>;
}

export class JournalReader {
  readonly #path: string;
  readonly #lines: AsyncIterator<string>;
  #ahead: JournalLine | null = null;
  #state: 'open' | 'cut' | 'ended' = 'open';
  /** Lines read so far. */
  count = 0;

  constructor(path: string) {
    if (!existsSync(path)) throw new StartError(2, `--journal names "${path}", which does not exist`);
    this.#path = path;
    this.#lines = linesOf(path)[Symbol.asyncIterator]();
  }

  /** `cut`: the last line was never written; what stands before it is whole. */
  get state(): 'open' | 'cut' | 'ended' {
    return this.#state;
  }

  /** The next event or opening with what follows it, or null behind the last. */
  async next(): Promise<JournalStep | null> {
    const line = this.#ahead ?? (await this.#read());
    this.#ahead = null;
    if (line === null) return null;
    if (line[0] === 'end') {
      this.#state = 'ended';
      return null;
    }
    const said: string[] = [];
    const facts: unknown[] = [];
    const lost = new Map<number, JournalError>();
    for (;;) {
      const text = await this.#text();
      if (text === null) break;
      if (text.startsWith('["gates"') || text.startsWith('["rows"')) {
        said.push(text);
        continue;
      }
      const next = this.#parse(text);
      if (next === null) break;
      if (next[0] === 'fact') facts.push(next[1]);
      else if (next[0] === 'lost') lost.set(said.length - 1, new JournalError(next[1], { kept: next[2], fault: next[3] }));
      else {
        this.#ahead = next;
        break;
      }
    }
    // What was said to the last event of a record that was cut may be missing: nothing can be held against it.
    if (this.#state === 'cut') return null;
    return { line: line as OpeningLine | EventLine, said, facts, lost };
  }

  async #read(): Promise<JournalLine | null> {
    const text = await this.#text();
    return text === null ? null : this.#parse(text);
  }

  async #text(): Promise<string | null> {
    if (this.#state !== 'open') return null;
    try {
      const { done, value } = await this.#lines.next();
      if (done === true) {
        this.#state = 'cut';
        return null;
      }
      this.count += 1;
      return value;
    } catch (cause) {
      throw new StartError(2, `${this.#path} is no run journal, or it is damaged after line ${this.count}`, { cause });
    }
  }

  #parse(text: string): JournalLine | null {
    try {
      const line = fromLine(text);
      if (Array.isArray(line) && typeof line[0] === 'string') return line as unknown as JournalLine;
    } catch {
      // A line that a kill cut short is the last one; whether another follows decides it below.
    }
    this.#state = 'cut';
    if (this.count <= 1) throw new StartError(2, `${this.#path} is no run journal: its first line is none of one`);
    return null;
  }
}

/** The end of a stream that was never finished is no error: what came before it counts. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const unzipped = createReadStream(path).pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  unzipped.setEncoding('utf8');
  let rest = '';
  for await (const chunk of unzipped) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
