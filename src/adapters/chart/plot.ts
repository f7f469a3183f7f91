// Adapter chart: what pictures without candles share: heading, one plot with an axis on its right, foot line.
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartLook } from '../../ports/chart.ts';
import { frameOf, type PriceScale, type Rect, roundTicks } from './layout.ts';
import { fill, fitted, stroke, write } from './pen.ts';
import type { Theme } from './theme.ts';

export interface Plot {
  readonly ink: SKRSContext2D;
  readonly theme: Theme;
  readonly type: { readonly title: number; readonly text: number; readonly small: number };
  readonly header: Rect;
  readonly area: Rect;
  readonly axis: Rect;
  /** The row below the plot. */
  readonly row: Rect;
  readonly footer: Rect;
}

/** Lower than a picture of candles: there is one curve to follow. */
const HEIGHT_SHARE = 0.78;

export function plotSize(size: ChartLook['size']): { readonly width: number; readonly height: number } {
  const { width, height } = frameOf(size);
  return { width, height: Math.round(size === 'phone' ? width * 0.8 : height * HEIGHT_SHARE) };
}

export function plotOn(ink: SKRSContext2D, theme: Theme, size: ChartLook['size']): Plot {
  const frame = frameOf(size);
  const { height } = plotSize(size);
  const moved = (rect: Rect): Rect => ({ ...rect, y: rect.y - (frame.height - height) });
  const footer = moved(frame.footer);
  const row = moved(frame.times);
  const top = frame.price.y;
  const area = { x: frame.price.x, y: top, width: row.width, height: row.y - top - frame.margin / 2 };
  const axis = { x: area.x + area.width, y: area.y, width: frame.axis.width, height: area.height };
  return { ink, theme, type: frame.type, header: frame.header, area, axis, row, footer };
}

export function paintWords(
  { ink, theme, type, header, footer }: Plot,
  words: { readonly title: string; readonly subtitle: string; readonly footer: string },
): void {
  const titleY = header.y + type.title * 0.7;
  write(ink, fitted(ink, words.title, type.title, header.width), { x: header.x, y: titleY, px: type.title, colour: theme.text });
  const y = header.y + header.height - type.text * 0.75;
  write(ink, fitted(ink, words.subtitle, type.text, header.width), { x: header.x, y, px: type.text, colour: theme.faint });
  const foot = { x: footer.x, y: footer.y + footer.height / 2, px: type.small, colour: theme.faint };
  write(ink, fitted(ink, words.footer, type.small, footer.width), foot);
}

/** The plot's field and its levels; numbers that would touch `taken` are left out. */
export function paintLevels(
  { ink, theme, type, area, axis }: Plot,
  scale: PriceScale,
  worded: (value: number) => string,
  taken: readonly number[],
): void {
  fill(ink, area, theme.panel);
  for (const level of roundTicks(scale.low, scale.high, area.height / (type.text * 3))) {
    const y = Math.round(scale.y(level)) + 0.5;
    const line = [
      [area.x, y],
      [area.x + area.width, y],
    ] as const;
    stroke(ink, line, { colour: theme.grid });
    if (taken.some((other) => Math.abs(other - y) < type.small * 1.6)) continue;
    write(ink, fitted(ink, worded(level), type.small, axis.width - 8), { x: axis.x + 8, y, px: type.small, colour: theme.faint });
  }
}
