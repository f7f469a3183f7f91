// Soak: the bars that the strategies were fed, held against the exchange's own klines. Every minute of every symbol once, in
// order; every 1m bar as it closed (a running one would differ); every folded 15m bar equal to the exchange's.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ProbedBar, Vitals } from '../../src/app/probe.ts';
import { type Check, FaultList, utc } from './check.ts';
import type { Series, VenueDoor } from './venue-door.ts';

const MINUTE_MS = 60_000;
const TREND_MS = 15 * MINUTE_MS;
/** Sums of the same 15 numbers in another order. */
const VOLUME_TOLERANCE = 1e-9;

type Row = readonly [number, number, number, number, number, number];

interface SymbolStory {
  readonly fed: Row[];
  readonly trend: Row[];
  warmedMs: number;
}

export interface ProbeStory {
  readonly symbols: ReadonlyMap<string, SymbolStory>;
  readonly vitals: readonly Vitals[];
}

export async function readProbe(path: string): Promise<ProbeStory> {
  const symbols = new Map<string, SymbolStory>();
  const vitals: Vitals[] = [];
  const storyOf = (symbol: string): SymbolStory => {
    const known = symbols.get(symbol);
    if (known !== undefined) return known;
    const story = { fed: [], trend: [], warmedMs: Number.NaN };
    symbols.set(symbol, story);
    return story;
  };
  for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = JSON.parse(text) as { warmed?: ProbedBar; fed?: readonly ProbedBar[]; vitals?: Vitals };
    if (line.vitals !== undefined) vitals.push(line.vitals);
    for (const row of [...(line.warmed === undefined ? [] : [line.warmed]), ...(line.fed ?? [])]) {
      const story = storyOf(row[0]);
      const numbers = row.slice(1) as number[];
      if (line.warmed !== undefined) story.warmedMs = numbers[0] ?? Number.NaN;
      story.fed.push(numbers.slice(0, 6) as unknown as Row);
      if (numbers.length > 6) story.trend.push(numbers.slice(6) as unknown as Row);
    }
  }
  return { symbols, vitals };
}

export interface BarSpan {
  /** Open of the newest bar that was decided on. */
  readonly lastBarMs: number;
}

interface Tally {
  readonly missed: FaultList;
  readonly differing: FaultList;
  readonly folds: FaultList;
  bars: number;
  trendBars: number;
}

export async function checkBars(story: ProbeStory, door: VenueDoor, span: BarSpan): Promise<readonly Check[]> {
  const tally: Tally = { missed: new FaultList(), differing: new FaultList(), folds: new FaultList(), bars: 0, trendBars: 0 };
  for (const [symbol, { fed, trend, warmedMs }] of story.symbols) {
    checkContiguous(symbol, { fed, warmedMs }, span, tally);
    const toMs = Math.max(warmedMs, ...fed.slice(-1).map((row) => row[0]));
    const minutes = await door.klines(symbol, '1m', { fromMs: warmedMs, toMs });
    compare(symbol, fed, minutes, tally.differing);
    tally.bars += fed.length;
    const firstTrend = trend[0]?.[0];
    if (firstTrend === undefined) continue;
    const folded = await door.klines(symbol, '15m', { fromMs: firstTrend, toMs: trend.at(-1)?.[0] ?? firstTrend });
    compare(symbol, trend, folded, tally.folds);
    checkAllFolds(symbol, { fed, trend }, tally.folds);
    tally.trendBars += trend.length;
  }
  const symbols = story.symbols.size;
  return [
    { id: 'bars', what: 'no minute missed or fed twice, per symbol', seen: symbols, faults: tally.missed.all },
    { id: 'I10', what: 'every bar fed is the exchange’s closed bar', seen: tally.bars, faults: tally.differing.all },
    { id: 'fold', what: 'every folded 15m bar is the exchange’s', seen: tally.trendBars, faults: tally.folds.all },
  ];
}

function checkContiguous(
  symbol: string,
  { fed, warmedMs }: { fed: readonly Row[]; warmedMs: number },
  span: BarSpan,
  tally: Tally,
): void {
  if (Number.isNaN(warmedMs)) tally.missed.add(`${symbol}: no history was loaded`);
  let expected = warmedMs;
  for (const [openMs] of fed) {
    if (openMs !== expected) tally.missed.add(`${symbol}: ${utc(openMs)} was fed where ${utc(expected)} was due`);
    expected = openMs + MINUTE_MS;
  }
  if (expected <= span.lastBarMs)
    tally.missed.add(`${symbol}: fed until ${utc(expected - MINUTE_MS)} only, the run went on to ${utc(span.lastBarMs)}`);
}

/** The fold must also be complete: each quarter hour that was fed to its end has its 15m bar. */
function checkAllFolds(symbol: string, { fed, trend }: { fed: readonly Row[]; trend: readonly Row[] }, faults: FaultList): void {
  const held = new Set(trend.map(([openMs]) => openMs));
  const first = Math.ceil((trend[0]?.[0] ?? 0) / TREND_MS) * TREND_MS;
  const lastClosed = (fed.at(-1)?.[0] ?? 0) + MINUTE_MS;
  for (let openMs = first; openMs + TREND_MS <= lastClosed; openMs += TREND_MS)
    if (!held.has(openMs)) faults.add(`${symbol}: the 15m bar of ${utc(openMs)} was never fed`);
}

function compare(symbol: string, rows: readonly Row[], venue: Series, faults: FaultList): void {
  for (const [openMs, ...ours] of rows) {
    const theirs = venue.rows.get(openMs);
    if (theirs === undefined) {
      faults.add(`${symbol} ${utc(openMs)}: the exchange has no such bar`);
      continue;
    }
    const same = theirs.every((value, i) => {
      const our = ours[i] ?? Number.NaN;
      return i < 4 ? our === value : Math.abs(our - value) <= VOLUME_TOLERANCE * Math.max(1, Math.abs(value));
    });
    if (!same) faults.add(`${symbol} ${utc(openMs)}: fed ${ours.join(' ')}, the exchange says ${theirs.join(' ')}`);
  }
}
