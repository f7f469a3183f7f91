// Conformance, the input: the bars of one folder as columns, read from input.csv. Times are taken as they are written, as if in UTC.

export interface Series {
  readonly length: number;
  readonly timeMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}

/** One bar as a row: instant, open, high, low, close, volume. */
export type BarRow = readonly [number, number, number, number, number, number];

const HEADER = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;

export function seriesOf(rows: readonly BarRow[]): Series {
  const column = (place: 0 | 1 | 2 | 3 | 4 | 5) => Float64Array.from(rows, (row) => row[place]);
  return {
    length: rows.length,
    timeMs: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    volume: column(5),
  };
}

/** "2022-10-10 00:15:00", also with T, without a time of day, with a fraction, or with a Z. NaN where it is no date. */
export function parseDate(text: string): number {
  const found = /^(\d{4})[-./](\d\d)[-./](\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(?:Z|\+00:?00)?$/.exec(text);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0'] = found;
  const fullSeconds = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  return fullSeconds + Math.floor(Number(`0.${fraction}`) * 1_000);
}

export function readSeries(text: string): Series {
  const [header = '', ...lines] = text.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const places = HEADER.map((name) => names.indexOf(name));
  const missing = HEADER.filter((_, i) => (places[i] ?? -1) < 0);
  if (missing.length > 0)
    throw new Error(`input.csv has no column ${missing.join(', ')}; expected Date,Open,High,Low,Close,Volume`);
  const rows = lines.filter((line) => line !== '').map((line, i) => readRow(line, i, places));
  return seriesOf(rows);
}

function readRow(line: string, i: number, places: readonly number[]): BarRow {
  const fields = line.split(',');
  const field = (place: number) => (fields[places[place] ?? -1] ?? '').trim();
  const price = (place: number) => (field(place) === '' ? Number.NaN : Number(field(place)));
  const row: BarRow = [parseDate(field(0)), price(1), price(2), price(3), price(4), price(5)];
  if (row.some(Number.isNaN)) throw new Error(`input.csv row ${i} is not a bar: "${line}"`);
  return row;
}
