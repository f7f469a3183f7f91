// App, backtest, phase 1: a group of contracts through the shipped strategy, minute after minute and side by side as the bot hears
// them. Nothing of one contract depends on another, except features that look at BTC: every group hears BTC as well.
import { SymbolBars } from '../../../services/data/symbol-bars.ts';
import { type MinuteDecision, StrategyEngine } from '../../../services/strategy-engine.ts';
import type { Strategy, StrategySettings, SymbolStrategy } from '../../../strategy/strategy.ts';
import type { Grid } from '../../core/grid.ts';
import type { Bar } from '../../core/market.ts';
import type { Signal } from '../../core/signal.ts';
import { DAY_MS, timeframeMs } from '../../core/timeframe.ts';
import { epochMs, type SymbolId } from '../../core/units.ts';
import { type Sample, sampleOf } from '../study/label.ts';
import { FundingCalendar, type FundingTable } from './funding.ts';
import { instrumentOf } from './instrument-of.ts';
import { NearMisses } from './near-misses.ts';
import { SeriesBars, type SharedSeries } from './series.ts';
import { TrendRecorder, type TrendRows } from './trend-table.ts';

export interface GroupRequest {
  readonly series: readonly SharedSeries[];
  /** Heard, but its signals are another group's; null where it is in this one or nowhere. */
  readonly btc: SharedSeries | null;
  readonly strategies: readonly Strategy[];
  readonly settings: StrategySettings;
  readonly funding: FundingTable;
  /** Signals of bars that close before are history. */
  readonly fromMs: number;
  readonly placebos: number;
  readonly seed: number;
  /** `signals`: what single gates refused is not followed; by default it is. */
  readonly follow?: 'signals' | 'refusals';
  /** History that the strategies begin with instead of the first bars of the files: a live run's, to be compared with it. */
  readonly start?: StartingBars;
}

export interface StartingBars {
  /** Open of the first bar that is heard after the history. */
  readonly firstMs: number;
  readonly bars: ReadonlyMap<SymbolId, { readonly trend: readonly Bar[]; readonly entry: readonly Bar[] }>;
}

export interface FoundSignal {
  readonly signal: Signal;
  readonly features: Float64Array;
  /** Null where the recording ends before the trade or all of its placebos do. */
  readonly sample: Sample | null;
}

/** What a refusal of one gate alone would have earned; null as above. */
export interface NearMiss {
  readonly gate: string;
  readonly sample: Sample | null;
}

export interface SymbolResult {
  readonly symbol: SymbolId;
  readonly signals: readonly FoundSignal[];
  readonly nearMisses: readonly NearMiss[];
  readonly trend: TrendRows;
}

interface Seat {
  readonly symbol: SymbolId;
  readonly grid: Grid;
  readonly bars: SeriesBars;
  readonly feed: SymbolBars;
  readonly trend: TrendRecorder;
  readonly signals: FoundSignal[];
  readonly misses: NearMisses;
  readonly role: 'own' | 'heard';
}

const PROGRESS_EVERY = 2_048;
/** Refusals are many: one draw each is enough for their mean. */
const MISS_PLACEBOS = 1;

function seatOf(series: SharedSeries, role: Seat['role'], { settings }: GroupRequest): Seat {
  const instrument = instrumentOf(series.contract);
  const dayBars = Math.max(1, DAY_MS / timeframeMs(settings.pair.trend));
  return {
    symbol: instrument.symbol,
    grid: instrument.grid,
    bars: new SeriesBars(series),
    feed: new SymbolBars(instrument, settings.pair, { trendBars: dayBars + 1, entryBars: 1 }),
    trend: new TrendRecorder(),
    signals: [],
    misses: new NearMisses(settings),
    role,
  };
}

