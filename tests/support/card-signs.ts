// Signs that the font of the charts has not, drawn as strokes; for pictures of cards only, since Discord shows its own.
import type { SKRSContext2D } from '@napi-rs/canvas';

interface Sign {
  /** Points in hundredths of a square, y downward; "/" begins another stroke. */
  readonly strokes: string;
  readonly ink: 'lines' | 'filled';
}

const lines = (strokes: string): Sign => ({ strokes, ink: 'lines' });
const filled = (strokes: string): Sign => ({ strokes, ink: 'filled' });

const SIGNS: Readonly<Record<string, Sign>> = {
  '✓': lines('12,55 38,82 88,20'),
  '✅': lines('12,55 38,82 88,20'),
  '✗': lines('18,20 82,82 / 82,20 18,82'),
  '≤': lines('85,12 15,42 85,72 / 15,92 85,92'),
  '≥': lines('15,12 85,42 15,72 / 15,92 85,92'),
  '≯': lines('15,20 85,50 15,80 / 70,5 30,95'),
  '≈': lines('10,38 32,28 68,48 90,38 / 10,68 32,58 68,78 90,68'),
  '→': lines('2,52 95,52 / 65,25 97,52 65,80'),
  '∞': lines('50,50 30,30 8,50 30,70 50,50 70,30 92,50 70,70 50,50'),
  '⚠': lines('50,8 96,92 4,92 50,8 / 50,40 50,66 / 50,78 50,82'),
  '▲': filled('50,15 92,88 8,88'),
  '▼': filled('50,88 92,15 8,15'),
  '▬': filled('8,40 92,40 92,64 8,64'),
  '◀': filled('12,50 85,10 85,90'),
  '▶': filled('88,50 15,10 15,90'),
};
const ANY = new RegExp(`([${Object.keys(SIGNS).join('')}])`, 'u');
/** A sign is as wide as it is high, with a little air. */
const WIDTH = 1.05;

const partsOf = (text: string): readonly string[] => text.split(ANY).filter((part) => part !== '');

function drawSign(ink: SKRSContext2D, sign: Sign, at: { readonly x: number; readonly y: number; readonly px: number }): void {
  const size = at.px * 0.78;
  const [left, top] = [at.x + at.px * 0.13, at.y - size / 2];
  ink.strokeStyle = ink.fillStyle;
  ink.lineWidth = Math.max(1, at.px * 0.1);
  for (const stroke of sign.strokes.split(' / ')) {
    ink.beginPath();
    for (const [i, point] of stroke.split(' ').entries()) {
      const [x = 0, y = 0] = point.split(',').map((part) => (Number(part) / 100) * size);
      if (i === 0) ink.moveTo(left + x, top + y);
      else ink.lineTo(left + x, top + y);
    }
    if (sign.ink === 'filled') ink.fill();
    else ink.stroke();
  }
}

/** In the type that is set, which is `px` high. */
export function widthIn(ink: SKRSContext2D, text: string, px: number): number {
  return partsOf(text).reduce((sum, part) => sum + (part in SIGNS ? px * WIDTH : ink.measureText(part).width), 0);
}

export function writeIn(
  ink: SKRSContext2D,
  text: string,
  { x, y, px }: { readonly x: number; readonly y: number; readonly px: number },
): void {
  let at = x;
  for (const part of partsOf(text)) {
    const sign = SIGNS[part];
    if (sign !== undefined) drawSign(ink, sign, { x: at, y, px });
    else ink.fillText(part, at, y);
    at += widthIn(ink, part, px);
  }
}
