// App, Discord: questions. Positions, scan and why answer from memory; balance, statistics, ledgers and exports ask the database in
// its own thread. Nothing here changes anything.
import type { Overview } from '../../../services/overview.ts';
import { barOpen, DAY_MS, parseDurationMs, parseInstant } from '../../core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId, symbolId } from '../../core/units.ts';
import { CHAT_RANKS } from '../../ports/chat.ts';
import { JournalError } from '../../ports/errors.ts';
import type { ExportKind, RecordedDecision } from '../../ports/history.ts';
import { decisionReport } from '../commands/why-lookup.ts';
import { balanceCard, type StatsPicture, statsCard } from './account-cards.ts';
import { alone, cardOf } from './card.ts';
import { EXPORT_KINDS, spokenLeaves } from './command-specs.ts';
import { LEDGER_ROWS, resolvedCard, tradesCard } from './ledger-cards.ts';
import { chartCard, withBalanceCurve, withStatsPicture } from './picture-desk.ts';
import { positionsCard, virtualsCard } from './position-cards.ts';
import { scanCard, type TraceOf } from './scan-card.ts';
import { statusCard } from './status-card.ts';
import { type Answerer, answered, isSpanName, optionText, pageArg, refusedWith, spanOf, symbolOf, type Turn } from './turn.ts';
import { type WhyFacts, whyCard } from './why-card.ts';
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

function unlessTheJournalFails(error: unknown): null {
  if (error instanceof JournalError) return null;
  throw error;
}

export const status: Answerer = async ({ reader, parts, watch }) => {
  const now = parts.overview().marketNow;
  // The rest of the status comes even where the database does not answer; the card then says "unknown".
  const protection = await parts.history
    .stats({ fromMs: epochMs(now - MINUTE_MS), toMs: epochMs(now + MINUTE_MS) })
    .catch(unlessTheJournalFails);
  const facts = { overview: parts.overview(), health: parts.health(), watch, chat: parts.chat(), protection };
  return answered(statusCard(reader, facts));
};

export const scan: Answerer = async ({ reader, parts, args }) => {
  const page = pageArg(args[0]);
  const setups = page === 0 ? await parts.setups() : [];
  const traceOf: TraceOf = (signal) => parts.traces.at(signal.symbol, signal.barCloseMs);
  return answered(scanCard(reader, { overview: parts.overview(), traceOf, setups, rateOf: parts.rateOf }, page));
};

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

export const why: Answerer = async (turn) => {
  const { reader, parts } = turn;
  const found = symbolOf(turn, optionText(turn, 'symbol') ?? turn.args[0] ?? '');
  if ('refusal' in found) return found.refusal;
  const given = optionText(turn, 'time') ?? turn.args[1] ?? null;
  const at = given === null ? null : askedInstant(given, parts.overview().marketNow);
  if (given !== null && at === null)
    return refusedWith(reader, reader.text('dc.why.badTime', { given: symbolText(given.slice(0, 40)) }));
  const atMs = at === null ? null : barOpen(at, parts.settings.ENTRY_TF);
  return answered(whyCard(reader, { ...(await decided(turn, symbolId(found.symbol), atMs)), rateOf: parts.rateOf }));
};

/** From memory where it is there; only what memory has given up is asked of the database. */
async function decided({ parts }: Turn, symbol: SymbolId, atMs: EpochMs | null): Promise<Pick<WhyFacts, 'report' | 'source'>> {
  const held = decisionReport({ symbol, atMs }, parts.traces, null);
  const report = { ...held, decisions: held.decisions.map((decision) => withFate(parts.overview(), decision)) };
  if (held.kind !== 'absent') return { report, source: 'memory' };
  try {
    return { report: await parts.history.decision({ symbol, atMs }), source: 'database' };
  } catch (error) {
    // Memory's own answer says what it holds; a database that does not answer takes nothing away from it.
    if (!(error instanceof JournalError)) throw error;
    return { report, source: 'memory' };
  }
}

/** What became of a signal stands in the list of the newest ones. */
function withFate({ recentSignals }: Overview, decision: RecordedDecision): RecordedDecision {
  const { symbol, side, barCloseMs, emitted } = decision.evaluation;
  const seen = recentSignals.find(
    (recent) => recent.symbol === symbol && recent.side === side && recent.barCloseMs === barCloseMs,
  );
  if (!emitted || seen === undefined) return decision;
  const [kind, ...reason] = seen.fate.split(':');
  return {
    ...decision,
    fate: { rank: seen.rank, kind: kind === 'real' ? 'real' : 'notReal', reason: reason.join(':').trim() },
  };
}

export const trades: Answerer = async ({ reader, parts, args }) =>
  answered(tradesCard(reader, await parts.history.trades({ page: pageArg(args[0]), size: LEDGER_ROWS }), parts.rateOf));

export const virtual: Answerer = async ({ reader, parts, args }) => {
  const page = await parts.history.virtuals({ page: pageArg(args[0]), size: LEDGER_ROWS });
  return answered(resolvedCard(reader, page, parts.overview().virtuals.length, parts.rateOf));
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
