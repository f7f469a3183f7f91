// App, `perpscout study --choices`: the signals of the shipped strategy, found by the backtester's phase 1 with and without the cost
// gate, and what each declared choice of stop, gate, reward, time, orders and fees makes of them.
import { DAY_MS } from '../../../core/timeframe.ts';
import { findSignals, readAll, type SignalSearch } from '../../backtest/backtest.ts';
import { instrumentOf } from '../../backtest/instrument-of.ts';
import type { TaskPool } from '../../backtest/phase-one.ts';
import { SeriesBars, type SharedSeries } from '../../backtest/series.ts';
import type { SymbolResult } from '../../backtest/signal-run.ts';
import { type DatedR, FEWEST, type MeasuredR, measureR, netDifference } from '../groups.ts';
import type { Interval } from '../statistics.ts';
import { type CapRow, capRow } from './caps.ts';
import { CAPS, type ChoiceRow, MAKER_LEG_BPS, type Population, ROADS, ROWS, type Road } from './choices.ts';
import { newRoadRun, priced, type RoadRun, type RoadTrade, takeRoad } from './roads.ts';
import { LIMIT_WAIT_BARS } from './walk.ts';

export type ChoicesStage = 'read' | 'signals' | 'walked';

export interface ChoicesRequest extends Omit<SignalSearch, 'follow' | 'onProgress'> {
  readonly onProgress: (stage: ChoicesStage, done: number, of: number) => void;
}

export interface MeasuredChoice {
  readonly id: string;
  readonly family: ChoiceRow['family'];
  readonly population: Population;
  readonly weight: ChoiceRow['weight'];
  readonly n: number;
  readonly days: number;
  readonly missed: number;
  readonly refused: number;
  readonly unresolved: number;
  /** Null below thirty. */
  readonly measured: MeasuredR | null;
  /** Net R a trade less that of the shipped rules without the gate; null where there is nothing to compare. */
  readonly lessBase: { readonly mean: number; readonly interval: Interval } | null;
}

export interface ChoicesReport {
  readonly strategy: string;
  readonly pair: { readonly trend: string; readonly entry: string };
  readonly settings: {
    readonly minConfidence: number;
    readonly costGateR: number;
    readonly roundTripCostBps: number;
    readonly makerLegBps: number;
    readonly limitWaitBars: number;
  };
  readonly symbols: readonly string[];
  readonly bars: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly signals: Readonly<Record<Population, number>>;
  /** From the first signal's day to the last one's: what the caps are spread over. */
  readonly calendarDays: number;
  readonly rows: readonly MeasuredChoice[];
  readonly caps: readonly (CapRow & { readonly population: Population })[];
  readonly placebos: number;
  readonly seed: number;
  readonly fewest: number;
}

/** Signals between two looks at the bar. */
const PROGRESS_EVERY = 32;

type Roads = ReadonlyMap<string, RoadRun>;
type Runs = Readonly<Record<Population, Roads>>;

/** The pool is closed in the end, however that is. */
export async function runChoices(request: ChoicesRequest, pool: TaskPool): Promise<ChoicesReport> {
  try {
    // Phase 1 labels by the shipped rules alone; the roads draw their own placebos.
    const search: SignalSearch = {
      ...request,
      placebos: 1,
      follow: 'signals',
      onProgress: (stage, done, of) => {
        if (stage === 'read') request.onProgress(stage, done, of);
      },
    };
    const series = await readAll(search, pool);
    const bars = series.reduce((sum, { count }) => sum + count, 0);
    const onPass = (pass: number) => (stage: string, done: number) => {
      if (stage === 'signals') request.onProgress('signals', done + pass * bars, 2 * bars);
    };
    const asShipped = await findSignals({ ...search, onProgress: onPass(0) }, series, pool);
    const open = { ...request.strategy, costGateR: Number.POSITIVE_INFINITY };
    const gateOff = await findSignals({ ...search, strategy: open, onProgress: onPass(1) }, series, pool);
    const of = signalsIn(asShipped) + signalsIn(gateOff);
    const walked = (before: number) => (done: number) => request.onProgress('walked', before + done, of);
    const runs: Runs = {
      asShipped: walkAll(request, { series, results: asShipped, roads: BASE_ROADS }, walked(0)),
      gateOff: walkAll(request, { series, results: gateOff, roads: ROADS }, walked(signalsIn(asShipped))),
    };
    return reportOf(request, series, runs, { asShipped: signalsIn(asShipped), gateOff: signalsIn(gateOff) });
  } finally {
    await pool.close();
  }
}

const BASE_ROADS = ROADS.filter(({ id }) => id === 'base');
const signalsIn = (results: readonly SymbolResult[]): number => results.reduce((sum, { signals }) => sum + signals.length, 0);

