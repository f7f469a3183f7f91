// App, words for people: a factor's sentence in the reader's language. Strategies write one English sentence with the number in it, which is
// what rows and traces keep; other languages have a sentence of their own for each of its forms. A form that nobody knows stays English.
import type { Factor } from '../../core/signal.ts';
import type { Text } from './catalogue.ts';
import zhTw from './factors-zh-TW.json' with { type: 'json' };

interface Form {
  readonly english: RegExp;
  readonly sentence: string;
}

const WORDS: Readonly<Record<string, string>> = zhTw.words;

/** The whole English sentence, a group for each blank. */
const formOf = ([english, sentence]: [string, string]): Form => ({
  english: new RegExp(`^${english.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{(\w+)\}/g, '(?<$1>\\S+)')}$`),
  sentence,
});

const FORMS: ReadonlyMap<string, readonly Form[]> = new Map(
  Object.entries<Readonly<Record<string, string>>>(zhTw.forms).map(([id, forms]) => [id, Object.entries(forms).map(formOf)]),
);

export function factorSentence({ id, text: english }: Factor, { language }: Text): string {
  if (language === 'en') return english;
  for (const form of FORMS.get(id) ?? []) {
    const found = form.english.exec(english);
    if (found === null) continue;
    return form.sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = found.groups?.[name] ?? '';
      return WORDS[value] ?? value;
    });
  }
  return english;
}
