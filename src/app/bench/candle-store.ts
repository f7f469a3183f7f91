// App, `perpscout bench`: the memory of the candle store against the same candles as objects. A collection is forced before each
// look, through V8's own switch, so that no command-line flag is needed.
import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BarSeries } from '../../core/bars.ts';
import type { Bar } from '../../core/market.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import { atMost, type Figure, median } from './figure.ts';

const SERIES = 100;
const BARS = 500;
const ROUNDS = 5;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Prices of a rising line with fractions: each number is a double of its own, as parsed prices are. */
function barAt(i: number): Bar {
  const open = 100.01 + i * 0.013;
  return {
    openMs: epochMs(i * MINUTE_MS),
    open,
    high: open + 0.21,
    low: open - 0.17,
    close: open + 0.07,
    volume: 10.5 + i * 0.31,
    quoteVolume: 1_050.7 + i * 31.3,
    trades: i + 5,
    takerBuyVolume: 5.3 + i * 0.17,
  };
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
