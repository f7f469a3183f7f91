// App, the terminal: one line per thing worth a line. Scan lines belong to the live block and are not repeated here.
import type { Notice } from '../../core/notice.ts';
import { isTextKey, type Text } from '../text/catalogue.ts';
import { worded } from '../text/words.ts';
import { instant, price, signed } from './format.ts';

const PRICES = new Set(['entry', 'stop', 'target', 'to']);
/** Fields whose value is one of the words for reasons. */
const REASONS = new Set(['reason', 'cause', 'outcome']);
const SIGNED = new Set(['pnl', 'r']);

/** Null for notices that are for machines only. */
export function eventLine(notice: Notice, text: Text): string | null {
  const key = typeof notice['refused'] === 'string' ? `event.${notice.event}Refused` : `event.${notice.event}`;
  if (!isTextKey(key)) return null;
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(notice)) {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    if (name === 'side' && (value === 'long' || value === 'short')) values[name] = text(`side.${value}`);
    else if (REASONS.has(name)) values[name] = worded(text, 'reason', String(value));
    else if (PRICES.has(name) && Number.isFinite(number)) values[name] = price(number);
    else if (SIGNED.has(name) && Number.isFinite(number)) values[name] = signed(number);
    else if (typeof value === 'number' && !Number.isInteger(value)) values[name] = value.toFixed(1);
    else values[name] = String(value);
  }
  return `${instant(notice.at)}  ${text(key, values)}`;
}
