// Adapter chart: how often each band of scores really hit: a dot with its 95 % interval over each band, the count below it,
// and the dashed line on which a score would be a chance.
import type { ReliabilityBin, ReliabilitySpec } from '../../ports/chart.ts';
import { linearScale, type PriceScale, type Rect } from './layout.ts';
import { fill, fitted, stroke, widthOf, write } from './pen.ts';
import { type Plot, paintLevels, paintWords } from './plot.ts';

export function paintReliability(plot: Plot, spec: ReliabilitySpec): void {
  const { area } = plot;
  const scale = linearScale(0, 1, area);
  paintWords(plot, spec);
  paintLevels(plot, scale, (level) => `${Math.round(level * 100)} %`, []);
  paintAsIfChance(plot, spec, scale);
  const width = area.width / Math.max(1, spec.bins.length);
  for (const [i, bin] of spec.bins.entries()) {
    paintBin(plot, bin, { column: { x: area.x + i * width, y: area.y, width, height: area.height }, scale, words: spec.words });
  }
}

/** Each band stands for its middle; the columns are of equal width, so the line bends a little. */
function paintAsIfChance({ ink, theme, area, type }: Plot, { bins, words }: ReliabilitySpec, scale: PriceScale): void {
  const width = area.width / Math.max(1, bins.length);
  const line = bins.map((bin, i) => [area.x + (i + 0.5) * width, scale.y((bin.from + bin.to) / 200)] as const);
  stroke(ink, line, { colour: theme.faint, width: 2, dash: [6, 6] });
  const px = type.small;
  const label = fitted(ink, words.asIfChance, px, area.width - 24);
  const y = (line[0]?.[1] ?? area.y) - px * 2.6;
  fill(ink, { x: area.x + 8, y: y - px * 0.7, width: widthOf(ink, label, px) + 8, height: px * 1.4 }, theme.plate);
  write(ink, label, { x: area.x + 12, y, px, colour: theme.faint });
}

interface Column {
  readonly column: Rect;
  readonly scale: PriceScale;
  readonly words: ReliabilitySpec['words'];
}

function paintBin({ ink, theme, type, row }: Plot, bin: ReliabilityBin, { column, scale, words }: Column): void {
  const middle = column.x + column.width / 2;
  const px = type.small;
  write(ink, bin.label, { x: middle, y: row.y + row.height / 2, px, colour: theme.text, align: 'center' });
  const count = fitted(ink, `n=${bin.outcomes}`, px, column.width - 4);
  const floor = column.y + column.height - px;
  write(ink, count, { x: middle, y: floor, px, colour: theme.faint, align: 'center' });
  if (bin.verdict === 'tooFew') {
    const few = fitted(ink, words.tooFew, px, column.width - 4);
    write(ink, few, { x: middle, y: floor - px * 1.4, px, colour: theme.faint, align: 'center' });
    return;
  }
  const half = Math.min(36, column.width * 0.28);
  const [top, bottom, y] = [scale.y(bin.upper), scale.y(bin.lower), scale.y(bin.rate)];
  fill(ink, { x: middle - half, y: top, width: 2 * half, height: Math.max(2, bottom - top) }, theme.long, 0.35);
  const edge = [
    [middle - half, y],
    [middle + half, y],
  ] as const;
  stroke(ink, edge, { colour: theme.long, width: 3 });
  ink.beginPath();
  ink.arc(middle, y, px * 0.38, 0, 2 * Math.PI);
  ink.fillStyle = theme.long;
  ink.fill();
  const rate = `${Math.round(bin.rate * 100)} %`;
  write(ink, rate, { x: middle, y: top - px * 0.8, px, colour: theme.text, align: 'center' });
}
