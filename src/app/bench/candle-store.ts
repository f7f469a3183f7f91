// App, `perpscout bench`: the memory of the candle store against the same candles as objects. A collection is forced before each
// look, through V8's own switch, so that no command-line flag is needed.
import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { toBar } from '../../adapters/binance/mapper.ts';
import { BarSeries } from '../../core/bars.ts';
import type { Bar } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { atMost, type Figure, median } from './figure.ts';

const SERIES = 100;
const BARS = 500;
const ROUNDS = 5;

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');

/** Twice: buffers that one collection found are given back beside the program, and the next begins by waiting for that. */
function collect(): void {
  gc();
  gc();
}

const FIRST_MS = Date.UTC(2026, 0, 1);

/** A rising line of prices with fractions, as the adapter hands a bar on from the venue's row. */
function barAt(i: number): Bar {
  const text = (value: number): string => value.toFixed(4);
  const open = 100.01 + i * 0.013;
  const openMs = FIRST_MS + i * MINUTE_MS;
  const prices = [text(open), text(open + 0.21), text(open - 0.17), text(open + 0.07)] as const;
  const [volume, quoteVolume, takerBuy] = [text(10.5 + i * 0.31), text(1_050.7 + i * 31.3), text(5.3 + i * 0.17)] as const;
  return toBar([openMs, ...prices, volume, openMs + MINUTE_MS - 1, quoteVolume, i + 5, takerBuy]);
}

function bytesOf(make: () => readonly unknown[]): number {
  const held = (): number => memoryUsage().heapUsed + memoryUsage().arrayBuffers;
  collect();
  const before = held();
  const made = make();
  collect();
  const bytes = held() - before;
  if (made.length !== SERIES) throw new Error('the measured candles were not kept');
  return bytes;
}

const everySeries = <T>(make: () => T): T[] => Array.from({ length: SERIES }, make);

function rings(): BarSeries[] {
  return everySeries(() => {
    const series = new BarSeries('1m', BARS);
    for (let i = 0; i < BARS; i++) series.append(barAt(i));
    return series;
  });
}

const objects = (): Bar[][] => everySeries(() => Array.from({ length: BARS }, (_, i) => barAt(i)));

export function candleStoreFigures(): Figure[] {
  const ratios = Array.from({ length: ROUNDS }, () => bytesOf(rings) / bytesOf(objects));
  return [atMost('candleStoreVsObjects', { value: median(ratios), unit: 'ratio', bound: 0.25 })];
}
