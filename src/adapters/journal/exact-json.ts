// Adapters, the journal: JSON that keeps NaN and the infinities, so that a value read back is the value that was written.
// Inside a signal NaN means "the source does not know", which null would not.

const MARK = '\u0000number:';

export const toExactJson = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) => (typeof held === 'number' && !Number.isFinite(held) ? `${MARK}${held}` : held));

export const fromExactJson = (text: string): unknown =>
  JSON.parse(text, (_key, held: unknown) =>
    typeof held === 'string' && held.startsWith(MARK) ? Number(held.slice(MARK.length)) : held,
  );
