// Adapter chart: the candles, and below them volume or MACD.
import { MACD } from 'technicalindicators';
import { linearScale } from './layout.ts';
import { fill, type Pen, stroke, widthOf, write } from './pen.ts';

/** The newest candles are what the picture is about: no label may lie on them. */
const KEPT_FREE = 6;

export function paintCandles({ ink, spec, theme, prices, times, labels }: Pen): void {
  const wick = times.step > 8 ? 2 : 1;
  // On whole pixels: sharp edges, and a smaller file.
  const body = Math.max(1, Math.round(times.body));
  for (const [i, bar] of spec.bars.entries()) {
    const left = Math.round(times.x(bar.openMs) - body / 2);
    const colour = bar.close >= bar.open ? theme.rising : theme.falling;
    const top = Math.round(prices.y(Math.max(bar.open, bar.close)));
    const bottom = Math.round(prices.y(Math.min(bar.open, bar.close)));
    const high = Math.round(prices.y(bar.high));
    const low = Math.round(prices.y(bar.low));
    fill(ink, { x: left + Math.floor((body - wick) / 2), y: high, width: wick, height: low - high }, colour);
    if (i >= spec.bars.length - KEPT_FREE) labels.block({ x: left, y: high, width: body, height: Math.max(1, low - high) });
    // A doji is a line, not nothing.
    fill(ink, { x: left, y: top, width: body, height: Math.max(1, bottom - top) }, colour);
  }
}

export function paintPanel(pen: Pen): void {
  const { ink, spec, frame, theme } = pen;
  const { panel, type } = frame;
  if (spec.panel.kind === 'volume') paintVolume(pen);
  else paintMacd(pen);
  const plate = { x: panel.x, y: panel.y, width: widthOf(ink, spec.panel.label, type.small) + 12, height: type.small * 1.5 };
  fill(ink, plate, theme.plate);
  write(ink, spec.panel.label, { x: panel.x + 6, y: panel.y + type.small * 0.75, px: type.small, colour: theme.faint });
}

function paintVolume({ ink, spec, frame, theme, times }: Pen): void {
  const { panel } = frame;
  const most = Math.max(...spec.bars.map((bar) => bar.volume));
  const scale = linearScale(0, most > 0 ? most * 1.1 : 1, panel);
  for (const bar of spec.bars) {
    const y = Math.round(scale.y(bar.volume));
    const width = Math.max(1, Math.round(times.body));
    const column = { x: Math.round(times.x(bar.openMs) - width / 2), y, width, height: panel.y + panel.height - y };
    fill(ink, column, bar.close >= bar.open ? theme.rising : theme.falling, 0.65);
  }
}

/** What was never said is NaN, so that positions in the list stay positions of bars. */
const known = (value: number | undefined): number => value ?? Number.NaN;

function paintMacd({ ink, spec, frame, theme, times }: Pen): void {
  const rows = MACD.calculate({
    values: spec.bars.map((bar) => bar.close),
    fastPeriod: 12,
    slowPeriod: 26,
    signalPeriod: 9,
    SimpleMAOscillator: false,
    SimpleMASignal: false,
  });
  const late = spec.bars.length - rows.length;
  const size = Math.max(...rows.flatMap((row) => [row.MACD, row.signal, row.histogram].map((v) => Math.abs(v ?? 0))), 1e-12);
  const scale = linearScale(-size * 1.1, size * 1.1, frame.panel);
  const xOf = (i: number): number => times.x(spec.bars[i + late]?.openMs ?? 0);
  for (const [i, row] of rows.entries()) {
    const value = known(row.histogram);
    if (Number.isNaN(value)) continue;
    const y = Math.min(scale.y(0), scale.y(value));
    const column = { x: xOf(i) - times.body / 2, y, width: times.body, height: Math.abs(scale.y(value) - scale.y(0)) };
    fill(ink, column, value >= 0 ? theme.rising : theme.falling, 0.6);
  }
  const line = (values: readonly number[]): (readonly [number, number])[] =>
    values.flatMap((value, i) => (Number.isNaN(value) ? [] : [[xOf(i), scale.y(value)] as const]));
  stroke(ink, line(rows.map((row) => known(row.MACD))), { colour: theme.long, width: 1.5 });
  stroke(ink, line(rows.map((row) => known(row.signal))), { colour: theme.sweep, width: 1.5 });
}
