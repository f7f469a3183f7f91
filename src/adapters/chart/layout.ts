// Adapter chart: where things stand. Pure geometry in pixels: the areas of a picture, prices and times to places, round
// numbers for the axes, and labels that keep out of each other's way.
import type { Bar } from '../../core/market.ts';
import type { Side } from '../../core/units.ts';
import type { ChartLook, ChartSpec } from '../../ports/chart.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Type sizes in pixels; phones need larger ones. */
  readonly type: { readonly title: number; readonly text: number; readonly small: number };
  readonly margin: number;
  readonly header: Rect;
  readonly price: Rect;
  readonly panel: Rect;
  /** Where prices are written, right of both plots. */
  readonly axis: Rect;
  readonly times: Rect;
  readonly footer: Rect;
}

const SIZES = {
  desktop: { width: 1200, height: 700, title: 22, text: 14, small: 12, margin: 16, axis: 96, panelShare: 0.17 },
  phone: { width: 780, height: 1040, title: 30, text: 21, small: 18, margin: 18, axis: 128, panelShare: 0.15 },
  chat: { width: 800, height: 640, title: 28, text: 22, small: 19, margin: 16, axis: 132, panelShare: 0.16 },
} as const;

export function frameOf(size: ChartLook['size']): Frame {
  const { width, height, title, text, small, margin, axis, panelShare } = SIZES[size];
  const line = Math.round(text * 1.5);
  const header = { x: margin, y: margin, width: width - 2 * margin, height: Math.round(title * 1.4) + line };
  const footer = { x: margin, y: height - margin - line, width: width - 2 * margin, height: line };
  const times = { x: margin, y: footer.y - line, width: width - 2 * margin - axis, height: line };
  const top = header.y + header.height + margin / 2;
  const room = times.y - top - margin / 2;
  const panelHeight = Math.round(room * panelShare);
  const price = { x: margin, y: top, width: times.width, height: room - panelHeight - margin / 2 };
  const panel = { x: margin, y: price.y + price.height + margin / 2, width: times.width, height: panelHeight };
  const axisRect = { x: price.x + price.width, y: top, width: axis, height: room };
  return { width, height, type: { title, text, small }, margin, header, price, panel, axis: axisRect, times, footer };
}

export interface PriceScale {
  readonly low: number;
  readonly high: number;
  y(price: number): number;
}

export function linearScale(low: number, high: number, rect: Rect): PriceScale {
  const span = high > low ? high - low : Math.abs(high) * 1e-3 || 1;
  return { low, high: low + span, y: (value) => rect.y + rect.height * (1 - (value - low) / span) };
}

/** All candles, the plan and the main zone are inside; other zones and levels may lie beyond the edge. */
export function priceScale({ bars, plan, zones }: Pick<ChartSpec, 'bars' | 'plan' | 'zones'>, rect: Rect): PriceScale {
  const main = zones.filter((zone) => zone.weight === 'main').flatMap((zone) => [zone.top, zone.bottom]);
  const levels = plan === null ? main : [...main, plan.entry, plan.stop, plan.target];
  const low = Math.min(...bars.map((bar) => bar.low), ...levels);
  const high = Math.max(...bars.map((bar) => bar.high), ...levels);
  const air = (high - low || Math.abs(high) * 1e-3) * 0.06;
  return linearScale(low - air, high + air, rect);
}

export interface TimeScale {
  /** Middle of the bar that opens then; the first bar stands for everything before it. */
  x(openMs: number): number;
  /** Pixels from bar to bar, and how wide a body is. */
  readonly step: number;
  readonly body: number;
  /** Middle of the newest bar. */
  readonly lastX: number;
}

/** Room right of the newest bar, where the plan is drawn, in shares of the bars shown. */
const FUTURE_SHARE = 0.09;

export function timeScale(bars: readonly Bar[], rect: Rect): TimeScale {
  const slots = Math.max(1, bars.length) * (1 + FUTURE_SHARE);
  const step = rect.width / slots;
  const middle = (index: number): number => rect.x + (index + 0.5) * step;
  return {
    step,
    body: Math.max(1, Math.min(step * 0.7, 14)),
    lastX: middle(bars.length - 1),
    x: (openMs) => middle(Math.max(0, indexAt(bars, openMs))),
  };
}

