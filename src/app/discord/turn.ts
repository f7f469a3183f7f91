// App, Discord: one request on its way to an answer: the room it is answered in, who asked, and in which language.
import { epochMs } from '../../core/units.ts';
import type { Card, ChatRequest, Reply } from '../../ports/chat.ts';
import type { Span } from '../../ports/history.ts';
import { nearNames } from '../commands/why.ts';
import { textIn } from '../text/catalogue.ts';
import type { SpanName } from './account-cards.ts';
import { refusalCard } from './card.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { DeskParts } from './parts.ts';
import type { StatusWatch } from './status-watch.ts';
import { asTyped } from './suggestions.ts';
import { type Reader, symbolText } from './wording.ts';

export interface DeskRoom {
  readonly parts: DeskParts;
  readonly chat: ChatSettings;
  readonly watch: StatusWatch;
}

export interface Turn extends DeskRoom {
  readonly request: ChatRequest;
  readonly reader: Reader;
  /** Of a button or a confirmation; empty for a command. */
  readonly args: readonly string[];
}

export type Answerer = (turn: Turn) => Reply | Promise<Reply>;

export const readerOf = (parts: Pick<DeskParts, 'speed'>, language: ChatRequest['language']): Reader => ({
  text: textIn(language),
  marketTime: parts.speed === 1 ? 'wall' : 'text',
});

export const turnOf = (room: DeskRoom, request: ChatRequest): Turn => ({
  ...room,
  request,
  reader: readerOf(room.parts, request.language),
  args: request.kind === 'command' ? [] : request.args,
});

export const answered = (card: Card): Reply => ({ kind: 'card', card });
export const refusedWith = (reader: Reader, sentence: string): Reply => ({
  kind: 'refused',
  card: refusalCard(reader, sentence),
});

/** An option of a command as text; null where it was left out. */
export function optionText({ request }: Turn, name: string): string | null {
  const value = request.kind === 'command' ? request.options[name] : undefined;
  return value === undefined || String(value).trim() === '' ? null : String(value).trim();
}

export const pageArg = (text: string | undefined): number => (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0);

/** A contract as it was typed or stands in a button, or the refusal that names the nearest ones. */
export function symbolOf({ parts, reader }: Turn, typed: string): { readonly symbol: string } | { readonly refusal: Reply } {
  const symbols = parts.market.symbols();
  const name = asTyped(typed);
  const found = symbols.find(
    (symbol) => symbol === typed || symbol.toUpperCase() === name || symbol.toUpperCase() === `${name}USDT`,
  );
  if (found !== undefined) return { symbol: found };
  const near = nearNames(name, symbols).map(symbolText).join('、');
  return { refusal: refusedWith(reader, reader.text('dc.unknownSymbol', { symbol: symbolText(typed.slice(0, 40)), near })) };
}

const DAYS: Readonly<Record<SpanName, number>> = { day: 1, week: 7, month: 30, all: Number.POSITIVE_INFINITY };
export const isSpanName = (text: string | undefined): text is SpanName => text !== undefined && text in DAYS;

/** Up to and with this minute, in market time. */
export function spanOf({ parts }: Pick<Turn, 'parts'>, name: SpanName): Span {
  const now = parts.overview().marketNow;
  const days = DAYS[name];
  return { fromMs: epochMs(Number.isFinite(days) ? Math.max(0, now - days * 86_400_000) : 0), toMs: epochMs(now + 60_000) };
}
