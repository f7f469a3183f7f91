// Adapter chart: the trade that a signal proposes: risk and reward as fields right of the trigger, and the three prices on
// the axis, moved apart where they would touch.
import { sideSign } from '../../core/units.ts';
import type { ChartPlan } from '../../ports/chart.ts';
import { spread } from './layout.ts';
import { fill, fitted, type Pen, stroke, write } from './pen.ts';

/** Fields under the candles. */
export function paintPlanFields({ ink, spec, frame, theme, prices, times }: Pen): void {
  const { plan } = spec;
  if (plan === null) return;
  const x = times.x(plan.atMs) + times.step / 2;
  const width = frame.price.x + frame.price.width - x;
  const field = (price: number, colour: string): void => {
    const [a, b] = [prices.y(plan.entry), prices.y(price)];
    fill(ink, { x, y: Math.min(a, b), width, height: Math.abs(a - b) }, colour, 0.16);
  };
  field(plan.target, theme.target);
  field(plan.stop, theme.stop);
}

/** Lines, the trigger's arrow head and the tags, over everything else. */
export function paintPlan(pen: Pen): void {
  const { plan } = pen.spec;
  if (plan === null) return;
  paintArrow(pen, plan);
  paintTags(pen, plan);
}

export interface PlanTag {
  readonly level: number;
  readonly words: string;
  readonly colour: string;
  /** Middle and height of the tag on the axis. */
  readonly centre: number;
  readonly height: number;
}

/** The three prices on the axis, moved apart where they would touch. */
export function planTags({ spec: { plan }, frame, theme, prices }: Pen): PlanTag[] {
  if (plan === null) return [];
  const { price, type } = frame;
  const rows = [
    { level: plan.target, words: plan.words.target, colour: theme.target },
    { level: plan.entry, words: plan.words.entry, colour: theme.entry },
    { level: plan.stop, words: plan.words.stop, colour: theme.stop },
  ];
  const height = type.small * 2.5;
  const wanted = rows.map(({ level }) => prices.y(level));
  const centres = spread(wanted, height + 2, price.y + height / 2, price.y + price.height - height / 2);
  return rows.map((row, i) => ({ ...row, centre: centres[i] ?? 0, height }));
}

function paintTags(pen: Pen, plan: ChartPlan): void {
  const { ink, spec, frame, theme, prices, times } = pen;
  const { price, axis, type } = frame;
  for (const { level, words, colour, centre, height } of planTags(pen)) {
    const y = prices.y(level);
    const from = times.x(plan.atMs) - times.step * 3;
    const line = [
      [from, y],
      [price.x + price.width, y],
      [axis.x + 4, centre],
    ] as const;
    stroke(ink, line, { colour, width: 1.5, dash: level === plan.entry ? [] : [6, 4] });
    fill(ink, { x: axis.x + 4, y: centre - height / 2, width: axis.width - 4, height }, colour);
    const room = axis.width - 12;
    const name = fitted(ink, words, type.small, room);
    write(ink, name, { x: axis.x + 8, y: centre - height / 4 + 1, px: type.small, colour: theme.onFill });
    const number = fitted(ink, level.toFixed(spec.priceDecimals), type.small, room);
    write(ink, number, { x: axis.x + 8, y: centre + height / 4 - 1, px: type.small, colour: theme.onFill });
  }
}

/** A triangle at the trigger bar: the font has no arrows. */
function paintArrow({ ink, spec, frame, theme, prices, times, labels }: Pen, plan: ChartPlan): void {
  const bar = spec.bars.find(({ openMs }) => openMs === plan.atMs);
  if (bar === undefined) return;
  const sign = sideSign(plan.side);
  const size = frame.type.small * 0.7;
  const x = times.x(plan.atMs);
  const tip = prices.y(plan.side === 'long' ? bar.low : bar.high) + sign * 4;
  labels.block({ x: x - size, y: Math.min(tip, tip + sign * size * 1.5), width: 2 * size, height: size * 1.5 });
  ink.beginPath();
  ink.moveTo(x, tip);
  ink.lineTo(x - size * 0.8, tip + sign * size * 1.4);
  ink.lineTo(x + size * 0.8, tip + sign * size * 1.4);
  ink.closePath();
  ink.fillStyle = theme.entry;
  ink.fill();
}
