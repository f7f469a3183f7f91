// App, Discord: numbers, times and closed words as one reader sees them. Wall times become Discord's own stamps, which show in
// the reader's zone; market times are text with their zone wherever the market runs at another speed.
import { escapeMarkdown } from '../../core/markdown.ts';
import { price as plainPrice } from '../terminal/format.ts';
import { isTextKey, type Text } from '../text/catalogue.ts';

export interface Reader {
  readonly text: Text;
  /** `wall`: the market runs at real time. */
  readonly marketTime: 'wall' | 'text';
}

const EMPTY = '—';
const MINUS = '−';
const localeOf = (text: Text): string => (text.language === 'en' ? 'en-US' : 'zh-TW');

export const decimal = ({ text }: Reader, value: number | null, digits = 2): string =>
  value === null || !Number.isFinite(value)
    ? EMPTY
    : value.toLocaleString(localeOf(text), { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace('-', MINUS);

export const whole = (reader: Reader, value: number | null): string => decimal(reader, value, 0);

/** With its sign, a true minus. */
export function signed(reader: Reader, value: number | null, digits = 2): string {
  if (value === null || !Number.isFinite(value)) return EMPTY;
  return `${value >= 0 ? '+' : MINUS}${decimal(reader, Math.abs(value), digits)}`;
}

/** A share of one as percent. */
export const share = (reader: Reader, fraction: number | null, digits = 0): string =>
  fraction === null || !Number.isFinite(fraction) ? EMPTY : `${decimal(reader, fraction * 100, digits)} %`;
export const signedShare = (reader: Reader, fraction: number | null, digits = 2): string =>
  fraction === null || !Number.isFinite(fraction) ? EMPTY : `${signed(reader, fraction * 100, digits)} %`;

/** Prices keep their own digits: nobody groups 0.0000123. */
export const price = (value: number | null): string => (value === null ? EMPTY : plainPrice(value));

/** Above zero, below it, or neither: a word of shape beside the colour. */
export const arrow = (value: number | null): string => (value === null || value === 0 ? '▬' : value > 0 ? '▲' : '▼');

export type StampStyle = 'R' | 'f' | 't';
export const stamp = (ms: number, style: StampStyle = 'R'): string => `<t:${Math.floor(ms / 1000)}:${style}>`;

const isoMinute = (ms: number): string => `${new Date(ms).toISOString().slice(5, 16).replace('T', ' ')} UTC`;

/** A market time inside a description or a field's value. */
export const marketTime = (reader: Reader, ms: number, style: StampStyle = 'R'): string =>
  reader.marketTime === 'wall' ? stamp(ms, style) : isoMinute(ms);
/** The same where no markup works: titles, footers, pictures. */
export const marketText = (ms: number): string => isoMinute(ms);

/** "3 h 5 min": how long something lasted, whichever clock it was. */
export function lasting({ text }: Reader, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  if (days > 0) return text('dc.time.days', { days, hours });
  if (hours > 0) return text('dc.time.hours', { hours, minutes: minutes % 60 });
  if (minutes > 0) return text('dc.time.minutes', { minutes });
  return text('dc.time.seconds', { seconds: Math.max(0, Math.round(ms / 1000)) });
}

/** A word of a closed list; a word that nobody foresaw stays as it is, made harmless. */
export function word({ text }: Reader, list: string, name: string): string {
  const key = `${list}.${name}`;
  return isTextKey(key) ? text(key) : escapeMarkdown(name);
}

/** Contracts' names come from the venue. */
export const symbolText = (symbol: string): string => escapeMarkdown(symbol);
