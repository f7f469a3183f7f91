// App, Discord: the parts that every card is made of. Colours never speak alone: a sign or a word says the same.
import type { Card, CardButton, CardField, CardFile } from '../../ports/chat.ts';
import type { Reader } from './wording.ts';

export const COLOURS = {
  neutral: 0x5865f2,
  good: 0x26a69a,
  bad: 0xef5350,
  warning: 0xf0a020,
  critical: 0xd32f2f,
  quiet: 0x7a8394,
} as const;

export const byResult = (value: number | null): number =>
  value === null || value === 0 ? COLOURS.quiet : value > 0 ? COLOURS.good : COLOURS.bad;

const BARE: Omit<Card, 'title'> = {
  description: null,
  colour: COLOURS.neutral,
  fields: [],
  footer: null,
  atMs: null,
  image: null,
  buttons: [],
  files: [],
};

export const cardOf = (parts: Partial<Card> & Pick<Card, 'title'>): Card => ({ ...BARE, ...parts });

export const inRow = (name: string, value: string): CardField => ({ name, value, place: 'row' });
export const alone = (name: string, value: string): CardField => ({ name, value, place: 'alone' });

type ButtonParts = Partial<Pick<CardButton, 'style' | 'state'>>;
export const button = (
  action: string,
  args: readonly (string | number)[],
  label: string,
  { style = 'secondary', state = 'on' }: ButtonParts = {},
): CardButton => ({ action, args: args.map(String), label, style, state });

export interface Paged {
  readonly page: number;
  readonly pages: number;
}

/** Which part of a list a page shows; a page that no longer exists becomes the last one. */
export function pageOf<T>(rows: readonly T[], wanted: number, size: number): Paged & { readonly rows: readonly T[] } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(pages - 1, Math.max(0, Number.isInteger(wanted) ? wanted : 0));
  return { page, pages, rows: rows.slice(page * size, (page + 1) * size) };
}

/** Nothing where one page holds all. The whole state stands in the buttons, so that they work after a restart. */
export function pager(
  { text }: Reader,
  { page, pages }: Paged,
  action: string,
  args: readonly string[],
): readonly (readonly CardButton[])[] {
  if (pages <= 1) return [];
  const turn = (to: number, label: string): CardButton =>
    button(action, [...args, to], label, { state: to < 0 || to >= pages ? 'off' : 'on' });
  return [[turn(page - 1, text('dc.page.before')), turn(page + 1, text('dc.page.after'))]];
}

export const pageFooter = ({ text }: Reader, { page, pages }: Paged, total: number): string =>
  text('dc.page.footer', { page: page + 1, pages, total });

/** A picture inside the card. */
export function withPicture(card: Card, file: CardFile): Card {
  return { ...card, image: file.name, files: [...card.files, file] };
}

/** As many lines as fit the room, and how many did not. */
export function fittingLines(lines: readonly string[], room: number, more: (left: number) => string): string {
  const kept: string[] = [];
  let used = 0;
  for (const [i, line] of lines.entries()) {
    const rest = more(lines.length - i);
    if (used + line.length + 1 + rest.length > room && i < lines.length) {
      kept.push(rest);
      break;
    }
    kept.push(line);
    used += line.length + 1;
  }
  return kept.join('\n');
}

/** The refusal of the desk itself: what was found and what to do. */
export const refusalCard = ({ text }: Reader, sentence: string): Card =>
  cardOf({ title: text('dc.refused.title'), description: sentence, colour: COLOURS.warning });
