// App, Discord: questions. Positions, scan and why answer from memory; balance, statistics, ledgers and exports ask the database in
// its own thread. Nothing here changes anything.
import type { HitRate } from '../../book/hit-rates.ts';
import { barOpen, DAY_MS, parseDurationMs, parseInstant } from '../../core/timeframe.ts';
import { epochMs, symbolId } from '../../core/units.ts';
import { CHAT_RANKS } from '../../ports/chat.ts';
import type { ExportKind } from '../../ports/history.ts';
import { balanceCard, type StatsPicture, statsCard } from './account-cards.ts';
import { alone, cardOf } from './card.ts';
import { EXPORT_KINDS, spokenLeaves } from './command-specs.ts';
import { LEDGER_ROWS, resolvedCard, tradesCard } from './ledger-cards.ts';
import { chartCard, withBalanceCurve, withStatsPicture } from './picture-desk.ts';
import { positionsCard, virtualsCard } from './position-cards.ts';
import { scanCard } from './scan-card.ts';
import { statusCard } from './status-card.ts';
import { type Answerer, answered, isSpanName, optionText, pageArg, refusedWith, spanOf, symbolOf, type Turn } from './turn.ts';
import { whyCard } from './why-card.ts';
import { decimal, symbolText } from './wording.ts';

/** Discord takes 10 MiB a file; a margin for the rest of the request. */
const MOST_FILE_BYTES = 9 * 1024 * 1024;
const MINUTE_MS = 60_000;

const levelsOf = ({ parts: { settings } }: Turn) => ({
  highPct: settings.RISK_HIGH_PCT,
  criticalPct: settings.RISK_CRITICAL_PCT,
  profitablePct: settings.RISK_PROFITABLE_PCT,
});

export const positions: Answerer = (turn) => {
  const { reader, parts, args } = turn;
  const page = pageArg(args[1]);
  if (args[0] === 'virtual') return answered(virtualsCard(reader, parts.overview(), page));
  return answered(positionsCard(reader, parts.overview(), { page, levels: levelsOf(turn) }));
};

export const balance: Answerer = async (turn) => {
  const { reader, parts, args } = turn;
  const asked = optionText(turn, 'period') ?? args[0];
  const span = isSpanName(asked) ? asked : 'week';
  const day = await parts.history.balances(spanOf(turn, 'day'));
  const report = span === 'day' ? day : await parts.history.balances(spanOf(turn, span));
  return answered(await withBalanceCurve(turn, reader, balanceCard(reader, parts.overview(), day), { report, span }));
};

export const stats: Answerer = async (turn) => {
  const { reader, parts, args } = turn;
  const asked = optionText(turn, 'period') ?? args[0];
  const span = isSpanName(asked) ? asked : 'month';
  const picture: StatsPicture = args[1] === 'reliability' ? 'reliability' : 'curve';
  const report = await parts.history.stats(spanOf(turn, span));
  const card = statsCard(reader, report, { span, picture });
  return answered(await withStatsPicture(turn, reader, card, { report, span, picture }));
};

export const status: Answerer = async ({ reader, parts, watch }) => {
  const now = parts.overview().marketNow;
  // The rest of the status must come even where the database does not answer.
  const protection = await parts.history
    .stats({ fromMs: epochMs(now - MINUTE_MS), toMs: epochMs(now + MINUTE_MS) })
    .catch(() => null);
  const facts = { overview: parts.overview(), health: parts.health(), watch, chat: parts.chat(), protection };
  return answered(statusCard(reader, facts));
};

export const scan: Answerer = ({ reader, parts, args }) =>
  answered(scanCard(reader, parts.overview(), (signal) => parts.traces.at(signal.symbol, signal.barCloseMs), pageArg(args[0])));

export const chart: Answerer = async (turn) => {
  const found = symbolOf(turn, optionText(turn, 'symbol') ?? turn.args[0] ?? '');
  if ('refusal' in found) return found.refusal;
  const timeframe = optionText(turn, 'timeframe') ?? (turn.args[1] || null);
  return answered(await chartCard(turn, turn.reader, { symbol: found.symbol, timeframe }));
};

