// App, backtest report: its sections in one language, in the order in which a reader asks: was it worth anything, what did it cost,
// what was chosen well, what is all of it founded on.

import type { GroupRow } from '../../study/groups.ts';
import { verdict } from '../../study/report.ts';
import { instant, signed, usdt } from '../../terminal/format.ts';
import type { Text } from '../../text/catalogue.ts';
import { worded } from '../../text/words.ts';
import type { ReportFigures } from '../figures.ts';
import type { TradeRow } from '../trade-rows.ts';
import { equityChart, forestChart, reliabilityChart } from './charts.ts';
import { escapeHtml } from './escape.ts';
import { groupTable, share, shareSpan, span, table } from './tables.ts';

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;
const heading = (text: string): string => `<h2>${escapeHtml(text)}</h2>`;
const folded = (summary: string, body: string): string => `<details><summary>${escapeHtml(summary)}</summary>${body}</details>`;

function tile(name: string, value: string, below = ''): string {
  return `<div class="tile"><span>${escapeHtml(name)}</span><b>${escapeHtml(value)}</b><small>${escapeHtml(below)}</small></div>`;
}

function overview({ account, trades, signals, data, pair }: ReportFigures, text: Text): string {
  const { measured } = trades.netR;
  const few = text('backtest.notEnough');
  const tiles = [
    tile(
      text('backtest.tile.result'),
      share(account.endUsdt / account.startUsdt - 1, 2),
      `${usdt(account.startUsdt)} → ${usdt(account.endUsdt)} USDT`,
    ),
    tile(text('backtest.tile.fall'), `−${share(account.deepestFall.fraction)}`, instant(account.deepestFall.troughMs)),
    tile(
      text('backtest.tile.trades'),
      String(trades.n),
      trades.winRate === null
        ? few
        : text('backtest.tile.wins', { rate: share(trades.winRate.rate), span: shareSpan(trades.winRate.interval) }),
    ),
    tile(
      text('backtest.tile.netR'),
      measured === null ? few : signed(measured.mean),
      measured === null ? '' : span(measured.interval),
    ),
  ];
  const facts = text('backtest.span', {
    symbols: data.symbols.length,
    bars: data.bars.toLocaleString('en-US'),
    pair: `${pair.trend}/${pair.entry}`,
    from: instant(data.fromMs),
    to: instant(data.toMs),
  });
  return `${paragraph(facts)}<p class="verdict">${escapeHtml(verdict(signals.all, text))}</p><div class="tiles">${tiles.join('')}</div>`;
}

function accountSection({ account, data, trades }: ReportFigures, text: Text): string {
  const chart = equityChart(account.curve, data, { title: text('backtest.equity'), drawdown: text('backtest.drawdown') });
  const { costs } = trades;
  const ladder = (
    [
      ['gross', costs.grossUsdt],
      ['fees', -costs.feesUsdt],
      ['spread', -costs.spreadUsdt],
      ['funding', costs.fundingUsdt],
      ['net', costs.netUsdt],
    ] as const
  ).map(([id, value]) => [escapeHtml(text(`backtest.cost.${id}`)), signed(value)]);
  const exposure = text('backtest.exposure', {
    held: share(account.exposure['heldShare'] ?? 0),
    leverage: (account.exposure['meanLeverageWhenHeld'] ?? 0).toFixed(2),
    most: account.exposure['mostPositions'] ?? 0,
    mostLeverage: (account.exposure['mostLeverage'] ?? 0).toFixed(2),
  });
  const days = account.worstDays.map(({ day, fraction }) => [day, share(fraction, 2)]);
  const exits = trades.exits.map(({ exit, n, netUsdt, meanR }) => [
    escapeHtml(exit === 'endOfData' ? text('backtest.endOfData') : worded(text, 'reason', exit)),
    String(n),
    signed(netUsdt),
    signed(meanR),
  ]);
  return [
    heading(text('backtest.equity')),
    chart,
    paragraph(exposure),
    `<div class="pair"><div><h3>${escapeHtml(text('backtest.costs'))}</h3>${table([text('backtest.col.what'), 'USDT'], ladder)}</div>`,
    `<div><h3>${escapeHtml(text('backtest.worstDays'))}</h3>${days.length === 0 ? paragraph('—') : table([text('backtest.col.day'), text('backtest.col.result')], days)}</div></div>`,
    `<h3>${escapeHtml(text('backtest.exits'))}</h3>`,
    table([text('backtest.col.exit'), 'n', 'USDT', text('backtest.col.meanR')], exits),
  ].join('');
}

function signalSection({ signals, fewest, placebos }: ReportFigures, text: Text): string {
  const words = {
    title: text('backtest.reliability'),
    signal: text('backtest.legend.signal'),
    placebo: text('backtest.legend.placebo'),
    few: text('backtest.notEnough'),
  };
  const band = (id: string): string => (id === 'all' ? text('study.all') : text('study.band', { band: id }));
  const setup = (id: string): string => worded(text, 'setup', id);
  const side = (id: string): string => worded(text, 'side', id);
  const named = (rows: readonly GroupRow[], nameOf: (id: string) => string) =>
    rows.map((group) => ({ name: nameOf(group.id), group }));
  const forest = [...named([signals.all], band), ...named(signals.setups, setup), ...named(signals.sides, side)];
  return [
    heading(text('backtest.signals')),
    paragraph(text('backtest.signalsWhat', { n: signals.n, unresolved: signals.unresolved, placebos, fewest })),
    groupTable([signals.all, ...signals.bands], band, text),
    `<h3>${escapeHtml(text('backtest.reliability'))}</h3>`,
    reliabilityChart(signals.bands, words),
    paragraph(text('backtest.reliabilityWhat')),
    `<h3>${escapeHtml(text('backtest.forest'))}</h3>`,
    forestChart(forest, text('backtest.forest')),
    groupTable([...signals.setups], setup, text),
    groupTable([...signals.sides], side, text),
    folded(
      text('backtest.bySymbol'),
      groupTable(signals.symbols, (id) => id, text),
    ),
    folded(
      text('backtest.byHour'),
      groupTable(signals.hours, (id) => `${id}:00`, text),
    ),
  ].join('');
}