interface WalkPlan {
  readonly series: readonly SharedSeries[];
  readonly results: readonly SymbolResult[];
  readonly roads: readonly Road[];
}

function walkAll(
  { seed, placebos }: ChoicesRequest,
  { series, results, roads }: WalkPlan,
  onProgress: (signals: number) => void,
): Roads {
  const runs = new Map(roads.map((road) => [road.id, newRoadRun()]));
  const bySymbol = new Map(series.map((one) => [instrumentOf(one.contract).symbol, one]));
  let done = 0;
  for (const { symbol, signals } of results) {
    const own = bySymbol.get(symbol);
    if (own === undefined) throw new Error(`${symbol} gave signals without bars`);
    const bars = new SeriesBars(own);
    const recording = { bars, grid: instrumentOf(own.contract).grid, draws: { seed, count: placebos } };
    for (const { signal } of signals) {
      const heard = { signal, index: bars.indexAt(signal.barOpenMs) };
      for (const road of roads) takeRoad(road, heard, recording, runs.get(road.id) ?? newRoadRun());
      done += 1;
      if (done % PROGRESS_EVERY === 0) onProgress(done);
    }
  }
  onProgress(done);
  return runs;
}

function roadOf(runs: Runs, population: Population, road: string): RoadRun {
  const run = runs[population].get(road);
  if (run === undefined) throw new Error(`no signal of ${population} took the road ${road}`);
  return run;
}

function tradesOf(row: ChoiceRow, runs: Runs): readonly RoadTrade[] {
  const { trades, missed } = roadOf(runs, row.population, row.road);
  if (row.of === 'traded') return trades.filter(({ plan }) => row.keeps(plan));
  return roadOf(runs, row.population, 'base').trades.filter(({ signal }) => missed.has(signal.id));
}

function measured(row: ChoiceRow, runs: Runs, roundTripBps: number): MeasuredChoice {
  const price = (trades: readonly RoadTrade[], legs: ChoiceRow['legs']): DatedR[] =>
    trades.map((trade) => priced(trade, legs(roundTripBps), roundTripBps));
  const ours = price(tradesOf(row, runs), row.legs);
  const base = ROWS.find(({ id }) => id === 'base') ?? row;
  const enough = ours.length >= FEWEST;
  const { missed, refused, unresolved } = roadOf(runs, row.population, row.road);
  const compared = enough && row.family !== 'shipped' && row.weight === 'compared';
  return {
    id: row.id,
    family: row.family,
    population: row.population,
    weight: row.weight,
    n: ours.length,
    days: new Set(ours.map(({ day }) => day)).size,
    missed: missed.size,
    refused,
    unresolved,
    measured: enough ? measureR(ours) : null,
    lessBase: compared ? netDifference(ours, price(roadOf(runs, row.population, 'base').trades, base.legs)) : null,
  };
}

function capRows(runs: Runs, days: number): ChoicesReport['caps'] {
  return (['gateOff', 'asShipped'] as const).flatMap((population) => {
    const trades = roadOf(runs, population, 'base').trades.map(({ signal, plan, walk }) => ({
      signal,
      exitMs: walk.exitMs,
      day: Math.floor(signal.barCloseMs / DAY_MS),
      netR: walk.grossR - plan.costR,
    }));
    return CAPS.map((policy) => ({ ...capRow(policy, trades, days), population }));
  });
}

function reportOf(
  request: ChoicesRequest,
  series: readonly SharedSeries[],
  runs: Runs,
  signals: ChoicesReport['signals'],
): ChoicesReport {
  const { strategy, strategies, placebos, seed } = request;
  const days = roadOf(runs, 'gateOff', 'base').trades.map(({ signal }) => Math.floor(signal.barCloseMs / DAY_MS));
  const calendarDays = days.length === 0 ? 0 : Math.max(...days) - Math.min(...days) + 1;
  return {
    strategy: strategies.join('+'),
    pair: strategy.pair,
    settings: {
      minConfidence: strategy.minConfidence,
      costGateR: strategy.costGateR,
      roundTripCostBps: Number(strategy.roundTripCostBps.toFixed(4)),
      makerLegBps: MAKER_LEG_BPS,
      limitWaitBars: LIMIT_WAIT_BARS,
    },
    symbols: series.map(({ contract }) => contract.symbol),
    bars: series.reduce((sum, { count }) => sum + count, 0),
    fromMs: Math.min(...series.map(({ firstMs }) => firstMs)),
    toMs: Math.max(...series.map(({ firstMs, stepMs, count }) => firstMs + stepMs * count)),
    signals,
    calendarDays,
    rows: ROWS.map((row) => measured(row, runs, strategy.roundTripCostBps)),
    caps: capRows(runs, calendarDays),
    placebos,
    seed,
    fewest: FEWEST,
  };
}