/** The bar that opens at this time, or the newest one before it; −1 before the first. */
export function indexAt(bars: readonly Bar[], openMs: number): number {
  let [low, high] = [-1, bars.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((bars[middle]?.openMs ?? 0) <= openMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Round numbers inside the span: 1, 2 or 5 of some power of ten apart, at most `most` of them. */
export function roundTicks(low: number, high: number, most: number): number[] {
  const raw = (high - low) / Math.max(1, most);
  if (!(raw > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

const MINUTE_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440, 2880, 10_080] as const;

/** Open times to write on the axis: on whole steps of the clock, at least `gap` pixels apart. */
export function timeTicks(bars: readonly Bar[], step: number, gap: number): number[] {
  const first = bars[0]?.openMs ?? 0;
  const barMs = Math.max(60_000, (bars[1]?.openMs ?? first + 60_000) - first);
  const wanted = (gap / step) * barMs;
  const stepMs = (MINUTE_STEPS.find((minutes) => minutes * 60_000 >= wanted) ?? 10_080) * 60_000;
  return bars.map((bar) => bar.openMs as number).filter((openMs) => openMs % stepMs === 0);
}

/** Whole steps of the clock inside a span, at least `gapMs` apart. */
export function clockTicks(
  fromMs: number,
  toMs: number,
  gapMs: number,
): { readonly ticks: readonly number[]; readonly stepMs: number } {
  const widest = 10_080 * 60_000;
  const found = MINUTE_STEPS.find((minutes) => minutes * 60_000 >= gapMs);
  const stepMs = found === undefined ? widest * Math.ceil(gapMs / widest) : found * 60_000;
  const first = Math.ceil(fromMs / stepMs) * stepMs;
  const count = Math.max(0, Math.floor((toMs - first) / stepMs) + 1);
  return { ticks: Array.from({ length: count }, (_, i) => first + i * stepMs), stepMs };
}

/** Moves centres apart so that each has `gap` to the next and all lie in [low, high]; the order of the input is kept. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  const placed = order.map((i) => Math.min(high, Math.max(low, wanted[i] ?? 0)));
  for (let i = 1; i < placed.length; i++) placed[i] = Math.max(placed[i] ?? 0, (placed[i - 1] ?? 0) + gap);
  const over = (placed.at(-1) ?? high) - high;
  if (over > 0) placed[placed.length - 1] = high;
  for (let i = placed.length - 2; i >= 0; i--) placed[i] = Math.min(placed[i] ?? 0, (placed[i + 1] ?? 0) - gap);
  const result = new Array<number>(wanted.length).fill(0);
  for (const [place, i] of order.entries()) result[i] = placed[place] ?? 0;
  return result;
}

const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const contains = (outer: Rect, inner: Rect): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

/** Who comes first keeps the place: labels that find no free place are left out rather than written over others. */
export class LabelBoard {
  readonly #area: Rect;
  readonly #taken: Rect[] = [];

  constructor(area: Rect) {
    this.#area = area;
  }

  /** Takes the first of these places that is free and inside, or none. */
  place(candidates: readonly Rect[]): Rect | null {
    const found = candidates.find((rect) => contains(this.#area, rect) && !this.#taken.some((other) => overlaps(rect, other)));
    if (found === undefined) return null;
    this.#taken.push(found);
    return found;
  }

  block(rect: Rect): void {
    this.#taken.push(rect);
  }
}

/**
 * Where the label of a zone may stand: over its columns, at an edge of it or one line further. A label elsewhere would seem to
 * belong to nothing.
 */
export function zonePlaces(zone: Rect, side: Side, size: Pick<Rect, 'width' | 'height'>, area: Rect): Rect[] {
  const above = zone.y - size.height - 2;
  const below = zone.y + zone.height + 2;
  const ys = side === 'long' ? [below, above, below + size.height] : [above, below, above - size.height];
  const end = Math.min(zone.x + zone.width, area.x + area.width);
  const furthest = area.x + area.width - size.width;
  const wanted = [zone.x, zone.x + zone.width / 3, zone.x + (zone.width * 2) / 3, end - size.width];
  const xs = wanted
    .map((x) => Math.max(area.x, Math.min(x, furthest)))
    .filter((x) => x < end && x + size.width > zone.x)
    .filter((x, i, all) => all.indexOf(x) === i);
  return ys.flatMap((y) => xs.map((x) => ({ x, y, ...size })));
}
