// Emulator, wire: numbers as text the way the venue pads them. Exact inputs stay exact: text is only ever padded.

/** "0.5" with 3 places is "0.500"; more places than asked for are kept, because cutting would change the number. */
export function pad(text: string, places: number): string {
  const dot = text.indexOf('.');
  const has = dot < 0 ? 0 : text.length - dot - 1;
  if (has >= places) return text;
  return `${text}${dot < 0 ? '.' : ''}${'0'.repeat(places - has)}`;
}

/** A float as a decimal without exponent, padded. */
export const fixed = (value: number, places: number): string => value.toFixed(places);

/** Decimal places of a tick or step such as "0.10" (one: its last digit that counts). */
export function placesOf(step: string): number {
  const found = /\.(\d*?)0*$/.exec(step);
  return found?.[1]?.length ?? 0;
}
