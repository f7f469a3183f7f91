// App, `perpscout study`: a signal's scene as a picture: its zone, the zones around it, what was swept and broken before it, and the
// trade that it proposes.
import type { HitRate } from '../../book/hit-rates.ts';
import { barOpen, timeframeMs } from '../../core/timeframe.ts';
import { epochMs } from '../../core/units.ts';
import type { ChartBreak, ChartLook, ChartSpec, ChartSweep, ChartZone } from '../../ports/chart.ts';
import { instant } from '../terminal/format.ts';
import { hitRateCell } from '../terminal/hit-rate.ts';
import { isTextKey, type Text } from '../text/catalogue.ts';
import { type HeldZone, isBreak, isSweep, type SignalScene, sweptFrom } from './signal-scene.ts';

const BARS_SHOWN = { desktop: 180, phone: 90, chat: 120 } as const;
const MOST_BARS = 400;
/** Bars of air left of an old zone. */
const BARS_BEFORE_ZONE = 12;
const OTHERS_PER_SIDE = 2;
const BREAKS_SHOWN = 4;
const SWEEPS_SHOWN = 3;

const worded = (text: Text, key: string, fallback: string): string => (isTextKey(key) ? text(key) : fallback);
const zoneWords = (text: Text, { kind, side }: Pick<HeldZone, 'kind' | 'side'> | { kind: string; side: string }): string =>
  `${worded(text, `side.${side}`, side)} ${worded(text, `zone.${kind}`, kind)}`;

/** Enough bars to show where the zone was drawn, as long as that is not too far back. */
function barsShown({ bars, signal }: SignalScene, size: ChartLook['size']): number {
  const toZone = (signal.barOpenMs - signal.zone.atMs) / timeframeMs('1m') + BARS_BEFORE_ZONE;
  return Math.min(bars.length, MOST_BARS, Math.max(BARS_SHOWN[size], Math.ceil(toZone)));
}

function zonesOf(scene: SignalScene, text: Text): ChartZone[] {
  const { signal, others } = scene;
  const { zone, plan } = signal;
  const toMs = null;
  const main: ChartZone = {
    side: zone.side,
    top: zone.top,
    bottom: zone.bottom,
    fromMs: zone.atMs,
    toMs,
    label: zoneWords(text, zone),
    weight: 'main',
  };
  const near = (side: string): readonly HeldZone[] =>
    others
      .filter((other) => other.side === side && other.atMs >= (scene.bars[0]?.openMs ?? 0))
      .filter((other) => Math.abs((other.top + other.bottom) / 2 - plan.entry) <= 2 * plan.risk * Math.max(1, plan.rewardToRisk))
      .slice(0, OTHERS_PER_SIDE);
  const rest = [...near('long'), ...near('short')].map(
    (other): ChartZone => ({
      side: other.side,
      top: other.top,
      bottom: other.bottom,
      fromMs: other.atMs,
      toMs,
      label: zoneWords(text, other),
      weight: 'other',
    }),
  );
  return [main, ...rest];
}

function breaksOf({ events, bars }: SignalScene, text: Text): ChartBreak[] {
  const since = bars[0]?.openMs ?? 0;
  return events
    .filter(isBreak)
    .filter(({ swingAt }) => swingAt >= since)
    .slice(-BREAKS_SHOWN)
    .map((event) => ({
      side: event.side,
      level: event.level,
      swingMs: event.swingAt,
      atMs: event.knownAt,
      label: worded(text, `event.${event.kind}`, event.kind),
    }));
}

function sweepsOf(scene: SignalScene, text: Text): ChartSweep[] {
  const since = scene.bars[0]?.openMs ?? 0;
  return scene.events
    .filter(isSweep)
    .filter(({ at }) => at >= since)
    .slice(-SWEEPS_SHOWN)
    .map((event) => ({
      side: event.side,
      level: event.level,
      fromMs: epochMs(Math.max(since, sweptFrom(scene, event))),
      toMs: event.at,
      label: worded(text, `event.sweep.${event.strength}`, event.kind),
    }));
}

/** `measured`: what became of signals like it, which a score never stands without. */
export function signalChart(whole: SignalScene, look: ChartLook, text: Text, measured: HitRate | null): ChartSpec {
  const { signal } = whole;
  const scene = { ...whole, bars: whole.bars.slice(-barsShown(whole, look.size)) };
  const { plan, side, symbol } = signal;
  const numbers = {
    score: signal.score,
    hit: hitRateCell(measured, text),
    setup: worded(text, `setup.${signal.setup}`, signal.setup),
    rr: plan.rewardToRisk.toFixed(2),
    risk: ((plan.risk / plan.entry) * 100).toFixed(2),
    cost: plan.costR.toFixed(3),
  };
  return {
    look,
    title: `${symbol}  ${worded(text, `side.${side}`, side)}  ${numbers.setup}  ${instant(signal.barCloseMs)}`,
    subtitle: text('chart.subtitle', numbers),
    footer: text(look.size === 'phone' ? 'chart.footerShort' : 'chart.footer'),
    timeframe: signal.entryTimeframe,
    priceDecimals: whole.recorded.priceDecimals,
    bars: scene.bars,
    zones: zonesOf(scene, text),
    sweeps: sweepsOf(scene, text),
    breaks: breaksOf(scene, text),
    plan: {
      side,
      entry: plan.entry,
      stop: plan.stop,
      target: plan.target,
      atMs: barOpen(signal.barOpenMs, signal.entryTimeframe),
      words: { entry: text('chart.entry'), stop: text('chart.stop'), target: text('chart.target') },
    },
    panel: look.size === 'phone' ? { kind: 'volume', label: text('chart.volume') } : { kind: 'macd', label: 'MACD 12/26/9' },
  };
}
