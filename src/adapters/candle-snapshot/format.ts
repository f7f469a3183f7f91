// Adapters, candle-snapshot: the bytes of the file. A head that says whose candles these are, then one record a contract, each
// with its own checksum: a damaged record costs that contract a cold start and no other.
import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Bar } from '../../core/market.ts';
import { type EpochMs, epochMs, type SymbolId, symbolId } from '../../core/units.ts';
import type { StoredCandles } from '../../ports/candle-store.ts';

const MAGIC = 0x50534344;
/** Grows with every change of these bytes; a file of another version is as good as none. */
export const VERSION = 1;
const CELLS = 9;
const BAR_BYTES = CELLS * 8;
const HEAD_BYTES = 24;
const RECORD_HEAD_BYTES = 12;

export interface FileHead {
  /** Names account, market and timeframes: candles of another are not ours. */
  readonly identity: string;
  readonly savedMs: EpochMs;
  readonly symbols: number;
}

/** magic, version, length of the identity, contracts, saved ms, checksum of all before it and the identity; then the identity. */
export function encodeHead({ identity, savedMs, symbols }: FileHead): Buffer {
  const name = Buffer.from(identity, 'utf8');
  const head = Buffer.alloc(HEAD_BYTES + 4);
  head.writeUInt32LE(MAGIC, 0);
  head.writeUInt32LE(VERSION, 4);
  head.writeUInt32LE(name.length, 8);
  head.writeUInt32LE(symbols, 12);
  head.writeDoubleLE(savedMs, 16);
  head.writeUInt32LE(crc32(name, crc32(head.subarray(0, HEAD_BYTES))), HEAD_BYTES);
  return Buffer.concat([head, name]);
}

export type DecodedHead =
  | { readonly kind: 'head'; readonly head: FileHead; readonly bytes: number }
  | { readonly kind: 'fault'; readonly reason: string };

export function decodeHead(file: Buffer): DecodedHead {
  if (file.length < HEAD_BYTES + 4 || file.readUInt32LE(0) !== MAGIC) return { kind: 'fault', reason: 'it is no candle file' };
  const version = file.readUInt32LE(4);
  if (version !== VERSION) return { kind: 'fault', reason: `it is of version ${version}, not ${VERSION}` };
  const bytes = HEAD_BYTES + 4 + file.readUInt32LE(8);
  const name = file.subarray(HEAD_BYTES + 4, bytes);
  const sum = crc32(name, crc32(file.subarray(0, HEAD_BYTES)));
  if (file.length < bytes || sum !== file.readUInt32LE(HEAD_BYTES)) return { kind: 'fault', reason: 'its head is damaged' };
  const head = { identity: name.toString('utf8'), symbols: file.readUInt32LE(12), savedMs: epochMs(file.readDoubleLE(16)) };
  return { kind: 'head', head, bytes };
}

export const recordBytes = ({ symbol, trend, entry }: StoredCandles): number =>
  RECORD_HEAD_BYTES + Buffer.byteLength(symbol, 'utf8') + (trend.length + entry.length) * BAR_BYTES + 4;

/** length of the name, trend bars, entry bars; the name; the bars row by row; the checksum of all of it. Returns where it ends. */
export function writeRecord(target: Buffer, from: number, { symbol, trend, entry }: StoredCandles): number {
  const nameBytes = target.write(symbol, from + RECORD_HEAD_BYTES, 'utf8');
  target.writeUInt32LE(nameBytes, from);
  target.writeUInt32LE(trend.length, from + 4);
  target.writeUInt32LE(entry.length, from + 8);
  let at = from + RECORD_HEAD_BYTES + nameBytes;
  for (const bar of trend) at = writeBar(target, at, bar);
  for (const bar of entry) at = writeBar(target, at, bar);
  return target.writeUInt32LE(crc32(target.subarray(from, at)), at);
}

function writeBar(record: Buffer, at: number, bar: Bar): number {
  record.writeDoubleLE(bar.openMs, at);
  record.writeDoubleLE(bar.open, at + 8);
  record.writeDoubleLE(bar.high, at + 16);
  record.writeDoubleLE(bar.low, at + 24);
  record.writeDoubleLE(bar.close, at + 32);
  record.writeDoubleLE(bar.volume, at + 40);
  record.writeDoubleLE(bar.quoteVolume, at + 48);
  record.writeDoubleLE(bar.trades, at + 56);
  record.writeDoubleLE(bar.takerBuyVolume, at + 64);
  return at + BAR_BYTES;
}

/** Where a contract's record lies; bars are drawn up when they are asked for. */
export interface RecordPlace {
  readonly symbol: SymbolId;
  readonly at: number;
  readonly bytes: number;
}

/** The record that begins here, or null where the rest of the file is no whole record. */
export function placeAt(file: Buffer, at: number): RecordPlace | null {
  if (at + RECORD_HEAD_BYTES > file.length) return null;
  const nameBytes = file.readUInt32LE(at);
  const bars = file.readUInt32LE(at + 4) + file.readUInt32LE(at + 8);
  const bytes = RECORD_HEAD_BYTES + nameBytes + bars * BAR_BYTES + 4;
  if (nameBytes === 0 || nameBytes > 1_000 || at + bytes > file.length) return null;
  const name = file.toString('utf8', at + RECORD_HEAD_BYTES, at + RECORD_HEAD_BYTES + nameBytes);
  return { symbol: symbolId(name), at, bytes };
}

/** Null where the checksum does not hold. */
export function decodeRecord(file: Buffer, { symbol, at, bytes }: RecordPlace): StoredCandles | null {
  const body = file.subarray(at, at + bytes - 4);
  if (crc32(body) !== file.readUInt32LE(at + bytes - 4)) return null;
  const trendBars = body.readUInt32LE(4);
  const entryBars = body.readUInt32LE(8);
  const first = RECORD_HEAD_BYTES + body.readUInt32LE(0);
  const read = (from: number, count: number): Bar[] =>
    Array.from({ length: count }, (_, i) => readBar(body, from + i * BAR_BYTES));
  return { symbol, trend: read(first, trendBars), entry: read(first + trendBars * BAR_BYTES, entryBars) };
}

function readBar(body: Buffer, at: number): Bar {
  return {
    openMs: epochMs(body.readDoubleLE(at)),
    open: body.readDoubleLE(at + 8),
    high: body.readDoubleLE(at + 16),
    low: body.readDoubleLE(at + 24),
    close: body.readDoubleLE(at + 32),
    volume: body.readDoubleLE(at + 40),
    quoteVolume: body.readDoubleLE(at + 48),
    trades: body.readDoubleLE(at + 56),
    takerBuyVolume: body.readDoubleLE(at + 64),
  };
}