function choiceSection({ ranking, guards, gates, fewest }: ReportFigures, text: Text): string {
  const { difference } = ranking;
  const answer =
    difference === null
      ? text('backtest.ranking.few', { top: ranking.top3.n, rest: ranking.rest.n, fewest })
      : text('backtest.ranking.answer', { difference: signed(difference.mean), span: span(difference.interval) });
  return [
    heading(text('backtest.ranking')),
    `<p class="verdict">${escapeHtml(answer)}</p>`,
    groupTable(
      [ranking.top3, ranking.rest],
      (id) => text(id === 'top3' ? 'backtest.ranking.top3' : 'backtest.ranking.rest'),
      text,
    ),
    heading(text('backtest.guards')),
    paragraph(text('backtest.guardsWhat')),
    groupTable(guards, (id) => worded(text, 'reason', id.split(':')[0] ?? id), text),
    heading(text('backtest.gates')),
    paragraph(text('backtest.gatesWhat')),
    groupTable(gates, (id) => worded(text, 'gate', id), text),
  ].join('');
}

function sharpeSection({ sharpe }: ReportFigures, text: Text): string {
  if (sharpe.verdict === 'tooFew')
    return heading(text('backtest.sharpe')) + paragraph(text('backtest.sharpe.few', { days: sharpe.days }));
  const rows = sharpe.deflated.map(({ variants, probability }) => [String(variants), share(probability)]);
  return [
    heading(text('backtest.sharpe')),
    paragraph(text('backtest.sharpeWhat', { days: sharpe.days, annual: signed(sharpe.annual) })),
    table([text('backtest.col.variants'), text('backtest.col.probability')], rows),
  ].join('');
}

const ASSUMPTIONS = [
  'fill',
  'exit',
  'stopFirst',
  'gap',
  'limit',
  'spread',
  'fees',
  'funding',
  'liquidation',
  'rules',
  'endOfData',
  'quote',
  'label',
  'interval',
  'placebo',
] as const;

function foundation(figures: ReportFigures, command: string, text: Text): string {
  const { data, settings, configHash, codeVersion } = figures;
  const list = ASSUMPTIONS.map(
    (id) => `<li>${escapeHtml(text(`backtest.assume.${id}`, { known: data.funding.known, assumed: data.funding.assumed }))}</li>`,
  );
  if (data.btc === 'absent') list.push(`<li>${escapeHtml(text('backtest.assume.noBtc'))}</li>`);
  const contracts = data.symbols.map(({ symbol, fromMs, toMs, bars }) => [
    escapeHtml(symbol),
    instant(fromMs),
    instant(toMs),
    bars.toLocaleString('en-US'),
  ]);
  const rows = Object.entries(settings).map(([name, value]) => [escapeHtml(name), escapeHtml(String(value))]);
  return [
    heading(text('backtest.assumptions')),
    `<ul>${list.join('')}</ul>`,
    folded(
      text('backtest.contracts'),
      table(
        [text('backtest.col.contract'), text('backtest.col.from'), text('backtest.col.to'), text('backtest.col.bars')],
        contracts,
      ),
    ),
    folded(text('backtest.settings'), table([text('backtest.col.what'), text('backtest.col.value')], rows)),
    `<pre>${escapeHtml(command)}</pre>`,
    paragraph(`PerpScout ${codeVersion} · ${configHash}`),
  ].join('');
}

function lastTrades(rows: readonly TradeRow[], text: Text): string {
  const shown = rows
    .slice(-50)
    .toReversed()
    .map((row) => [
      `${instant(row.entryMs)}<small>${instant(row.exitMs)}</small>`,
      `${escapeHtml(row.symbol)}<small>${escapeHtml(worded(text, 'side', row.side))} ${row.score}</small>`,
      `${row.entryPrice}<small>${row.exitPrice}</small>`,
      escapeHtml(row.exit === 'endOfData' ? text('backtest.endOfData') : worded(text, 'reason', row.exit)),
      `${signed(row.netR)}<small>${signed(row.netUsdt)} USDT</small>`,
    ]);
  const heads = [
    text('backtest.col.time'),
    text('backtest.col.contract'),
    text('backtest.col.price'),
    text('backtest.col.exit'),
    'R',
  ];
  return folded(text('backtest.lastTrades', { n: shown.length }), table(heads, shown));
}

export function reportBody(figures: ReportFigures, trades: readonly TradeRow[], command: string, text: Text): string {
  return [
    `<h1>${escapeHtml(text('backtest.title'))}</h1>`,
    overview(figures, text),
    accountSection(figures, text),
    lastTrades(trades, text),
    signalSection(figures, text),
    choiceSection(figures, text),
    sharpeSection(figures, text),
    foundation(figures, command, text),
  ].join('\n');
}
