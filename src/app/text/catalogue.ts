// App, words for people: every sentence a person reads comes from one JSON catalogue per language. Log lines and errors
// stay English, so that help from elsewhere still works.
import backtestEn from './backtest-en.json' with { type: 'json' };
import backtestZhTw from './backtest-zh-TW.json' with { type: 'json' };
import choicesEn from './choices-en.json' with { type: 'json' };
import choicesZhTw from './choices-zh-TW.json' with { type: 'json' };
import generalEn from './en.json' with { type: 'json' };
import generalZhTw from './zh-TW.json' with { type: 'json' };

const en = { ...generalEn, ...backtestEn, ...choicesEn };
const zhTw = { ...generalZhTw, ...backtestZhTw, ...choicesZhTw };

export type Language = 'zh-TW' | 'en';
export type TextKey = keyof typeof zhTw;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<string, string>>>> = { 'zh-TW': zhTw, en };

export interface Text {
  readonly language: Language;
  /** The sentence, each {name} in it replaced by its value. */
  (key: TextKey, values?: Readonly<Record<string, string | number>>): string;
}

export function textIn(language: Language): Text {
  const catalogue = CATALOGUES[language];
  const text = (key: TextKey, values: Readonly<Record<string, string | number>> = {}): string =>
    (catalogue[key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  return Object.assign(text, { language });
}

export const isTextKey = (key: string): key is TextKey => key in zhTw;
export const isLanguage = (text: string): text is Language => text === 'zh-TW' || text === 'en';
