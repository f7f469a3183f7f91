// App, Discord: what a person may mean while typing, from memory: contracts with an open position first, then today's rank, then by
// how well and how far in front the letters match.
import type { CardChoice } from '../../ports/chat.ts';

export const MOST_SUGGESTED = 25;

/** Full-width letters and lower case are what phones type. */
export const asTyped = (text: string): string => text.normalize('NFKC').trim().toUpperCase();

export interface SymbolRanks {
  readonly symbols: readonly string[];
  readonly open: readonly string[];
  /** The best first. */
  readonly rankedToday: readonly string[];
  readonly volumeOf: (symbol: string) => number;
}

/** 0 the whole name, 1 its beginning, 2 somewhere inside; null where it does not match. */
function matchOf(symbol: string, typed: string): number | null {
  const name = symbol.toUpperCase();
  if (name === typed || name === `${typed}USDT`) return 0;
  if (name.startsWith(typed)) return 1;
  return name.includes(typed) ? 2 : null;
}

export function suggestSymbols({ symbols, open, rankedToday, volumeOf }: SymbolRanks, typed: string): CardChoice[] {
  const wanted = asTyped(typed);
  const opened = new Set(open);
  const ranks = new Map(rankedToday.map((symbol, i) => [symbol, i]));
  const volume = (symbol: string): number => {
    const known = volumeOf(symbol);
    return Number.isNaN(known) ? -1 : known;
  };
  return symbols
    .flatMap((symbol) => {
      const fits = wanted === '' ? 1 : matchOf(symbol, wanted);
      if (fits === null) return [];
      return [{ symbol, open: opened.has(symbol) ? 0 : 1, rank: ranks.get(symbol) ?? Number.MAX_SAFE_INTEGER, fits }];
    })
    .toSorted(
      (a, b) =>
        a.open - b.open ||
        a.rank - b.rank ||
        a.fits - b.fits ||
        volume(b.symbol) - volume(a.symbol) ||
        (a.symbol < b.symbol ? -1 : 1),
    )
    .slice(0, MOST_SUGGESTED)
    .map(({ symbol }) => ({ name: symbol, value: symbol }));
}

export const suggestFrom = (names: readonly string[], typed: string): CardChoice[] => {
  const wanted = asTyped(typed);
  return names
    .filter((name) => name.toUpperCase().includes(wanted))
    .slice(0, MOST_SUGGESTED)
    .map((name) => ({ name, value: name }));
};
