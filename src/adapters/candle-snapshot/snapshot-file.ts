// Adapters, candle-snapshot: the flat file of candles beside the database. It is written beside the old one and takes its place
// by a rename, so that a kill at any moment leaves a whole file; the disk works while the loop goes on.
import { Buffer } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import type { EpochMs, SymbolId } from '../../core/units.ts';
import type { CandleArchive, CandleStore, CandleWriter, StoredCandles } from '../../ports/candle-store.ts';
import { decodeHead, decodeRecord, draftRecord, encodeHead, placeAt, type RecordPlace, writeRecord } from './format.ts';

/** Some slices of a few milliseconds fit; it grows where one does not. */
const SLICE_BYTES = 1_048_576;

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
    return { kind: 'absent', reason: 'the candle file is of another account, market or timeframe' };
  }

  async begin(savedMs: EpochMs): Promise<CandleWriter> {
    const { path, identity } = this.#options;
    const beside = `${path}.new`;
    const file = await open(beside, 'w', 0o600);
    return new SnapshotWriter(file, { path, beside, identity, savedMs });
  }
}

/** Any candle file, whoever's it is: for the store and for whoever compares the bot's candles with the venue's. */
export function readCandles(
  path: string,
): (Extract<CandleArchive, { kind: 'found' }> & { readonly identity: string }) | Extract<CandleArchive, { kind: 'absent' }> {
  const file = bytesOf(path);
  if (typeof file === 'string') return { kind: 'absent', reason: file };
  const decoded = decodeHead(file);
  if (decoded.kind === 'fault') return { kind: 'absent', reason: `the candle file cannot be used: ${decoded.reason}` };
  const places = new Map<SymbolId, RecordPlace>();
  for (let place = placeAt(file, decoded.bytes); place !== null; place = placeAt(file, place.at + place.bytes)) {
    places.set(place.symbol, place);
  }
  return {
    kind: 'found',
    identity: decoded.head.identity,
    savedMs: decoded.head.savedMs,
    symbols: decoded.head.symbols,
    find: (symbol) => {
      const place = places.get(symbol);
      return place === undefined ? null : decodeRecord(file, place);
    },
  };
}

/** A file that cannot be read costs a cold start; the reason goes into the log. */
function bytesOf(path: string): Buffer | string {
  try {
    return readFileSync(path);
  } catch (error) {
    return `the candle file cannot be read: ${error instanceof Error ? error.message : String(error)}`;
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
