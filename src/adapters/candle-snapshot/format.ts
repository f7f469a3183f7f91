// Adapters, candle-snapshot: the bytes of the file. A head that says whose candles these are, then one record a contract, each
// with its own checksum: a damaged record costs that contract a cold start and no other.
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { BarRows, ROW_CELLS } from '../../core/bar-rows.ts';
import { type EpochMs, epochMs, type SymbolId, symbolId } from '../../core/units.ts';
import type { StoredCandles } from '../../ports/candle-store.ts';

const MAGIC = 0x50534344;
/** Grows with every change of these bytes; a file of another version is as good as none. */
export const VERSION = 2;
const BAR_BYTES = ROW_CELLS * 8;
const HEAD_BYTES = 24;
const RECORD_HEAD_BYTES = 24;
const MAX_NAME_BYTES = 1_000;
/** As much as the longest head of the file, and the longest front of a record, with their names. */
export const FILE_HEAD_BYTES = 4_096;
export const RECORD_FRONT_BYTES = RECORD_HEAD_BYTES + MAX_NAME_BYTES;

/** Numbers begin on whole eights, so that they can be read where they lie. */
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

export interface FileHead {
  /** Names account, market and timeframes: candles of another are not ours. */
  readonly identity: string;
  readonly savedMs: EpochMs;
  readonly symbols: number;
}

/** magic, version, length of the identity, contracts, saved ms, checksum of all before it and the identity; then the identity. */
export function encodeHead({ identity, savedMs, symbols }: FileHead): Buffer {
  const name = Buffer.from(identity, 'utf8');
  const head = Buffer.alloc(padded(HEAD_BYTES + 4 + name.length));
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(VERSION, 4);
  head.writeUInt32LE(name.length, 8);
  head.writeUInt32LE(symbols, 12);
  head.writeDoubleLE(savedMs, 16);
  head.writeUInt32LE(crc32(name, crc32(head.subarray(0, HEAD_BYTES))), HEAD_BYTES);
  name.copy(head, HEAD_BYTES + 4);
  return head;
}

export type DecodedHead =
  | { readonly kind: 'head'; readonly head: FileHead; readonly bytes: number }
  | { readonly kind: 'fault'; readonly reason: string };

export function decodeHead(file: Buffer): DecodedHead {
  if (file.length < HEAD_BYTES + 4 || file.readUInt32LE(0) !== MAGIC) return { kind: 'fault', reason: 'it is no candle file' };
  const version = file.readUInt32LE(4);
  if (version !== VERSION) return { kind: 'fault', reason: `it is of version ${version}, not ${VERSION}` };
  const nameEnd = HEAD_BYTES + 4 + file.readUInt32LE(8);
  const bytes = padded(nameEnd);
  const name = file.subarray(HEAD_BYTES + 4, nameEnd);
  const sum = crc32(name, crc32(file.subarray(0, HEAD_BYTES)));
  if (file.length < bytes || sum !== file.readUInt32LE(HEAD_BYTES)) return { kind: 'fault', reason: 'its head is damaged' };
  const head = { identity: name.toString('utf8'), symbols: file.readUInt32LE(12), savedMs: epochMs(file.readDoubleLE(16)) };
  return { kind: 'head', head, bytes };
}

/** A contract's candles with the plain part of their memory as text: both lengths are known before anything is written. */
export interface DraftRecord {
  readonly candles: StoredCandles;
  readonly facts: string;
  readonly bytes: number;
}

const NO_NUMBERS = new Float64Array(0);

export function draftRecord(candles: StoredCandles): DraftRecord {
  const { symbol, trend, entry, memory } = candles;
  const facts = memory === null ? '' : JSON.stringify([memory.rules, memory.facts]);
  const texts = padded(Buffer.byteLength(symbol, 'utf8')) + padded(Buffer.byteLength(facts, 'utf8'));
  const numbers = trend.cells.length + entry.cells.length + (memory?.numbers.length ?? 0);
  return { candles, facts, bytes: RECORD_HEAD_BYTES + texts + 8 * numbers };
}