/** "16:05" is today's, or yesterday's where that is still to come. */
export function askedInstant(text: string, now: number): number | null {
  const clock = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/.exec(text.trim());
  if (clock === null) return parseInstant(text.trim());
  const today = now - (now % DAY_MS) + Number(clock[1]) * 3_600_000 + Number(clock[2]) * MINUTE_MS;
  return today > now ? today - DAY_MS : today;
}

export const why: Answerer = (turn) => {
  const { reader, parts } = turn;
  const found = symbolOf(turn, optionText(turn, 'symbol') ?? turn.args[0] ?? '');
  if ('refusal' in found) return found.refusal;
  const symbol = symbolId(found.symbol);
  const given = optionText(turn, 'time');
  const at = given === null ? null : askedInstant(given, parts.overview().marketNow);
  if (given !== null && at === null)
    return refusedWith(reader, reader.text('dc.why.badTime', { given: symbolText(given.slice(0, 40)) }));
  const answer = at === null ? parts.traces.newest(symbol) : parts.traces.at(symbol, barOpen(at, parts.settings.ENTRY_TF));
  const rateOf = (setup: string, score: number): HitRate | null => parts.rateOf(setup, score);
  return answered(whyCard(reader, { symbol: found.symbol, answer, span: parts.traces.span, rateOf }));
};

export const trades: Answerer = async ({ reader, parts, args }) =>
  answered(tradesCard(reader, await parts.history.trades({ page: pageArg(args[0]), size: LEDGER_ROWS })));

export const virtual: Answerer = async ({ reader, parts, args }) => {
  const page = await parts.history.virtuals({ page: pageArg(args[0]), size: LEDGER_ROWS });
  return answered(resolvedCard(reader, page, parts.overview().virtuals.length));
};

const isExportKind = (text: string | null): text is ExportKind => EXPORT_KINDS.some((kind) => kind === text);

export const exportFiles: Answerer = async (turn) => {
  const { reader, parts } = turn;
  const { text } = reader;
  const asked = optionText(turn, 'kind');
  const kind: ExportKind = isExportKind(asked) ? asked : 'trades';
  const since = optionText(turn, 'since');
  const now = parts.overview().marketNow;
  const durationMs = since === null ? null : parseDurationMs(since);
  const from = since === null ? 0 : durationMs === null ? parseInstant(since) : now - durationMs;
  if (from === null) return refusedWith(reader, text('dc.export.badSince', { given: symbolText((since ?? '').slice(0, 40)) }));
  const span = { fromMs: epochMs(Math.max(0, from)), toMs: epochMs(now + MINUTE_MS) };
  const files = await parts.history.exportCsv({ kind, span, maxFileBytes: MOST_FILE_BYTES });
  const lines = files.map(({ name, rows, bytes }) =>
    text('dc.export.file', { name, rows, kib: decimal(reader, bytes.length / 1024, 1) }),
  );
  return answered(
    cardOf({
      title: text('dc.export.title', { kind: text(`dc.kind.${kind}`) }),
      description: lines.length === 0 ? text('dc.export.none') : lines.join('\n'),
      files: files.map(({ name, bytes }) => ({ name, bytes, description: null })),
    }),
  );
};

export const help: Answerer = ({ reader }) => {
  const { text } = reader;
  const leaves = spokenLeaves(text);
  const fields = CHAT_RANKS.map((rank) => {
    const lines = leaves
      .filter((leaf) => leaf.rank === rank)
      .map(({ name, description }) => text('dc.help.line', { name, desc: description }));
    return alone(text(`dc.help.${rank}`), lines.join('\n'));
  });
  return answered(
    cardOf({
      title: text('dc.help.title'),
      description: `${text('dc.help.intro')}\n\n${text('dc.scoreIs')} ${text('dc.honest')}`,
      fields,
    }),
  );
};
