// App, `perpscout verify`: one file of klines as a series of bars. Every row is checked; the first broken one is refused with
// file, line and reason, because a detector that was fed a broken bar proves nothing.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { BarFolder } from '../../core/bars.ts';
import { type Bar, barFault } from '../../core/market.ts';
import { TIMEFRAMES, type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';

export interface KlineSeries {
  readonly timeframe: Timeframe;
  /** 10^-decimals of the finest price; 0 where prices have more than eight decimals and stand on no grid. */
  readonly tickSize: number;
  readonly bars: readonly Bar[];
}

const HEADERS = ['open_time,open,high,low,close,volume', 'date,open,high,low,close,volume'] as const;
const COLUMNS = ['open_time', 'open', 'high', 'low', 'close', 'volume'] as const;
const MOST_DECIMALS = 8;

const refuse = (place: string, reason: string, cause?: unknown): never => {
  throw new StartError(2, `${place}: ${reason}`, cause === undefined ? {} : { cause });
};

function textOf(file: string): string {
  try {
    const raw = readFileSync(file);
    return (file.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
  } catch (cause) {
    return refuse(file, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

/** Milliseconds since 1970, or a date that is read as UTC. */
function timeOf(text: string): number {
  if (/^\d{1,14}$/.test(text)) return Number(text);
  const date = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?Z?$/.exec(text);
  return date === null ? Number.NaN : Date.parse(`${date[1]}T${date[2] ?? '00:00'}Z`);
}

const numberOf = (text: string): number => (/^-?\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN);
const decimalsOf = (text: string): number => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0);

function barOf(cells: readonly string[], place: string): Bar {
  const values = COLUMNS.map((name, i) => {
    const text = (cells[i] ?? '').trim();
    const value = i === 0 ? timeOf(text) : numberOf(text);
    return Number.isFinite(value) ? value : refuse(place, `${name} is "${text}", not a ${i === 0 ? 'time' : 'number'}`);
  });
  const [openMs, open, high, low, close, volume] = values as [number, number, number, number, number, number];
  const unknown = { quoteVolume: Number.NaN, trades: Number.NaN, takerBuyVolume: Number.NaN };
  const bar = { openMs: epochMs(openMs), open, high, low, close, volume, ...unknown };
  const fault = barFault(bar);
  return fault === null ? bar : refuse(place, fault);
}

/** The file's own timeframe: the step that most rows are apart, so that one stray row is named and not believed. */
function timeframeOf(bars: readonly Bar[], file: string): Timeframe {
  const steps = new Map<number, number>();
  for (let i = 1; i < bars.length; i++) {
    const step = (bars[i] as Bar).openMs - (bars[i - 1] as Bar).openMs;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const [usual] = [...steps].reduce((a, b) => (b[1] > a[1] ? b : a));
  const found = TIMEFRAMES.find((timeframe) => timeframeMs(timeframe) === usual);
  return found ?? refuse(file, `its bars are ${usual / 60_000} minutes apart; known are ${TIMEFRAMES.join(', ')}`);
}

export function readSeries(file: string): KlineSeries {
  const lines = textOf(file).split(/\r?\n/);
  const header = (lines[0] ?? '').trim();
  if (!HEADERS.some((known) => header.toLowerCase().startsWith(known))) {
    refuse(`${file}:1`, `the header is "${header.slice(0, 80)}", expected ${HEADERS[0]} or Date,Open,High,Low,Close,Volume`);
  }
  const bars: Bar[] = [];
  let decimals = 0;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line === '' && i === lines.length - 1) break;
    const cells = line.split(',');
    const bar = barOf(cells, `${file}:${i + 1}`);
    const before = bars.at(-1)?.openMs ?? Number.NEGATIVE_INFINITY;
    if (bar.openMs === before) refuse(`${file}:${i + 1}`, `open_time ${bar.openMs} stands twice`);
    if (bar.openMs < before) refuse(`${file}:${i + 1}`, `open_time ${bar.openMs} comes after ${before}: rows must ascend`);
    for (let column = 1; column <= 4; column++) decimals = Math.max(decimals, decimalsOf((cells[column] ?? '').trim()));
    bars.push(bar);
  }
  if (bars.length < 2) refuse(file, `${bars.length} bars are too few`);
  const timeframe = timeframeOf(bars, file);
  for (const [i, bar] of bars.entries()) {
    if (bar.openMs % timeframeMs(timeframe) !== 0)
      refuse(`${file}:${i + 2}`, `open_time ${bar.openMs} is off the ${timeframe} grid`);
  }
  return { timeframe, tickSize: decimals > MOST_DECIMALS ? 0 : 10 ** -decimals, bars };
}

/** The series in a larger timeframe; a bar with a missing part is left out, as live. */
export function foldSeries(series: KlineSeries, timeframe: Timeframe): KlineSeries {
  if (timeframe === series.timeframe) return series;
  if (timeframeMs(timeframe) % timeframeMs(series.timeframe) !== 0) {
    throw new StartError(2, `--timeframe ${timeframe}: ${series.timeframe} bars do not fold into ${timeframe} bars`);
  }
  const folder = new BarFolder(series.timeframe, timeframe);
  return { ...series, timeframe, bars: series.bars.map((bar) => folder.push(bar)).filter((bar) => bar !== null) };
}
