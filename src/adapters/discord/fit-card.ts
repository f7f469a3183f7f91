// Adapters, discord: a card within every limit of a message, whatever was put on it. Lengths are counted in UTF-16 units with
// a margin, because Discord does not say how it counts. Shortened text ends with an ellipsis; nothing is refused.
import type { Card, CardButton, CardField } from '../../ports/chat.ts';

/** 95 % of Discord's limits. */
export const FIT = {
  title: 243,
  description: 3_891,
  fields: 25,
  fieldName: 243,
  fieldValue: 972,
  footer: 1_945,
  total: 5_700,
  label: 76,
  buttonsInRow: 5,
  rows: 5,
  files: 10,
  alt: 972,
} as const;
/** A field or description must not be blank; this is a character that is not seen. */
const INVISIBLE = '\u200b';
const LEAST_DESCRIPTION = 400;

/** Never cuts a character in two. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length - 1);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

const filled = (text: string): string => (text.trim() === '' ? INVISIBLE : text);

function fitFields(fields: readonly CardField[], room: number): CardField[] {
  const kept: CardField[] = [];
  let left = room;
  for (const field of fields.slice(0, FIT.fields)) {
    const name = filled(cut(field.name, FIT.fieldName));
    const value = filled(cut(field.value, FIT.fieldValue));
    left -= name.length + value.length;
    if (left < 0) break;
    kept.push({ ...field, name, value });
  }
  return kept;
}

const fitRow = (row: readonly CardButton[]): CardButton[] =>
  row.slice(0, FIT.buttonsInRow).map((button) => ({ ...button, label: filled(cut(button.label, FIT.label)) }));

/** What does not fit gives way in this order: the end of a long description, the last fields, the end of the footer. */
export function fitCard(card: Card): Card {
  const title = filled(cut(card.title, FIT.title));
  const footer = card.footer === null || card.footer.trim() === '' ? null : cut(card.footer, FIT.footer);
  const fieldsLength = fitFields(card.fields, Number.POSITIVE_INFINITY).reduce(
    (sum, field) => sum + field.name.length + field.value.length,
    0,
  );
  const room = FIT.total - title.length - (footer?.length ?? 0);
  const longest = Math.min(FIT.description, Math.max(LEAST_DESCRIPTION, room - fieldsLength));
  const description = card.description === null || card.description.trim() === '' ? null : cut(card.description, longest);
  return {
    ...card,
    title,
    description,
    footer,
    fields: fitFields(card.fields, room - (description?.length ?? 0)),
    buttons: card.buttons
      .filter((row) => row.length > 0)
      .slice(0, FIT.rows)
      .map(fitRow),
    files: card.files.slice(0, FIT.files).map((file) => ({
      ...file,
      description: file.description === null ? null : cut(file.description, FIT.alt),
    })),
  };
}
