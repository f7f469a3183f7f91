// App, Discord: the candles of one contract as the specification of a picture: what the detectors hold, and the prices of a position
// or a signal where there is one.
import { barOpen, timeframeMs } from '../../core/timeframe.ts';
import { epochMs, type Side } from '../../core/units.ts';
import type { ChartLook, ChartPlan, ChartSpec, ChartZone } from '../../ports/chart.ts';
import type { ChartMarks } from './live-marks.ts';
import type { LiveCandles } from './parts.ts';
import { marketText, price, type Reader, word } from './wording.ts';

export const BARS_IN_CHAT = 120;
/** Zones further than this many shown heights away would only be drawn as nothing. */
const REACH = 0.6;

export interface PlannedPrices {
  readonly side: Side;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
  /** Market time of the entry or of the trigger bar. */
  readonly atMs: number;
  /** Drawn stronger than the others, where it is known. */
  readonly zone: { readonly kind: string; readonly top: number; readonly bottom: number; readonly atMs: number } | null;
}

export interface LiveChartWish {
  readonly symbol: string;
  readonly candles: LiveCandles;
  readonly plan: PlannedPrices | null;
  readonly look: ChartLook;
}

export function liveChart(reader: Reader, { symbol, candles, plan, look }: LiveChartWish): ChartSpec {
  const { text } = reader;
  const bars = candles.bars.slice(-BARS_IN_CHAT);
  const last = bars.at(-1);
  const closeMs = (last?.openMs ?? 0) + timeframeMs(candles.timeframe);
  const firstMs = bars[0]?.openMs ?? 0;
  return {
    look,
    title: text('dc.chart.title', { symbol, timeframe: candles.timeframe }),
    subtitle: text('dc.chart.subtitle', { close: price(last?.close ?? null), bars: bars.length, time: marketText(closeMs) }),
    footer: text(candles.source === 'live' ? 'dc.chart.live' : 'dc.chart.drawn'),
    timeframe: candles.timeframe,
    priceDecimals: candles.priceDecimals,
    bars,
    zones: zonesOf(reader, candles, plan),
    sweeps: sweepsOf(reader, candles, firstMs),
    breaks: breaksOf(reader, candles.marks, firstMs),
    plan: plan === null ? null : planOf(reader, plan, candles, firstMs),
    panel: { kind: 'volume', label: text('chart.volume') },
  };
}

const zoneLabel = (reader: Reader, side: string, kind: string): string =>
  `${word(reader, 'side', side)} ${word(reader, 'zone', kind)}`;

function zonesOf(reader: Reader, { bars, marks }: LiveCandles, plan: PlannedPrices | null): ChartZone[] {
  const shown = bars.slice(-BARS_IN_CHAT);
  const low = Math.min(...shown.map((bar) => bar.low));
  const high = Math.max(...shown.map((bar) => bar.high));
  const reach = (high - low) * REACH;
  const near = ({ top, bottom }: { readonly top: number; readonly bottom: number }): boolean =>
    top > low - reach && bottom < high + reach;
  const own = plan?.zone ?? null;
  const others = marks.zones
    .filter(near)
    .filter((zone) => own === null || !(zone.top === own.top && zone.bottom === own.bottom))
    .map(
      (zone): ChartZone => ({
        side: zone.side,
        top: zone.top,
        bottom: zone.bottom,
        fromMs: epochMs(zone.atMs),
        toMs: null,
        label: zoneLabel(reader, zone.side, zone.kind),
        weight: 'other',
      }),
    );
  if (plan === null || own === null) return others;
  const main: ChartZone = {
    side: plan.side,
    top: own.top,
    bottom: own.bottom,
    fromMs: epochMs(own.atMs),
    toMs: null,
    label: zoneLabel(reader, plan.side, own.kind),
    weight: 'main',
  };
  return [main, ...others];
}

/** A level has no drawn beginning in memory: its line runs in from the left edge of the sweep's neighbourhood. */
const SWEEP_TAIL_BARS = 20;

const sweepsOf = (reader: Reader, { marks, timeframe }: LiveCandles, firstMs: number): ChartSpec['sweeps'] =>
  marks.sweeps
    .filter(({ atMs }) => atMs >= firstMs)
    .map(({ side, level, atMs, strength }) => ({
      side,
      level,
      fromMs: epochMs(Math.max(firstMs, atMs - SWEEP_TAIL_BARS * timeframeMs(timeframe))),
      toMs: epochMs(atMs),
      label: word(reader, 'event', `sweep.${strength}`),
    }));

const breaksOf = (reader: Reader, { breaks }: ChartMarks, firstMs: number): ChartSpec['breaks'] =>
  breaks
    .filter(({ swingMs }) => swingMs >= firstMs)
    .map(({ side, level, swingMs, atMs, form }) => ({
      side,
      level,
      swingMs: epochMs(swingMs),
      atMs: epochMs(atMs),
      label: word(reader, 'event', `structure.${form}`),
    }));

function planOf({ text }: Reader, plan: PlannedPrices, candles: LiveCandles, firstMs: number): ChartPlan {
  return {
    side: plan.side,
    entry: plan.entry,
    stop: plan.stop,
    target: plan.target,
    atMs: epochMs(Math.max(firstMs, barOpen(plan.atMs, candles.timeframe))),
    words: { entry: text('chart.entry'), stop: text('chart.stop'), target: text('chart.target') },
  };
}
