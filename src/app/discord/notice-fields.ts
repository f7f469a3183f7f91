// App, Discord: reading a notice. Its fields are told by name and come from many rooms; what is missing or of another kind is null
// and shows as a dash, so that a card is never lost to a field.
import type { Notice } from '../../core/notice.ts';
import type { Side } from '../../core/units.ts';
import { price, type Reader, word } from './wording.ts';

export const textOf = (notice: Notice, name: string): string | null => {
  const value = notice[name];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
};

export function numberOf(notice: Notice, name: string): number | null {
  const value = notice[name];
  const number =
    typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

export const priceOf = (notice: Notice, name: string): string => price(numberOf(notice, name));
export const symbolOfNotice = (notice: Notice): string => textOf(notice, 'symbol') ?? '?';
export const sideOf = (reader: Reader, notice: Notice): string => word(reader, 'side', textOf(notice, 'side') ?? '?');
export const isSide = (value: unknown): value is Side => value === 'long' || value === 'short';
