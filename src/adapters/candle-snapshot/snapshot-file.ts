// Adapters, candle-snapshot: the flat file of candles beside the database. It is written beside the old one and takes its place
// by a rename, so that a kill at any moment leaves a whole file; the disk works while the loop goes on.
import { Buffer } from 'node:buffer';
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { EpochMs, SymbolId } from '../../core/units.ts';
import type { CandleArchive, CandleStore, CandleWriter, StoredCandles } from '../../ports/candle-store.ts';
import {
  decodeHead,
  decodeRecord,
  draftRecord,
  encodeHead,
  FILE_HEAD_BYTES,
  placeAt,
  RECORD_FRONT_BYTES,
  type RecordPlace,
  writeRecord,
} from './format.ts';

/** Some slices of a few milliseconds fit; it grows where one does not. */
const SLICE_BYTES = 1_048_576;
/** Records differ by the zones that are alive. */
const ROOM_TO_GROW_BYTES = 8_192;

export interface SnapshotFileOptions {
  readonly path: string;
  /** Account, market and timeframes. */
  readonly identity: string;
}

export class CandleSnapshotFile implements CandleStore {
  readonly #options: SnapshotFileOptions;

  constructor(options: SnapshotFileOptions) {
    this.#options = options;
  }

  load(): CandleArchive {
    const { path, identity } = this.#options;
    if (!existsSync(path)) return { kind: 'absent', reason: 'no candle file yet' };
    const archive = readCandles(path);
    if (archive.kind === 'absent' || archive.identity === identity) return archive;
    archive.close();
    return { kind: 'absent', reason: 'the candle file is of another account, market or timeframe' };
  }

  async begin(savedMs: EpochMs): Promise<CandleWriter> {
    const { path, identity } = this.#options;
    const beside = `${path}.new`;
    const file = await open(beside, 'w', 0o600);
    return new SnapshotWriter(file, { path, beside, identity, savedMs });
  }
}

type Found = Extract<CandleArchive, { kind: 'found' }> & { readonly identity: string };

/** Any candle file, whoever's it is. A file that cannot be read costs a cold start; the reason goes into the log. */
export function readCandles(path: string): Found | Extract<CandleArchive, { kind: 'absent' }> {
  let file: FileBytes | null = null;
  try {
    file = new FileBytes(path);
    return archiveOf(file);
  } catch (error) {
    file?.close();
    return {
      kind: 'absent',
      reason: `the candle file cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

function archiveOf(file: FileBytes): Found | Extract<CandleArchive, { kind: 'absent' }> {
  const decoded = decodeHead(file.read(0, FILE_HEAD_BYTES));
  if (decoded.kind === 'fault') {
    file.close();
    return { kind: 'absent', reason: `the candle file cannot be used: ${decoded.reason}` };
  }
  const places = new Map<SymbolId, RecordPlace>();
  for (let at = decoded.bytes; ; ) {
    const front = file.read(at, RECORD_FRONT_BYTES);
    const place = placeAt(front, { at, end: file.size });
    file.takeBack(front.buffer);
    if (place === null) break;
    places.set(place.symbol, place);
    at += place.bytes;
  }
  return {
    kind: 'found',
    ...decoded.head,
    find: (symbol) => {
      const place = places.get(symbol);
      return place === undefined ? null : readRecord(file, place);
    },
    release: ({ trend }) => file.takeBack(trend.cells.buffer),
    close: () => file.close(),
  };
}

/** A record that the disk does not give back is as good as none; the start tells how many contracts it found none for. */
function readRecord(file: FileBytes, place: RecordPlace): StoredCandles | null {
  try {
    return decodeRecord(file.read(place.at, place.bytes), place);
  } catch {
    return null;
  }
}

/** Read piece by piece: the whole file would be a fifth of the process. */
class FileBytes {
  readonly #file: number;
  readonly size: number;
  /** Memory that was read into before; a start would else ask for, and touch for the first time, as much as the whole file. */
  readonly #spare: ArrayBuffer[] = [];

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  /** Fewer bytes where the file ends; they begin on a whole eight. */
  read(at: number, count: number): Buffer {
    const bytes = this.#room(Math.max(0, Math.min(count, this.size - at)));
    const done = readSync(this.#file, bytes, 0, bytes.length, at);
    return bytes.subarray(0, done);
  }

  /** Memory of its own, which begins on a whole eight. */
  #room(count: number): Buffer {
    const spare = this.#spare.pop();
    if (spare !== undefined && spare.byteLength >= count) return Buffer.from(spare, 0, count);
    // A little more than asked for, so that the next record, of about the same length, finds room in it.
    return Buffer.from(Buffer.allocUnsafeSlow(count + ROOM_TO_GROW_BYTES).buffer, 0, count);
  }

  takeBack(memory: ArrayBufferLike): void {
    if (memory instanceof ArrayBuffer) this.#spare.push(memory);
  }

  close(): void {
    this.#spare.length = 0;
    closeSync(this.#file);
  }
}

interface Target {
  readonly path: string;
  readonly beside: string;
  readonly identity: string;
  readonly savedMs: EpochMs;
}

class SnapshotWriter implements CandleWriter {
  readonly #file: FileHandle;
  readonly #target: Target;
  readonly #headBytes: number;
  /** One room for all slices: thirty megabytes of thrown-away buffers every few minutes would stay with the process for good. */
  #slice = Buffer.allocUnsafe(SLICE_BYTES);
  #used = 0;
  #symbols = 0;
  #offset: number;

  constructor(file: FileHandle, target: Target) {
    this.#file = file;
    this.#target = target;
    this.#headBytes = encodeHead({ ...target, symbols: 0 }).length;
    this.#offset = this.#headBytes;
  }

  add(candles: StoredCandles): void {
    const draft = draftRecord(candles);
    const end = this.#used + draft.bytes;
    if (end > this.#slice.length) this.#slice = Buffer.concat([this.#slice.subarray(0, this.#used)], 2 * end);
    this.#used = writeRecord(this.#slice, this.#used, draft);
    this.#symbols += 1;
  }

  async flush(): Promise<void> {
    await this.#write(this.#slice.subarray(0, this.#used), this.#offset);
    this.#offset += this.#used;
    this.#used = 0;
  }

  /** The head comes last: a file without one is no candle file. */
  async finish(): Promise<void> {
    await this.flush();
    await this.#write(encodeHead({ ...this.#target, symbols: this.#symbols }), 0);
    await this.#file.sync();
    await this.#file.close();
    await rename(this.#target.beside, this.#target.path);
  }

  async abandon(): Promise<void> {
    await this.#file.close();
    await rm(this.#target.beside, { force: true });
  }

  async #write(bytes: Buffer, from: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, from + done);
      done += bytesWritten;
    }
  }
}
