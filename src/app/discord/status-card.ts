// App, Discord: how the bot itself is: what it may do and why, how fresh its data are, what it uses.
import type { Overview } from '../../../services/overview.ts';
import { escapeMarkdown } from '../../core/markdown.ts';
import type { LadderLevel } from '../../core/trade.ts';
import type { Card, ChatHealth } from '../../ports/chat.ts';
import type { StatsReport } from '../../ports/history.ts';
import { nakedText } from './account-cards.ts';
import { alone, COLOURS, cardOf, fittingLines, inRow } from './card.ts';
import type { ProcessHealth } from './parts.ts';
import type { StatusWatch } from './status-watch.ts';
import { decimal, lasting, marketTime, type Reader, word } from './wording.ts';

export interface StatusFacts {
  readonly overview: Overview;
  readonly health: ProcessHealth;
  readonly watch: Pick<StatusWatch, 'latency' | 'streams'>;
  readonly chat: ChatHealth | null;
  /** Null where the database could not be asked in time. */
  readonly protection: Pick<StatsReport, 'nakedSeconds30d' | 'worstNakedSeconds30d'> | null;
}

export const levelColour: Readonly<Record<LadderLevel, number>> = {
  NORMAL: COLOURS.good,
  NO_NEW_ENTRIES: COLOURS.warning,
  PROTECT_ONLY: COLOURS.warning,
  PANIC: COLOURS.critical,
  HALTED: COLOURS.critical,
};

/** Reasons come from logs and the venue: English, made harmless. */
export const reasonLines = ({ text }: Reader, reasons: readonly string[]): string =>
  reasons.length === 0
    ? text('dc.status.noReason')
    : fittingLines(
        reasons.map((reason) => `• ${escapeMarkdown(reason)}`),
        900,
        (count) => text('dc.page.more', { count }),
      );

function streamsText(reader: Reader, { streams }: StatusFacts['watch']): string {
  const { text } = reader;
  if (streams.kind === 'down') return `⚠️ ${text('dc.status.streamsDown', { text: escapeMarkdown(streams.text) })}`;
  const age = streams.sinceMs === null ? '' : text('dc.status.streamsSince', { time: marketTime(reader, streams.sinceMs) });
  return `✅ ${text('dc.status.streamsUp', { age }).replace(/[，,]\s*$/, '')}`;
}

function scanText(reader: Reader, { scan }: Overview): string {
  if (scan === null) return reader.text('dc.status.noScan');
  const { ready, symbols, late, barOpenMs } = scan;
  return reader.text('dc.status.scanValue', { time: marketTime(reader, barOpenMs, 't'), ready, symbols, late });
}

function latencyText(reader: Reader, { latency }: StatusFacts['watch']): string {
  if (latency === null) return reader.text('dc.status.noScan');
  const { n, p50Ms, p99Ms } = latency;
  return reader.text('dc.status.latencyValue', { n, p50: decimal(reader, p50Ms, 1), p99: decimal(reader, p99Ms, 1) });
}

function discordText(reader: Reader, chat: ChatHealth | null): string {
  if (chat === null) return reader.text('dc.status.unknown');
  const { state, pingMs, waiting, delivered, dropped } = chat;
  return reader.text('dc.status.discordValue', {
    state: word(reader, 'dc.chatState', state),
    ping: decimal(reader, pingMs, 0),
    waiting,
    delivered,
    dropped,
  });
}

const breakerWords = (reader: Reader, { breakers }: ProcessHealth) => ({
  market: word(reader, 'dc.breaker', breakers.market),
  entry: word(reader, 'dc.breaker', breakers.entry),
});

export function statusCard(reader: Reader, facts: StatusFacts): Card {
  const { text } = reader;
  const { overview, health, watch } = facts;
  const { level, reasons } = overview.ladder;
  const naked = facts.protection === null ? text('dc.status.unknown') : nakedText(reader, facts.protection);
  const offset = health.clockOffsetMs === null ? text('dc.status.unknown') : `${decimal(reader, health.clockOffsetMs, 1)} ms`;
  return cardOf({
    title: text('dc.status.title', { mode: overview.mode, level: text(`dc.ladder.${level}`) }),
    description: reasonLines(reader, reasons),
    colour: levelColour[level],
    fields: [
      alone(text('dc.status.streams'), streamsText(reader, watch)),
      alone(text('dc.status.scan'), scanText(reader, overview)),
      alone(text('dc.status.latency'), latencyText(reader, watch)),
      alone(text('dc.status.naked'), naked),
      alone(
        text('dc.status.weight'),
        text('dc.status.weightValue', { used: health.weightUsed, ...breakerWords(reader, health) }),
      ),
      alone(text('dc.status.tally'), text('dc.status.tallyValue', { ...overview.tally })),
      alone(text('dc.status.discord'), discordText(reader, facts.chat)),
      inRow(text('dc.status.market'), marketTime(reader, overview.marketNow, 'f')),
      inRow(text('dc.status.clock'), offset),
      inRow(text('dc.status.memory'), `${decimal(reader, health.rssBytes / 1_048_576, 0)} MiB`),
      inRow(text('dc.status.uptime'), lasting(reader, health.uptimeMs)),
      inRow(text('dc.status.version'), health.version),
    ],
  });
}
