// App, Discord: the account over time and the reliability of the score, as pictures for a message.
import { MIN_OUTCOMES } from '../../book/hit-rates.ts';
import type { ChartLook, CurveSpec, ReliabilitySpec } from '../../ports/chart.ts';
import type { BalanceReport, StatsReport } from '../../ports/history.ts';
import type { SpanName } from './account-cards.ts';
import { decimal, type Reader, signed } from './wording.ts';

export interface PictureFrame {
  readonly look: ChartLook;
  readonly mode: string;
  readonly span: SpanName;
}

const footer = ({ text }: Reader, { mode }: PictureFrame): string => text('dc.chart.footer', { mode });

/** Null where there is no line to draw. */
export function balanceCurve(
  reader: Reader,
  { curve, first, last, maxDrawdown }: BalanceReport,
  frame: PictureFrame,
): CurveSpec | null {
  const { text } = reader;
  if (curve.length < 2 || first === null || last === null) return null;
  const drawdown =
    maxDrawdown.pct === null ? `${decimal(reader, Number(maxDrawdown.usdt))} USDT` : `${decimal(reader, maxDrawdown.pct)} %`;
  return {
    look: frame.look,
    title: text('dc.balance.chart', { span: text(`dc.span.${frame.span}`) }),
    subtitle: text('dc.balance.chartSub', {
      equity: decimal(reader, Number(last.usdt)),
      change: signed(reader, Number(last.usdt) - Number(first.usdt)),
      drawdown,
    }),
    footer: footer(reader, frame),
    points: curve.map(({ at, usdt }) => ({ atMs: at, value: Number(usdt) })),
    decimals: 0,
    base: { value: Number(first.usdt), label: text('dc.chart.start', { value: decimal(reader, Number(first.usdt), 0) }) },
    drawdownLabel: text('dc.chart.drawdown'),
  };
}

/** Net of the closed trades from zero. */
export function netCurve(reader: Reader, stats: StatsReport, frame: PictureFrame): CurveSpec | null {
  const { text } = reader;
  if (stats.curve.length < 2) return null;
  return {
    look: frame.look,
    title: text('dc.stats.curve', { span: text(`dc.span.${frame.span}`) }),
    subtitle: text('dc.stats.curveSub', {
      trades: stats.trades,
      net: signed(reader, Number(stats.money.netUsdt)),
      drawdown: decimal(reader, Number(stats.maxDrawdown.usdt)),
    }),
    footer: footer(reader, frame),
    points: stats.curve.map(({ at, usdt }) => ({ atMs: at, value: Number(usdt) })),
    decimals: 0,
    base: { value: 0, label: text('dc.chart.start', { value: 0 }) },
    drawdownLabel: text('dc.chart.drawdown'),
  };
}

export function reliabilityPicture(reader: Reader, stats: StatsReport, frame: PictureFrame): ReliabilitySpec {
  const { text } = reader;
  return {
    look: frame.look,
    title: text('dc.stats.reliability', { span: text(`dc.span.${frame.span}`) }),
    subtitle: text('dc.stats.reliabilitySub', { signals: stats.signals }),
    footer: text('dc.scoreIs'),
    bins: stats.bands.map(({ from, to, hitRate }) => ({
      label: `${from}–${to}`,
      from,
      to,
      outcomes: hitRate.n,
      rate: hitRate.rate ?? Number.NaN,
      lower: hitRate.lower,
      upper: hitRate.upper,
      verdict: hitRate.n < MIN_OUTCOMES ? 'tooFew' : 'measured',
    })),
    words: { asIfChance: text('dc.stats.asIfChance'), tooFew: text('dc.few') },
  };
}