/** Answers with one result a contract of its own; tells how many of its own bars were heard. */
export function runGroup(request: GroupRequest, onProgress: (bars: number) => void): SymbolResult[] {
  const { settings, series, btc } = request;
  const seats = [...(btc === null ? [] : [seatOf(btc, 'heard', request)]), ...series.map((one) => seatOf(one, 'own', request))];
  const funding = new FundingCalendar(request.funding);
  const bySymbol = new Map(seats.map((seat) => [seat.symbol, seat]));
  const stepMs = timeframeMs(settings.pair.entry);
  let nowMs = 0;
  const engine = new StrategyEngine(request.strategies, settings, {
    contextOf: (symbol) => ({
      quoteVolume24hUsdt: bySymbol.get(symbol)?.feed.quoteVolume24hUsdt ?? Number.NaN,
      fundingRate: funding.lastRate(symbol, nowMs),
      nextFundingMs: funding.nextMs(nowMs),
    }),
  });
  for (const { series: one } of seats.map(({ bars }) => bars)) engine.open(instrumentOf(one.contract));
  if (request.start !== undefined) warmUp(seats, engine, request.start);
  const firstMs = request.start?.firstMs ?? Math.min(...seats.map(({ bars }) => bars.series.firstMs));
  const endMs = Math.max(...seats.map(({ bars }) => bars.endMs));
  const players = new Map(seats.map((seat) => [seat, engine.playersOf(seat.symbol)[0]]));
  const room: Room = { seats, bySymbol, engine, players, request };
  let [heard, told] = [0, 0];
  for (let openMs = firstMs; openMs < endMs; openMs += stepMs) {
    nowMs = openMs + stepMs;
    heard += hearMinute(room, openMs);
    if (heard - told >= PROGRESS_EVERY) {
      onProgress(heard - told);
      told = heard;
    }
  }
  onProgress(heard - told);
  return seats.filter(({ role }) => role === 'own').map((seat) => resultOf(seat, request));
}

function warmUp(seats: readonly Seat[], engine: StrategyEngine, { firstMs, bars }: StartingBars): void {
  for (const { symbol, feed, trend } of seats) {
    const history = bars.get(symbol) ?? { trend: [], entry: [] };
    const { before, closed } = feed.load(history.trend, history.entry);
    engine.warm(symbol, before, closed);
    const [player] = engine.playersOf(symbol);
    if (player !== undefined) trend.note(firstMs, player);
  }
}

interface Room {
  readonly seats: readonly Seat[];
  readonly bySymbol: ReadonlyMap<SymbolId, Seat>;
  readonly engine: StrategyEngine;
  /** The first strategy of each seat: it speaks for the trend. */
  readonly players: ReadonlyMap<Seat, SymbolStrategy | undefined>;
  readonly request: GroupRequest;
}

/** One minute of the group; answers how many bars of its own it held. */
function hearMinute(room: Room, openMs: number): number {
  const { seats, engine, players, request } = room;
  const closed: { symbol: SymbolId; bars: ReturnType<SymbolBars['advance']> }[] = [];
  const present: Seat[] = [];
  let own = 0;
  for (const seat of seats) {
    const index = seat.bars.indexAt(openMs);
    const bar = index < 0 ? undefined : seat.bars.at(index);
    if (bar === undefined) continue;
    seat.feed.offer(bar);
    closed.push({ symbol: seat.symbol, bars: seat.feed.advance(openMs) });
    present.push(seat);
    if (seat.role === 'own') own += 1;
  }
  const decision = engine.onMinute(epochMs(openMs), closed);
  const wanted = decision.barCloseMs >= request.fromMs;
  // Nearly every minute is empty, and code that was made for full lists is thrown away with each of them.
  if (wanted && decision.ranked.length > 0) noteSignals(room, decision);
  for (const [i, seat] of present.entries()) {
    const player = players.get(seat);
    const newest = closed[i]?.bars.at(-1);
    if (seat.role !== 'own' || player === undefined || newest === undefined) continue;
    if (wanted && request.follow !== 'signals') seat.misses.look(player, newest.entryBar.openMs);
    if (newest.trendBar !== null) seat.trend.note(decision.barCloseMs, player);
  }
  return own;
}

function noteSignals({ bySymbol, request }: Room, { ranked, features }: MinuteDecision): void {
  for (const { signal } of ranked) {
    const seat = bySymbol.get(signal.symbol);
    const row = features.get(signal.id);
    if (seat?.role === 'own' && row !== undefined) seat.signals.push(found(seat, signal, row, request));
  }
}

/** Labelled at the end of its road: what came after is looked at by the label alone. */
function found(seat: Seat, signal: Signal, features: Float64Array, { seed, placebos }: GroupRequest): FoundSignal {
  const index = seat.bars.indexAt(signal.barOpenMs);
  return { signal, features, sample: sampleOf({ signal, index }, seat, { seed, count: placebos }) };
}

function resultOf(seat: Seat, { seed, placebos }: GroupRequest): SymbolResult {
  const nearMisses = seat.misses.all.map(({ gate, signal }) => {
    const index = seat.bars.indexAt(signal.barOpenMs);
    return { gate, sample: sampleOf({ signal, index }, seat, { seed, count: Math.min(placebos, MISS_PLACEBOS) }) };
  });
  return { symbol: seat.symbol, signals: seat.signals, nearMisses, trend: seat.trend.rows() };
}
