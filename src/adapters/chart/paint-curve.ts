// Adapter chart: one number over time, with the depths below its highest value shaded and its newest value on the axis.
import type { CurveSpec } from '../../ports/chart.ts';
import { clockTicks, linearScale, type PriceScale } from './layout.ts';
import { fill, fitted, stroke, widthOf, write } from './pen.ts';
import { type Plot, paintLevels, paintWords } from './plot.ts';

type Point = readonly [number, number];

/** Without cents where the numbers are long: the axis stays narrow. */
const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

function scaleOf({ points, base }: CurveSpec, { area }: Plot): PriceScale {
  const values = [...points.map(({ value }) => value), ...(base === null ? [] : [base.value])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low || Math.abs(high) * 1e-3 || 1) * 0.12;
  return linearScale(low - air, high + air, area);
}

export function paintCurve(plot: Plot, spec: CurveSpec): void {
  const scale = scaleOf(spec, plot);
  const { points } = spec;
  const fromMs = points[0]?.atMs ?? 0;
  const toMs = Math.max(fromMs + 60_000, points.at(-1)?.atMs ?? 0);
  const x = (ms: number): number => plot.area.x + (plot.area.width * (ms - fromMs)) / (toMs - fromMs);
  const newest = points.at(-1)?.value ?? 0;
  paintWords(plot, spec);
  paintLevels(plot, scale, (level) => grouped(level, spec.decimals), [scale.y(newest)]);
  paintTimes(plot, { fromMs, toMs, x });
  paintDepths(plot, spec, { scale, x });
  if (spec.base !== null) paintBase(plot, spec.base, scale);
  const line = points.map(({ atMs, value }): Point => [x(atMs), scale.y(value)]);
  stroke(plot.ink, line, { colour: plot.theme.long, width: 3 });
  paintNewest(plot, { y: scale.y(newest), words: grouped(newest, spec.decimals) });
}

interface Places {
  readonly scale: PriceScale;
  readonly x: (ms: number) => number;
}

/** From the highest value so far down to the curve. */
function paintDepths({ ink, theme, area, type }: Plot, { points, drawdownLabel }: CurveSpec, { scale, x }: Places): void {
  let high = Number.NEGATIVE_INFINITY;
  const peaks = points.map(({ atMs, value }): Point => {
    high = Math.max(high, value);
    return [x(atMs), scale.y(high)];
  });
  const curve = points.map(({ atMs, value }): Point => [x(atMs), scale.y(value)]);
  ink.beginPath();
  for (const [i, [px, py]] of [...peaks, ...curve.toReversed()].entries()) {
    if (i === 0) ink.moveTo(px, py);
    else ink.lineTo(px, py);
  }
  ink.closePath();
  ink.globalAlpha = 0.28;
  ink.fillStyle = theme.stop;
  ink.fill();
  ink.globalAlpha = 1;
  const px = type.small;
  const plate = { x: area.x + 6, y: area.y + 6, width: widthOf(ink, drawdownLabel, px) + px * 1.6 + 12, height: px * 1.5 };
  fill(ink, plate, theme.plate);
  fill(ink, { x: plate.x + 6, y: plate.y + px * 0.35, width: px * 0.9, height: px * 0.8 }, theme.stop, 0.5);
  write(ink, drawdownLabel, { x: plate.x + px * 1.6, y: plate.y + plate.height / 2, px, colour: theme.faint });
}

function paintBase({ ink, theme, area, type }: Plot, base: NonNullable<CurveSpec['base']>, scale: PriceScale): void {
  const y = scale.y(base.value);
  const line = [
    [area.x, y],
    [area.x + area.width, y],
  ] as const;
  stroke(ink, line, { colour: theme.faint, width: 1.5, dash: [6, 5] });
  const px = type.small;
  const width = widthOf(ink, base.label, px) + 8;
  const below = y + px * 1.5 < area.y + area.height;
  const plate = { x: area.x + area.width - width - 6, y: below ? y + 3 : y - px * 1.4 - 3, width, height: px * 1.4 };
  fill(ink, plate, theme.plate);
  write(ink, base.label, { x: plate.x + 4, y: plate.y + plate.height / 2, px, colour: theme.faint });
}

function paintNewest({ ink, theme, axis, type }: Plot, { y, words }: { readonly y: number; readonly words: string }): void {
  const height = type.small * 1.5;
  fill(ink, { x: axis.x + 4, y: y - height / 2, width: axis.width - 4, height }, theme.long);
  const shown = fitted(ink, words, type.small, axis.width - 12);
  write(ink, shown, { x: axis.x + 8, y, px: type.small, colour: theme.onFill });
}

const iso = (ms: number): string => new Date(ms).toISOString();
const DAY_MS = 86_400_000;

function paintTimes(
  { ink, theme, area, axis, row, type }: Plot,
  { fromMs, toMs, x }: { readonly fromMs: number; readonly toMs: number; readonly x: (ms: number) => number },
): void {
  const gap = widthOf(ink, '06-24 00:00', type.small) + type.small;
  const { ticks, stepMs } = clockTicks(fromMs, toMs, (gap / area.width) * (toMs - fromMs));
  let day = '';
  for (const ms of ticks) {
    const at = Math.round(x(ms)) + 0.5;
    const line = [
      [at, area.y],
      [at, area.y + area.height],
    ] as const;
    stroke(ink, line, { colour: theme.grid });
    const text = iso(ms);
    const date = text.slice(5, 10);
    const label = stepMs >= DAY_MS ? date : date === day ? text.slice(11, 16) : text.slice(5, 16).replace('T', ' ');
    const half = widthOf(ink, label, type.small) / 2;
    if (at - half < row.x || at + half > row.x + row.width) continue;
    day = date;
    write(ink, label, { x: at, y: row.y + row.height / 2, px: type.small, colour: theme.faint, align: 'center' });
  }
  write(ink, 'UTC', { x: axis.x + 8, y: row.y + row.height / 2, px: type.small, colour: theme.faint });
}
