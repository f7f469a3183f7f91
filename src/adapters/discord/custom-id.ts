// Adapters, discord: what a button or form carries. The whole state stands in its id, so that it works after a restart.
import { invariant } from '../../core/units.ts';

/** Discord's own limit, in characters. */
const MAX_LENGTH = 100;

export type CustomId =
  | { readonly kind: 'action'; readonly action: string; readonly args: readonly string[] }
  | { readonly kind: 'form'; readonly action: string; readonly args: readonly string[] }
  | { readonly kind: 'confirm'; readonly nonce: string }
  | { readonly kind: 'cancel'; readonly nonce: string };

const LETTERS = { action: 'a', form: 'f', confirm: 'y', cancel: 'n' } as const;

const escaped = (part: string): string => part.replaceAll('%', '%25').replaceAll('|', '%7C');
const unescaped = (part: string): string => part.replaceAll('%7C', '|').replaceAll('%25', '%');

export function toCustomId(id: CustomId): string {
  const parts = 'nonce' in id ? [id.nonce] : [id.action, ...id.args];
  const text = [LETTERS[id.kind], ...parts.map(escaped)].join('|');
  invariant(text.length <= MAX_LENGTH, `the button "${text}" carries more than ${MAX_LENGTH} characters`);
  return text;
}

/** Null for whatever this bot never made. */
export function fromCustomId(text: string): CustomId | null {
  const [letter, first, ...rest] = text.split('|').map(unescaped);
  if (first === undefined || first === '') return null;
  switch (letter) {
    case 'a':
      return { kind: 'action', action: first, args: rest };
    case 'f':
      return { kind: 'form', action: first, args: rest };
    case 'y':
      return { kind: 'confirm', nonce: first };
    case 'n':
      return { kind: 'cancel', nonce: first };
    default:
      return null;
  }
}
