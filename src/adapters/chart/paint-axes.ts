// Adapter chart: heading, grid, axes and foot line.
import { roundTicks, timeTicks } from './layout.ts';
import { planTags } from './paint-plan.ts';
import { fill, fitted, type Pen, stroke, widthOf, write } from './pen.ts';

export function paintHeader({ ink, spec, frame, theme }: Pen): void {
  const { header, footer, type } = frame;
  const titleY = header.y + type.title * 0.7;
  write(ink, fitted(ink, spec.title, type.title, header.width), { x: header.x, y: titleY, px: type.title, colour: theme.text });
  const y = header.y + header.height - type.text * 0.75;
  write(ink, fitted(ink, spec.subtitle, type.text, header.width), { x: header.x, y, px: type.text, colour: theme.faint });
  const foot = { x: footer.x, y: footer.y + footer.height / 2, px: type.small, colour: theme.faint };
  write(ink, fitted(ink, spec.footer, type.small, footer.width), foot);
}

export function paintGrid(pen: Pen): void {
  const { ink, spec, frame, theme, prices } = pen;
  const { price, panel, axis, type } = frame;
  fill(ink, price, theme.panel);
  fill(ink, panel, theme.panel);
  const tags = planTags(pen);
  for (const level of roundTicks(prices.low, prices.high, price.height / (type.text * 4))) {
    const y = Math.round(prices.y(level)) + 0.5;
    const line = [
      [price.x, y],
      [price.x + price.width, y],
    ] as const;
    stroke(ink, line, { colour: theme.grid });
    const inside = y > price.y + type.text / 2 && y < price.y + price.height - type.text / 2;
    const free = tags.every((tag) => Math.abs(tag.centre - y) > (tag.height + type.small) / 2);
    const place = { x: axis.x + 8, y, px: type.small, colour: theme.faint };
    if (inside && free) write(ink, level.toFixed(spec.priceDecimals), place);
  }
  paintTimes(pen);
}

const iso = (ms: number): string => new Date(ms).toISOString();

function paintTimes({ ink, spec, frame, theme, times }: Pen): void {
  const { price, panel, times: row, axis, type } = frame;
  const gap = widthOf(ink, '06-24 00:00', type.small) + type.small;
  let day = '';
  for (const openMs of timeTicks(spec.bars, times.step, gap)) {
    const x = Math.round(times.x(openMs)) + 0.5;
    for (const area of [price, panel]) {
      const line = [
        [x, area.y],
        [x, area.y + area.height],
      ] as const;
      stroke(ink, line, { colour: theme.grid });
    }
    const text = iso(openMs);
    const label = text.slice(5, 10) === day ? text.slice(11, 16) : text.slice(5, 16).replace('T', ' ');
    const half = widthOf(ink, label, type.small) / 2;
    // A label that would leave the plot is not written at all; half a time is worse than none.
    if (x - half < row.x || x + half > row.x + row.width) continue;
    day = text.slice(5, 10);
    write(ink, label, { x, y: row.y + row.height / 2, px: type.small, colour: theme.faint, align: 'center' });
  }
  write(ink, 'UTC', { x: axis.x + 8, y: row.y + row.height / 2, px: type.small, colour: theme.faint });
}
