// A desk over a whole market: 648 contracts in the real strategy, candles as the bot holds them, all of it real but the pictures.
import { StrategyEngine } from '../../services/strategy-engine.ts';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { loadSettings } from '../../src/app/config.ts';
import { BotDesk } from '../../src/app/discord/desk.ts';
import { liveMarket } from '../../src/app/discord/live-market.ts';
import { LiveSetups } from '../../src/app/discord/live-setups.ts';
import type { DeskParts } from '../../src/app/discord/parts.ts';
import { chosenStrategies, strategySettings } from '../../src/app/strategy-settings.ts';
import { BarFolder, BarSeries } from '../../src/core/bars.ts';
import { type SymbolId, symbolId } from '../../src/core/units.ts';
import type { ChartRenderer } from '../../src/ports/chart.ts';
import { aDesk } from './a-desk.ts';
import { anInstrument } from './execution-bench.ts';
import { wildMinutes } from './wild-market.ts';

const MINUTES = 1_000;
/** Contracts share a few courses of the market: making each its own would take longer than what is measured. */
const COURSES = 12;
const CONTEXT = { quoteVolume24hUsdt: 5e7, fundingRate: 0, nextFundingMs: Number.NaN };

export const MARKET: readonly SymbolId[] = Array.from({ length: 648 }, (_, i) => symbolId(`C${i}USDT`));

export function marketDesk(charts: ChartRenderer): BotDesk {
  const settings = loadSettings({}, 'no-such-file');
  const engine = new StrategyEngine(chosenStrategies(settings), strategySettings(settings), { contextOf: () => CONTEXT });
  const courses = Array.from({ length: COURSES }, (_, i) => wildMinutes(i + 1, MINUTES));
  const held = new Map<SymbolId, { readonly entry: BarSeries; readonly trend: BarSeries }>();
  for (const [i, symbol] of MARKET.entries()) {
    const series = { entry: new BarSeries('1m', MINUTES), trend: new BarSeries('15m', MINUTES) };
    const folder = new BarFolder('1m', '15m');
    engine.open(anInstrument(symbol));
    const closed = (courses[i % COURSES] ?? []).map((entryBar) => {
      const trendBar = folder.push(entryBar);
      series.entry.append(entryBar);
      if (trendBar !== null) series.trend.append(trendBar);
      return { entryBar, trendBar, afterGap: 'contiguous' as const, quoteVolume24hUsdt: 5e7 };
    });
    engine.warm(symbol, [], closed);
    held.set(symbol, series);
  }
  const data = {
    symbols: () => [...MARKET],
    bars: (symbol: SymbolId) => held.get(symbol),
    instrument: anInstrument,
    mark: () => undefined,
    contextOf: () => CONTEXT,
  };
  const { room } = aDesk({ rows: 30, charts });
  const source = { symbols: data.symbols, setupsOf: (symbols: readonly SymbolId[]) => engine.setupsOf(symbols) };
  const setups = new LiveSetups(source, systemClock);
  const market = liveMarket(data, engine, { candles: async () => [], held: () => null });
  const parts: DeskParts = { ...room.parts, wallClock: systemClock, market, setups: () => setups.best() };
  return new BotDesk({ ...room, parts });
}

/** Gaps below this are the ordinary turn of the loop. */
const ORDINARY_MS = 0.5;

/**
 * For how long this keeps everything else waiting at a time, in ms: a task that always comes back measures its own delays. The middle
 * one of them, because a machine that does other things adds long ones of its own.
 */
export async function typicalHold(work: () => unknown): Promise<number> {
  const gaps: number[] = [];
  let last = performance.now();
  let state: 'on' | 'off' = 'on';
  const tick = (): void => {
    const now = performance.now();
    if (now - last > ORDINARY_MS) gaps.push(now - last);
    last = now;
    if (state === 'on') setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  state = 'off';
  await new Promise<void>((resolve) => void setImmediate(resolve));
  return gaps.toSorted((a, b) => a - b)[gaps.length >> 1] ?? 0;
}

/** Costs the loop what the thread costs it, the copy of the picture's specification, and no other core. */
const copied = async (spec: unknown): Promise<Uint8Array> => {
  structuredClone(spec);
  return Uint8Array.of(1);
};
export const COPYING: ChartRenderer = { render: copied, curve: copied, reliability: copied };