/**
 * Checksum of all that follows, bytes of the name, trend bars, entry bars, bytes of the memory's text (0 = none), its numbers; then
 * the name, the bars row by row, text and numbers of the memory. Returns where it ends.
 */
export function writeRecord(target: Buffer, from: number, { candles, facts, bytes }: DraftRecord): number {
  const { symbol, trend, entry, memory } = candles;
  const numbers = memory?.numbers ?? NO_NUMBERS;
  const end = from + bytes;
  target.fill(0, from, end);
  let at = from + RECORD_HEAD_BYTES;
  const nameBytes = target.write(symbol, at, 'utf8');
  at = writeNumbers(target, at + padded(nameBytes), trend.cells);
  at = writeNumbers(target, at, entry.cells);
  const factBytes = target.write(facts, at, 'utf8');
  writeNumbers(target, at + padded(factBytes), numbers);
  for (const [i, count] of [nameBytes, trend.length, entry.length, factBytes, numbers.length].entries())
    target.writeUInt32LE(count, from + 4 + 4 * i);
  target.writeUInt32LE(crc32(target.subarray(from + 4, end)), from);
  return end;
}

/** Every machine that Node runs on stores a double with its low byte first, as the file does. */
const writeNumbers = (target: Buffer, at: number, { buffer, byteOffset, byteLength }: Float64Array): number =>
  at + Buffer.from(buffer, byteOffset, byteLength).copy(target, at);

/** Where a contract's record lies; it is read when it is asked for. */
export interface RecordPlace {
  readonly symbol: SymbolId;
  readonly at: number;
  readonly bytes: number;
}

interface RecordHead {
  readonly nameBytes: number;
  readonly trendBars: number;
  readonly entryBars: number;
  readonly factBytes: number;
  readonly numbers: number;
}

function recordHead(front: Buffer): RecordHead {
  const count = (i: number): number => front.readUInt32LE(4 + 4 * i);
  return { nameBytes: count(0), trendBars: count(1), entryBars: count(2), factBytes: count(3), numbers: count(4) };
}

/** The record of which this is the front, or null where the rest of the file, up to `end`, is no whole record. */
export function placeAt(front: Buffer, { at, end }: { readonly at: number; readonly end: number }): RecordPlace | null {
  if (front.length < RECORD_HEAD_BYTES) return null;
  const { nameBytes, trendBars, entryBars, factBytes, numbers } = recordHead(front);
  const doubles = (trendBars + entryBars) * ROW_CELLS + numbers;
  const bytes = RECORD_HEAD_BYTES + padded(nameBytes) + padded(factBytes) + 8 * doubles;
  if (nameBytes === 0 || nameBytes > MAX_NAME_BYTES || at + bytes > end) return null;
  const name = front.toString('utf8', RECORD_HEAD_BYTES, RECORD_HEAD_BYTES + nameBytes);
  return { symbol: symbolId(name), at, bytes };
}

/** Null where bytes are missing or the checksum does not hold. The numbers lie in the record's own bytes. */
export function decodeRecord(record: Buffer, { symbol, bytes }: RecordPlace): StoredCandles | null {
  if (record.length !== bytes || crc32(record.subarray(4)) !== record.readUInt32LE(0)) return null;
  const { nameBytes, trendBars, entryBars, factBytes, numbers } = recordHead(record);
  const trendAt = RECORD_HEAD_BYTES + padded(nameBytes);
  const entryAt = trendAt + trendBars * BAR_BYTES;
  const factsAt = entryAt + entryBars * BAR_BYTES;
  const read = (from: number, count: number): Float64Array => new Float64Array(record.buffer, record.byteOffset + from, count);
  const trend = new BarRows(read(trendAt, trendBars * ROW_CELLS));
  const entry = new BarRows(read(entryAt, entryBars * ROW_CELLS));
  if (factBytes === 0) return { symbol, trend, entry, memory: null };
  return {
    symbol,
    trend,
    entry,
    // Objects that lived from here until the contract's page has come would be copied by every collection in between.
    get memory() {
      const [rules, facts] = JSON.parse(record.toString('utf8', factsAt, factsAt + factBytes)) as [string, unknown];
      return { rules, facts, numbers: read(factsAt + padded(factBytes), numbers) };
    },
  };
}
