// Discord's limits of a message, counted before anything shortens it: what a card breaks of them, in words.
import type { Card } from '../../src/ports/chat.ts';

const LIMITS = {
  title: 256,
  description: 4096,
  fields: 25,
  name: 256,
  value: 1024,
  footer: 2048,
  total: 6000,
  label: 80,
  customId: 100,
} as const;

const blank = (text: string): boolean => text.trim() === '';
/** As long as the id that the chat makes of a button. */
const idOf = (action: string, args: readonly string[]): string => ['a', action, ...args].join('|');

export function cardFaults(card: Card): string[] {
  const faults: string[] = [];
  const wanted = (name: string, length: number, most: number): void => {
    if (length > most) faults.push(`${name} has ${length} characters, more than ${most}`);
  };
  wanted('title', card.title.length, LIMITS.title);
  if (blank(card.title)) faults.push('title is blank');
  if (card.description !== null && blank(card.description)) faults.push('description is blank');
  wanted('description', card.description?.length ?? 0, LIMITS.description);
  wanted('footer', card.footer?.length ?? 0, LIMITS.footer);
  if (card.fields.length > LIMITS.fields) faults.push(`${card.fields.length} fields`);
  for (const { name, value } of card.fields) {
    wanted(`name of field ${name.slice(0, 20)}`, name.length, LIMITS.name);
    wanted(`value of field ${name.slice(0, 20)}`, value.length, LIMITS.value);
    if (blank(name) || blank(value)) faults.push(`field ${name} is blank`);
  }
  const text = [
    card.title,
    card.description ?? '',
    card.footer ?? '',
    ...card.fields.flatMap(({ name, value }) => [name, value]),
  ];
  wanted('the card', text.join('').length, LIMITS.total);
  if (card.buttons.length > 5) faults.push(`${card.buttons.length} rows of buttons`);
  const ids: string[] = [];
  for (const row of card.buttons) {
    if (row.length < 1 || row.length > 5) faults.push(`a row of ${row.length} buttons`);
    for (const { action, args, label } of row) {
      wanted(`label ${label}`, label.length, LIMITS.label);
      if (blank(label)) faults.push('a blank label');
      const id = idOf(action, args);
      wanted(`button ${id}`, id.length, LIMITS.customId);
      ids.push(id);
    }
  }
  if (new Set(ids).size !== ids.length) faults.push(`the same button twice: ${ids.join(' ')}`);
  const words = text.join(' ');
  if (/\{\w+\}/.test(words)) faults.push(`a gap left open: ${/\{\w+\}/.exec(words)?.[0]}`);
  if (/\b(undefined|NaN|null|Infinity)\b/.test(words)) faults.push(`no word for people: ${words.slice(0, 300)}`);
  return faults;
}
