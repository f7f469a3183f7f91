// App, `perpscout bench`: what the worst feed costs: 648 contracts × 8 kline frames a second, from the text of the frame through the
// adapter's schemas into the data room, and how long the event loop keeps others waiting meanwhile.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { DataService } from '../../../services/data-service.ts';
import { readMarketFrame } from '../../adapters/binance/market-frames.ts';
import { WireCounts } from '../../adapters/binance/wire-counts.ts';
import type { Bar } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import type { SymbolId } from '../../core/units.ts';
import type { BenchMarket } from './bench-market.ts';
import { atMost, cpuTimed, type Figure, median } from './figure.ts';
import type { MarketRun } from './market-run.ts';

const FRAMES_PER_SYMBOL = 8;
const ROUNDS = 15;
const SLICE_MS = 10;
const WATCHED_MS = 4_000;

/** A combined-stream frame of a running bar, as the venue writes it. */
function frameText(symbol: SymbolId, bar: Bar): string {
  const text = (value: number): string => String(Number.isNaN(value) ? 0 : value);
  const count = Number.isNaN(bar.trades) ? 0 : bar.trades;
  const k = {
    ...{ t: bar.openMs, T: bar.openMs + MINUTE_MS - 1, s: symbol, i: '1m', f: 1, L: 1 + count },
    ...{ o: text(bar.open), c: text(bar.close), h: text(bar.high), l: text(bar.low), v: text(bar.volume), n: count, x: false },
    ...{ q: text(bar.quoteVolume), V: text(bar.takerBuyVolume), Q: '0', B: '0' },
  };
  const data = { e: 'kline', E: bar.openMs + MINUTE_MS - 1, s: symbol, k };
  return JSON.stringify({ stream: `${symbol.toLowerCase()}@kline_1m`, data });
}

const forming = (bar: Bar, i: number): Bar => ({ ...bar, close: i % 2 === 0 ? bar.open : bar.close });

/** One second of frames: every contract's running bar, eight times. */
function secondOfFrames(run: MarketRun, market: BenchMarket): string[] {
  const openMs = run.nextMs;
  const bars = run.data.symbols().map((symbol) => ({ symbol, bar: market.minute(symbol, openMs) }));
  return Array.from({ length: FRAMES_PER_SYMBOL }, (_, i) => i).flatMap((i) =>
    bars.map(({ symbol, bar }) => frameText(symbol, forming(bar, i))),
  );
}

function take(text: string, data: DataService, counts: WireCounts): void {
  const frame: unknown = JSON.parse(text);
  const payload = typeof frame === 'object' && frame !== null && 'data' in frame ? frame.data : frame;
  const event = readMarketFrame(payload, counts);
  if (event === null) throw new Error(`a frame was not understood: ${text}`);
  data.onMarket(event);
}

/** Frames in slices of 10 ms, a full-market decision each second; the 99th percentile of the loop's delay beyond its own 1 ms. */
async function loopDelayMs(frames: readonly string[], run: MarketRun, counts: WireCounts): Promise<number> {
  const perSlice = Math.ceil((frames.length * SLICE_MS) / 1_000);
  const monitor = monitorEventLoopDelay({ resolution: 1 });
  monitor.enable();
  const begun = performance.now();
  let sent = 0;
  let decided = 0;
  while (performance.now() - begun < WATCHED_MS) {
    await new Promise((resolve) => setTimeout(resolve, SLICE_MS));
    const due = Math.floor(((performance.now() - begun) / SLICE_MS) * perSlice);
    for (; sent < due; sent++) take(frames[sent % frames.length] ?? '', run.data, counts);
    if (performance.now() - begun < (decided + 1) * 1_000) continue;
    decided += 1;
    run.hearMinute();
    await new Promise((resolve) => setImmediate(resolve));
    run.decide();
  }
  monitor.disable();
  return monitor.percentile(99) / 1e6 - 1;
}

export async function frameFigures(run: MarketRun, market: BenchMarket): Promise<Figure[]> {
  const counts = new WireCounts();
  const frames = secondOfFrames(run, market);
  const second = (): void => {
    for (const text of frames) take(text, run.data, counts);
  };
  second();
  const rounds = Array.from({ length: ROUNDS }, () => cpuTimed(second));
  const delay = await loopDelayMs(frames, run, counts);
  return [
    atMost('frameDecodeShareOfCore', { value: (median(rounds) * 100) / 1_000, unit: '%', bound: 10 }),
    atMost('frameLoopDelay.p99Ms', { value: delay, unit: 'ms', bound: 10 }),
  ];
}
