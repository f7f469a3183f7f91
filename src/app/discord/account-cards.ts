// App, Discord: the account now, and what its trades amounted to. Nothing is rounded up into good news: rates and means carry
// their intervals and counts, and below the least count the words say so.
import type { Overview } from '../../../services/overview.ts';
import { MIN_OUTCOMES } from '../../book/hit-rates.ts';
import type { BandReliability, Drawdown, MeanEstimate, RateEstimate } from '../../core/performance.ts';
import type { Card, CardField } from '../../ports/chat.ts';
import type { BalanceReport, StatsReport } from '../../ports/history.ts';
import { alone, button, byResult, cardOf, inRow } from './card.ts';
import { decimal, type Reader, share, signed, signedShare, word } from './wording.ts';

export type SpanName = 'day' | 'week' | 'month' | 'all';
export const SPAN_NAMES: readonly SpanName[] = ['day', 'week', 'month', 'all'];

const drawdownText = (reader: Reader, { usdt, pct }: Drawdown): string =>
  pct === null ? `${decimal(reader, Number(usdt))} USDT` : `${decimal(reader, Number(usdt))} USDT（${decimal(reader, pct)} %）`;

/** `day` is null where the database could not be asked. */
export function balanceCard(reader: Reader, { balance }: Overview, day: BalanceReport | null): Card {
  const { text } = reader;
  if (balance === null) return cardOf({ title: text('dc.balance.title'), description: text('dc.balance.unknown') });
  const { equityUsdt, walletUsdt, availableUsdt, startUsdt } = balance;
  const before = day?.first === null || day === null ? null : Number(day.first.usdt);
  const change = (from: number | null): string =>
    from === null
      ? text('dc.status.unknown')
      : `${signed(reader, equityUsdt - from)} USDT（${signedShare(reader, equityUsdt / from - 1)}）`;
  return cardOf({
    title: text('dc.balance.title'),
    description: `**${decimal(reader, equityUsdt)} USDT**`,
    colour: byResult(equityUsdt - (before ?? startUsdt)),
    fields: [
      inRow(text('dc.balance.wallet'), decimal(reader, walletUsdt)),
      inRow(text('dc.balance.available'), decimal(reader, availableUsdt)),
      inRow(text('dc.balance.margin'), decimal(reader, Math.max(0, equityUsdt - availableUsdt))),
      inRow(text('dc.balance.day'), change(before)),
      inRow(text('dc.balance.run'), change(startUsdt)),
      ...(day === null ? [] : [inRow(text('dc.balance.drawdown'), drawdownText(reader, day.maxDrawdown))]),
    ],
  });
}

const few = ({ text }: Reader, n: number): string => text('dc.fewOf', { n, least: MIN_OUTCOMES });

export function meanText(reader: Reader, { n, mean, lower, upper }: MeanEstimate): string {
  if (mean === null || n < MIN_OUTCOMES) return few(reader, n);
  return reader.text('dc.stats.mean', {
    mean: signed(reader, mean, 3),
    lower: signed(reader, lower, 3),
    upper: signed(reader, upper, 3),
    n,
  });
}

export function rateText(reader: Reader, { n, rate, lower, upper, verdict }: RateEstimate): string {
  if (verdict === 'tooFew') return few(reader, n);
  return reader.text('dc.stats.rate', {
    rate: share(reader, rate),
    lower: share(reader, lower),
    upper: share(reader, upper),
    n,
  });
}

function moneyLines(reader: Reader, { money }: StatsReport): string {
  return reader.text('dc.stats.ladderLines', {
    gross: signed(reader, Number(money.grossUsdt)),
    commission: signed(reader, -Number(money.commissionUsdt)),
    funding: signed(reader, Number(money.fundingUsdt)),
    slippage: signed(reader, -Number(money.slippageUsdt)),
    net: signed(reader, Number(money.netUsdt)),
  });
}

const bandLine = (reader: Reader, { from, to, hitRate }: BandReliability): string =>
  reader.text('dc.stats.bandLine', { from, to, rate: rateText(reader, hitRate) });

function resultFields(reader: Reader, stats: StatsReport): CardField[] {
  const { text } = reader;
  const factor = stats.profitFactor === null ? text('dc.stats.noLoss') : decimal(reader, stats.profitFactor);
  const measured = stats.verdict === 'measured';
  return [
    alone(text('dc.stats.ladder'), moneyLines(reader, stats)),
    alone(text('dc.stats.expectancy'), meanText(reader, stats.expectancyR)),
    alone(text('dc.stats.winRate'), rateText(reader, stats.winRate)),
    inRow(text('dc.stats.trades'), String(stats.trades)),
    inRow(text('dc.stats.profitFactor'), measured ? factor : text('dc.few')),
    inRow(
      text('dc.stats.winLoss'),
      measured ? `${signed(reader, stats.meanWinR)} R / ${signed(reader, stats.meanLossR)} R` : text('dc.few'),
    ),
    inRow(text('dc.stats.streak'), String(stats.longestLosingStreak)),
    inRow(text('dc.stats.drawdown'), drawdownText(reader, stats.maxDrawdown)),
    inRow(text('dc.stats.naked'), nakedText(reader, stats)),
  ];
}

export const nakedText = (reader: Reader, stats: Pick<StatsReport, 'nakedSeconds30d' | 'worstNakedSeconds30d'>): string =>
  reader.text('dc.stats.nakedValue', {
    sum: decimal(reader, stats.nakedSeconds30d, 1),
    worst: decimal(reader, stats.worstNakedSeconds30d, 1),
  });

export type StatsPicture = 'curve' | 'reliability';

export function statsCard(
  reader: Reader,
  stats: StatsReport,
  { span, picture }: { readonly span: SpanName; readonly picture: StatsPicture },
): Card {
  const { text } = reader;
  const title = text('dc.stats.title', { span: text(`dc.span.${span}`) });
  const exits = stats.exits.map(({ exitClass, trades, netUsdt }) =>
    text('dc.stats.exitLine', { how: word(reader, 'reason', exitClass), trades, net: signed(reader, Number(netUsdt)) }),
  );
  const other: StatsPicture = picture === 'curve' ? 'reliability' : 'curve';
  const label = text(other === 'curve' ? 'dc.stats.showCurve' : 'dc.stats.showReliability');
  return cardOf({
    title,
    description: [stats.trades === 0 ? text('dc.stats.none') : null, text('dc.honest'), text('dc.scoreIs')]
      .filter((line) => line !== null)
      .join('\n'),
    colour: byResult(stats.trades === 0 ? null : Number(stats.money.netUsdt)),
    fields: [
      ...(stats.trades === 0 ? [] : resultFields(reader, stats)),
      ...(exits.length === 0 ? [] : [alone(text('dc.stats.exits'), exits.join(' · '))]),
      alone(text('dc.stats.bands'), stats.bands.map((band) => bandLine(reader, band)).join('\n') || text('dc.none')),
    ],
    buttons: [
      SPAN_NAMES.map((name) =>
        button('stats', [name, picture], text(`dc.span.${name}`), { style: name === span ? 'primary' : 'secondary' }),
      ),
      [button('stats', [span, other], label)],
    ],
  });
}
