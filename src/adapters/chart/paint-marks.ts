// Adapter chart: what the detectors saw: zones, swept levels and breaks of structure, each with its words where there is room.
import type { ChartBreak, ChartSweep, ChartZone } from '../../ports/chart.ts';
import { type Rect, zonePlaces } from './layout.ts';
import { fill, fitted, type Pen, stroke, widthOf, write } from './pen.ts';
import { sideColour } from './theme.ts';

/** Zones lie under the candles; the main one last, so that no other covers it. */
export function paintZones(pen: Pen): void {
  const rank = (zone: ChartZone): number => Number(zone.weight === 'main');
  for (const zone of pen.spec.zones.toSorted((a, b) => rank(a) - rank(b))) paintZone(pen, zone);
}

/** The part of the zone that the plot shows, null where it shows none. */
function zoneRect({ frame: { price }, prices, times }: Pen, zone: ChartZone): Rect | null {
  const top = Math.max(price.y, prices.y(zone.top));
  const bottom = Math.min(price.y + price.height, prices.y(zone.bottom));
  if (bottom <= price.y || top >= price.y + price.height) return null;
  const x = times.x(zone.fromMs) - times.step / 2;
  const right = zone.toMs === null ? price.x + price.width : times.x(zone.toMs);
  return { x, y: top, width: Math.max(times.step, right - x), height: Math.max(2, bottom - top) };
}

function paintZone(pen: Pen, zone: ChartZone): void {
  const { ink, theme } = pen;
  const rect = zoneRect(pen, zone);
  if (rect === null) return;
  const colour = sideColour(theme, zone.side);
  const main = zone.weight === 'main';
  fill(ink, rect, colour, main ? 0.34 : 0.13);
  const corners = [
    [rect.x, rect.y],
    [rect.x + rect.width, rect.y],
    [rect.x + rect.width, rect.y + rect.height],
    [rect.x, rect.y + rect.height],
    [rect.x, rect.y],
  ] as const;
  ink.globalAlpha = main ? 1 : 0.55;
  stroke(ink, corners, { colour, width: main ? 2 : 1, dash: main ? [] : [4, 3] });
  ink.globalAlpha = 1;
}

interface Words {
  readonly text: string;
  readonly px: number;
  readonly width: number;
  readonly height: number;
}

function wordsOf({ ink, frame }: Pen, label: string): Words {
  const px = frame.type.small;
  const text = fitted(ink, label, px, frame.price.width * 0.6);
  return { text, px, width: widthOf(ink, text, px) + 8, height: px * 1.35 };
}

/** A label on a plate at the first free place; left out where none is free. */
function writeAt({ ink, theme, labels }: Pen, { text, px }: Words, colour: string, places: readonly Rect[]): void {
  const rect = labels.place(places);
  if (rect === null) return;
  fill(ink, rect, theme.plate);
  write(ink, text, { x: rect.x + 4, y: rect.y + rect.height / 2, px, colour });
}

function label(pen: Pen, text: string, colour: string, places: readonly { readonly x: number; readonly y: number }[]): void {
  const { frame } = pen;
  const words = wordsOf(pen, text);
  const { width, height } = words;
  const furthest = frame.price.x + frame.price.width - width;
  const rects = places.map(({ x, y }) => ({ x: Math.max(frame.price.x, Math.min(x, furthest)), y, width, height }));
  writeAt(pen, words, colour, rects);
}

/** Written over the candles; the main zone chooses first. */
export function labelZones(pen: Pen): void {
  const rank = (zone: ChartZone): number => Number(zone.weight === 'main');
  for (const zone of pen.spec.zones.toSorted((a, b) => rank(b) - rank(a))) {
    const rect = zoneRect(pen, zone);
    if (rect === null) continue;
    const words = wordsOf(pen, zone.label);
    const { width, height } = words;
    writeAt(pen, words, sideColour(pen.theme, zone.side), zonePlaces(rect, zone.side, { width, height }, pen.frame.price));
  }
}

export function paintSweeps(pen: Pen): void {
  for (const sweep of pen.spec.sweeps) paintSweep(pen, sweep);
}

/** The level as a dotted line up to the bar that took it, with a diamond there. */
function paintSweep(pen: Pen, sweep: ChartSweep): void {
  const { ink, frame, theme, prices, times } = pen;
  const y = prices.y(sweep.level);
  if (y < frame.price.y || y > frame.price.y + frame.price.height) return;
  const x = times.x(sweep.toMs);
  const from = times.x(sweep.fromMs);
  const line = [
    [from, y],
    [x, y],
  ] as const;
  stroke(ink, line, { colour: theme.sweep, width: 1.5, dash: [2, 3] });
  const r = frame.type.small * 0.32;
  ink.beginPath();
  ink.moveTo(x, y - r);
  ink.lineTo(x + r, y);
  ink.lineTo(x, y + r);
  ink.lineTo(x - r, y);
  ink.closePath();
  ink.fillStyle = theme.sweep;
  ink.fill();
  const height = frame.type.small * 1.35;
  const away = sweep.side === 'long' ? y + r + 2 : y - height - r - 2;
  const other = sweep.side === 'long' ? y - height - r - 2 : y + r + 2;
  const places = [away, other, away + (sweep.side === 'long' ? height : -height)].flatMap((top) => [
    { x: x - widthOf(ink, sweep.label, frame.type.small) / 2, y: top },
    { x: from, y: top },
    { x: x + r + 4, y: top },
  ]);
  label(pen, sweep.label, theme.sweep, places);
}

export function paintBreaks(pen: Pen): void {
  for (const broken of pen.spec.breaks) paintBreak(pen, broken);
}

/** A line from the swing to the bar that closed beyond it, its name on the far side of the break. */
function paintBreak(pen: Pen, broken: ChartBreak): void {
  const { ink, frame, theme, prices, times } = pen;
  const y = prices.y(broken.level);
  if (y < frame.price.y || y > frame.price.y + frame.price.height) return;
  const colour = sideColour(theme, broken.side);
  const [from, to] = [times.x(broken.swingMs), times.x(broken.atMs)];
  const line = [
    [from, y],
    [to, y],
  ] as const;
  stroke(ink, line, { colour, width: 1.5 });
  const height = frame.type.small * 1.35;
  const x = (from + to) / 2 - widthOf(ink, broken.label, frame.type.small) / 2 - 4;
  const rows = broken.side === 'long' ? [y - height - 2, y + 2] : [y + 2, y - height - 2];
  label(
    pen,
    broken.label,
    colour,
    rows.flatMap((top) => [
      { x, y: top },
      { x: from, y: top },
      { x: to, y: top },
    ]),
  );
}
