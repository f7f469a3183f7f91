// Adapter chart: what every painter holds: the canvas, the colours and the places. Text is always measured before it is written.
import type { SKRSContext2D } from '@napi-rs/canvas';
import type { ChartSpec } from '../../ports/chart.ts';
import { familiesFor } from './font.ts';
import type { Frame, LabelBoard, PriceScale, Rect, TimeScale } from './layout.ts';
import type { Theme } from './theme.ts';

export interface Pen {
  readonly ink: SKRSContext2D;
  readonly spec: ChartSpec;
  readonly frame: Frame;
  readonly theme: Theme;
  readonly prices: PriceScale;
  readonly times: TimeScale;
  /** Labels inside the price plot. */
  readonly labels: LabelBoard;
}

export function setType(ink: SKRSContext2D, px: number, text: string): void {
  ink.font = `${px}px ${familiesFor(text)}`;
}

/** Simplified signs of listed contracts that the font lacks, with the twins that it has; the text beside a picture keeps the exact name. */
const TWINS: Readonly<Record<string, string>> = { 币: '幣', 来: '來', 测: '測', 试: '試' };

/** The font file has no full-width punctuation; its narrow twins say the same. */
export const inFont = (text: string): string => text.normalize('NFKC').replace(/[币来测试]/g, (sign) => TWINS[sign] ?? sign);

export const widthOf = (ink: SKRSContext2D, text: string, px: number): number => {
  setType(ink, px, text);
  return ink.measureText(inFont(text)).width;
};

/** The text, cut with an ellipsis where it would be wider than allowed. */
export function fitted(ink: SKRSContext2D, text: string, px: number, room: number): string {
  if (widthOf(ink, text, px) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && widthOf(ink, `${letters.join('')}…`, px) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

export interface Writing {
  readonly x: number;
  /** Middle of the line. */
  readonly y: number;
  readonly px: number;
  readonly colour: string;
  readonly align?: 'left' | 'right' | 'center';
}

export function write(ink: SKRSContext2D, text: string, { x, y, px, colour, align = 'left' }: Writing): void {
  setType(ink, px, text);
  ink.fillStyle = colour;
  ink.textAlign = align;
  ink.textBaseline = 'middle';
  ink.fillText(inFont(text), x, y);
}

export function fill(ink: SKRSContext2D, { x, y, width, height }: Rect, colour: string, opacity = 1): void {
  ink.globalAlpha = opacity;
  ink.fillStyle = colour;
  ink.fillRect(x, y, width, height);
  ink.globalAlpha = 1;
}

export interface Stroke {
  readonly colour: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

export function stroke(
  ink: SKRSContext2D,
  points: readonly (readonly [number, number])[],
  { colour, width = 1, dash = [] }: Stroke,
): void {
  ink.beginPath();
  for (const [i, [x, y]] of points.entries()) {
    if (i === 0) ink.moveTo(x, y);
    else ink.lineTo(x, y);
  }
  ink.strokeStyle = colour;
  ink.lineWidth = width;
  ink.setLineDash([...dash]);
  ink.stroke();
  ink.setLineDash([]);
}
