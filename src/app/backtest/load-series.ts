// App, backtest: a recorded file into shared memory, folded to the entry timeframe where it is finer, cut at the end of the run.
// What cannot be used is refused with file and line.
import { basename } from 'node:path';
import { type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { type KlineColumns, parseKlines } from '../../emulator/market/kline-csv.ts';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { recordedContract } from '../../emulator/market/recorded-contract.ts';
import { klineBytes } from '../../emulator/market/recorded-source.ts';
import type { SharedSeries } from './series.ts';

export interface LoadRequest {
  readonly path: string;
  readonly entry: Timeframe;
  /** Bars that close later are not read; Infinity = all. */
  readonly toMs: number;
}

export const symbolOf = (path: string): string => basename(path).replace(/\.csv(\.gz)?$/, '');

const minutes = (ms: number): string => `${ms / 60_000} min`;

function checkStep(columns: KlineColumns, { path, entry }: LoadRequest): void {
  const entryMs = timeframeMs(entry);
  if (entryMs % columns.stepMs === 0) return;
  throw new MarketDataError(
    `${path}:3: the bars are ${minutes(columns.stepMs)} apart and do not fold into ENTRY_TF ${entry}; choose a coarser pair, such as --pair 1h/5m or 4h/15m`,
  );
}

/** First whole entry bar, and how many whole ones follow. */
function whole(columns: KlineColumns, { entry, toMs }: LoadRequest): { readonly skip: number; readonly count: number } {
  const entryMs = timeframeMs(entry);
  const ratio = entryMs / columns.stepMs;
  const firstMs = columns.openMs[0] ?? 0;
  const skip = (Math.ceil(firstMs / entryMs) * entryMs - firstMs) / columns.stepMs;
  const rows = columns.openMs.length - skip;
  const until = Math.floor((toMs - firstMs - skip * columns.stepMs) / entryMs);
  return { skip, count: Math.max(0, Math.min(Math.floor(rows / ratio), until)) };
}

/** Null where the contract has no whole bar before the end of the run. */
export function loadSeries(request: LoadRequest): SharedSeries | null {
  const { path, entry } = request;
  const columns = parseKlines(klineBytes(path), path, 'regular');
  checkStep(columns, request);
  const { skip, count } = whole(columns, request);
  if (count === 0) return null;
  const stepMs = timeframeMs(entry);
  const ratio = stepMs / columns.stepMs;
  const counts = [columns.quoteVolume, columns.trades, columns.takerBuyVolume];
  const known = counts.every((column) => column.length > 0);
  const width = known ? 8 : 5;
  const shared = new SharedArrayBuffer(count * width * Float64Array.BYTES_PER_ELEMENT);
  const cells = new Float64Array(shared);
  const from = (i: number): number => skip + i * ratio;
  for (let i = 0; i < count; i++) {
    const [first, last] = [from(i), from(i + 1) - 1];
    cells[i] = columns.open[first] as number;
    cells[count + i] = extreme(columns.high, first, last, Math.max);
    cells[2 * count + i] = extreme(columns.low, first, last, Math.min);
    cells[3 * count + i] = columns.close[last] as number;
    for (const [place, column] of [columns.volume, ...(known ? counts : [])].entries())
      cells[(4 + place) * count + i] = sumOf(column, first, last);
  }
  const contract = recordedContract(symbolOf(path), columns);
  return { contract, firstMs: (columns.openMs[0] ?? 0) + skip * columns.stepMs, stepMs, count, columns: shared, width };
}

function extreme(column: Float64Array, first: number, last: number, choose: (a: number, b: number) => number): number {
  let found = column[first] as number;
  for (let i = first + 1; i <= last; i++) found = choose(found, column[i] as number);
  return found;
}

function sumOf(column: Float64Array, first: number, last: number): number {
  let sum = 0;
  for (let i = first; i <= last; i++) sum += column[i] as number;
  return sum;
}
