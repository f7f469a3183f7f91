// Emulator, the world behind the exchange: real 1m klines played from a folder of <SYMBOL>.csv or <SYMBOL>.csv.gz files.
// Everything is read and checked at the start; a folder that cannot be played is refused with file and line.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Grid, gridOf } from '../../core/grid.ts';
import { hashText } from '../../core/random.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { type BarSpan, foldBars } from './fold-bars.ts';
import { type KlineColumns, parseKlines } from './kline-csv.ts';
import { markPrice } from './mark-price.ts';
import { MarketDataError } from './market-data-error.ts';
import { minutePath } from './minute-path.ts';
import { recordedContract } from './recorded-contract.ts';
import type { Contract, MarketBar, MarketSource } from './source.ts';

const TREND_BAR_MS = 15 * MINUTE_MS;
/** Closed trend bars a strategy needs before its first entry. */
const TREND_BARS_BEHIND = 499;
const HOUR_MS = 60 * MINUTE_MS;

interface Recording {
  readonly contract: Contract;
  readonly columns: KlineColumns;
  readonly span: BarSpan;
  readonly grid: Grid;
  readonly pathSeed: number;
}

/** The file as text bytes, unpacked where it is packed. */
export function klineBytes(path: string): Uint8Array {
  try {
    const raw = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(raw) : raw;
  } catch (cause) {
    throw new MarketDataError(`${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Names of the recordings in a folder, in order. */
export function klineFiles(dir: string): string[] {
  let names: string[];
  try {
    names = readdirSync(dir);
  } catch (cause) {
    throw new MarketDataError(`no folder of recordings at ${dir}`, { cause });
  }
  const files = names.filter((name) => /\.csv(\.gz)?$/.test(name)).sort();
  if (files.length === 0) throw new MarketDataError(`${dir} holds no <SYMBOL>.csv or <SYMBOL>.csv.gz file`);
  const plain = files.filter((name) => name.endsWith('.csv') && files.includes(`${name}.gz`));
  if (plain.length > 0) throw new MarketDataError(`${join(dir, plain[0] ?? '')} stands beside its .gz: remove one of the two`);
  return files;
}

function load(path: string): Recording {
  const symbol = basename(path).replace(/\.csv(\.gz)?$/, '');
  const columns = parseKlines(klineBytes(path), path);
  const contract = recordedContract(symbol, columns);
  return {
    contract,
    columns,
    span: { firstMs: columns.openMs[0] ?? 0, endMs: (columns.openMs.at(-1) ?? 0) + MINUTE_MS },
    grid: gridOf(contract.tickSize, contract.stepSize),
    pathSeed: hashText(symbol),
  };
}

/** Row of the minute, or -1. Where no minute is missing the row is known without searching. */
function rowAt({ columns: { openMs, contiguous } }: Recording, at: number): number {
  const first = openMs[0] ?? 0;
  const guess = (at - first) / MINUTE_MS;
  if (!Number.isInteger(guess) || guess < 0) return -1;
  if (contiguous) return guess < openMs.length ? guess : -1;
  let [low, high] = [0, Math.min(guess, openMs.length - 1)];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((openMs[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return openMs[low] === at ? low : -1;
}

class RecordedMarket implements MarketSource {
  readonly kind = 'recorded';
  readonly contracts: readonly Contract[];
  readonly defaultFromMs: EpochMs;
  readonly endMs: number;
  readonly #recordings: readonly Recording[];

  constructor(recordings: readonly Recording[]) {
    this.#recordings = recordings;
    this.contracts = recordings.map(({ contract }) => contract);
    this.endMs = Math.max(...recordings.map(({ span }) => span.endMs));
    // The first bar that was recorded whole counts; the one cut by the start of the recording does not.
    const ready = recordings.map(({ span }) => (Math.ceil(span.firstMs / TREND_BAR_MS) + TREND_BARS_BEHIND) * TREND_BAR_MS);
    this.defaultFromMs = epochMs(Math.ceil(Math.max(...ready) / HOUR_MS) * HOUR_MS);
  }

  listed(index: number, atMs: number): boolean {
    const span = this.#recordings[index]?.span;
    return span !== undefined && atMs >= span.firstMs && atMs < span.endMs;
  }

  minute(index: number, openMs: number): MarketBar | null {
    const recording = this.#recordings[index];
    if (recording === undefined) return null;
    const row = rowAt(recording, openMs);
    if (row < 0) return null;
    const c = recording.columns;
    return {
      openMs,
      open: c.open[row] ?? 0,
      high: c.high[row] ?? 0,
      low: c.low[row] ?? 0,
      close: c.close[row] ?? 0,
      volume: c.volume[row] ?? 0,
      quoteVolume: c.quoteVolume[row] ?? 0,
      trades: c.trades[row] ?? 0,
      takerBuyVolume: c.takerBuyVolume[row] ?? 0,
      takerBuyQuoteVolume: 0,
    };
  }

  path(index: number, openMs: number): Float64Array | null {
    const recording = this.#recordings[index];
    const bar = this.minute(index, openMs);
    return recording === undefined || bar === null ? null : minutePath(bar, recording.grid, recording.pathSeed);
  }

  bars(index: number, intervalMs: number, fromMs: number, toMs: number): MarketBar[] {
    const span = this.#recordings[index]?.span;
    return span === undefined ? [] : foldBars((openMs) => this.minute(index, openMs), { intervalMs, fromMs, toMs }, span);
  }

  markOf(index: number, atMs: number, lastPrice: number): number {
    return markPrice((openMs) => this.minute(index, openMs)?.close ?? null, atMs, lastPrice);
  }

  /** The recordings hold no funding. */
  fundingRate(): number | null {
    return null;
  }
}

export function recordedSource(dir: string): MarketSource {
  return new RecordedMarket(klineFiles(dir).map((name) => load(join(dir, name))));
}
