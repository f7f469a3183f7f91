// Emulator, the world behind the exchange: one file of recorded 1m klines into columns. A million rows are read by hand,
// byte by byte; every row is checked, and the first broken one is named with file and line.
import { barFault } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import { DecimalReader } from './decimal-reader.ts';
import { MarketDataError } from './market-data-error.ts';

const HEADER = ['open_time', 'open', 'high', 'low', 'close', 'volume', 'quote_volume', 'trades', 'taker_buy_volume'] as const;
const REQUIRED = 6;
const NEWLINE = 0x0a;
const MOST_DECIMALS = 10;

/** Columns of equal length; the last three are empty where the file does not hold them. */
export interface KlineColumns {
  readonly openMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly quoteVolume: Float64Array;
  readonly trades: Float64Array;
  readonly takerBuyVolume: Float64Array;
  /** Most decimals of any price in the file: the tick has to be at least as fine. */
  readonly priceDecimals: number;
  /** True where no minute is missing between first and last. */
  readonly contiguous: boolean;
  /** Smallest distance between two rows; a minute where there is one row only. */
  readonly stepMs: number;
}

/** `minute`: the file must hold 1m bars, holes are allowed · `regular`: bars of any length, and not one may be missing. */
export type StepRule = 'minute' | 'regular';

/** Checks the header and answers how many columns each row has. */
function columnsOf(header: string, file: string): number {
  const names = header.replace(/\r$/, '').split(',');
  const fits = names.length >= REQUIRED && names.length <= HEADER.length && names.every((name, i) => name === HEADER[i]);
  if (fits) return names.length;
  throw new MarketDataError(
    `${file}:1: the header is "${header.slice(0, 120)}", expected ${HEADER.slice(0, REQUIRED).join(',')}[,…]`,
  );
}

function countRows(bytes: Uint8Array, from: number): number {
  let rows = 0;
  for (let at = bytes.indexOf(NEWLINE, from); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) rows += 1;
  return rows + (bytes.at(-1) === NEWLINE ? 0 : 1);
}

const valueAt = (c: readonly Float64Array[], column: number, i: number): number => c[column]?.[i] ?? 0;

/** What is wrong with row `i`, or null. The quick test holds for every sound row; words are looked for only when it fails. */
function rowFault(c: readonly Float64Array[], i: number): string | null {
  const openMs = valueAt(c, 0, i);
  const open = valueAt(c, 1, i);
  const high = valueAt(c, 2, i);
  const low = valueAt(c, 3, i);
  const close = valueAt(c, 4, i);
  const volume = valueAt(c, 5, i);
  if (openMs % MINUTE_MS !== 0) return `open_time ${openMs} does not lie on a whole minute`;
  if (i > 0) {
    const before = c[0]?.[i - 1] ?? 0;
    if (openMs === before) return `open_time ${openMs} stands twice`;
    if (openMs < before) return `open_time ${openMs} comes after ${before}: rows must ascend`;
  }
  if (low > 0 && volume >= 0 && high >= open && high >= close && low <= open && low <= close) return null;
  return barFault({ openMs: epochMs(openMs), open, high, low, close, volume, quoteVolume: 0, trades: 0, takerBuyVolume: 0 });
}

function smallestStep(openMs: Float64Array): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < openMs.length; i++) smallest = Math.min(smallest, (openMs[i] ?? 0) - (openMs[i - 1] ?? 0));
  return openMs.length > 1 ? smallest : MINUTE_MS;
}

function checkSteps(openMs: Float64Array, stepMs: number, rule: StepRule, file: string): void {
  if (rule === 'minute') {
    if (stepMs > MINUTE_MS)
      throw new MarketDataError(`${file}:3: the bars are ${stepMs / MINUTE_MS} minutes apart; the exchange plays 1m bars only`);
    return;
  }
  for (let i = 1; i < openMs.length; i++) {
    const missing = ((openMs[i] ?? 0) - (openMs[i - 1] ?? 0)) / stepMs - 1;
    if (missing === 0) continue;
    const before = new Date(openMs[i - 1] ?? 0).toISOString();
    throw new MarketDataError(
      `${file}:${i + 2}: a gap: ${missing} bars of ${stepMs / MINUTE_MS} min are missing after ${before}; fill it, or cut the file there`,
    );
  }
}

/** More decimals than any contract's tick: the trace of a calculation with doubles, not a price of a venue. */
function decimalsOf({ decimals }: DecimalReader, place: string): number {
  if (decimals <= MOST_DECIMALS) return decimals;
  throw new MarketDataError(
    `${place}: a price has ${decimals} decimals, no contract has more than ${MOST_DECIMALS}; round it to its tick`,
  );
}

/** Reads a whole file; `file` is what messages call it. */
export function parseKlines(bytes: Uint8Array, file: string, rule: StepRule = 'minute'): KlineColumns {
  const headerEnd = bytes.indexOf(NEWLINE);
  if (headerEnd < 0) throw new MarketDataError(`${file}:1: no line with a bar`);
  const width = columnsOf(new TextDecoder().decode(bytes.subarray(0, headerEnd)), file);
  const rows = countRows(bytes, headerEnd + 1);
  if (rows === 0 || headerEnd + 1 >= bytes.length) throw new MarketDataError(`${file}:2: no bar below the header`);
  const columns = HEADER.map((_, column) => new Float64Array(column < width ? rows : 0));
  const reader = new DecimalReader(bytes, headerEnd + 1);
  let priceDecimals = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      const value = reader.next(column === width - 1 ? 'row' : 'field');
      if (value === null) throw new MarketDataError(`${file}:${row + 2}: ${HEADER[column]} is ${reader.fault}`);
      (columns[column] as Float64Array)[row] = value;
      if (column >= 1 && column <= 4 && reader.decimals > priceDecimals) priceDecimals = decimalsOf(reader, `${file}:${row + 2}`);
    }
    const fault = rowFault(columns, row);
    if (fault !== null) throw new MarketDataError(`${file}:${row + 2}: ${fault}`);
  }
  const column = (i: number): Float64Array => columns[i] ?? new Float64Array(0);
  const stepMs = smallestStep(column(0));
  checkSteps(column(0), stepMs, rule, file);
  return {
    openMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
    quoteVolume: column(6),
    trades: column(7),
    takerBuyVolume: column(8),
    priceDecimals,
    contiguous: (column(0).at(-1) ?? 0) - (column(0)[0] ?? 0) === (rows - 1) * MINUTE_MS,
    stepMs,
  };
}
