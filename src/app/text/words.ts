// App, words for people: closed lists of the rooms (sides, set-ups, reasons) in the reader's language; an unknown word stays.
import { isTextKey, type Text } from './catalogue.ts';

export function worded(text: Text, prefix: string, word: string): string {
  const key = `${prefix}.${word}`;
  return isTextKey(key) ? text(key) : word;
}
