// App, the terminal: numbers and times as people read them. Market time always names its zone.

/** Five significant digits, never fewer than the integer part and at most the venue's 8 decimals: ten characters. */
export function price(value: number): string {
  if (!Number.isFinite(value)) return '—';
  const digits = Math.max(0, Math.min(8, 5 - Math.ceil(Math.log10(Math.max(Math.abs(value), 1e-9)))));
  return value.toFixed(digits);
}

export const usdt = (value: number): string =>
  Number.isFinite(value) ? value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }) : '—';
export const signed = (value: number, digits = 2): string =>
  Number.isFinite(value) ? `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(digits)}` : '—';
export const percent = (fraction: number, digits = 2): string =>
  Number.isFinite(fraction) ? `${signed(fraction * 100, digits)} %` : '—';

/** 2025-06-02 16:00Z */
export const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
/** 16:00 */
export const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}
