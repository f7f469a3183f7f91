// Services, room 3: what the data room found wrong with its own candles or with the venue's. Counted, told, never hidden: a
// candle that was judged and then turned out otherwise is worth a line, however it was mended.
import type { EpochMs, SymbolId } from '../../src/core/units.ts';

export type DataFinding =
  /** A bar that was shown as provisional looked different when the venue confirmed it. */
  | { readonly kind: 'provisionalDiffers'; readonly symbol: SymbolId; readonly barOpenMs: EpochMs; readonly detail: string }
  /** A closed bar that the venue now tells differently. */
  | { readonly kind: 'closedDiffers'; readonly symbol: SymbolId; readonly barOpenMs: EpochMs; readonly detail: string }
  /** A trend bar folded here is not the one that the venue has. */
  | { readonly kind: 'foldDiffers'; readonly symbol: SymbolId; readonly barOpenMs: EpochMs; readonly detail: string }
  | { readonly kind: 'blacklisted'; readonly symbol: SymbolId; readonly barOpenMs: EpochMs; readonly detail: string }
  | { readonly kind: 'reloaded'; readonly symbol: SymbolId; readonly barOpenMs: EpochMs; readonly detail: string };

export interface DataCounts {
  refused: number;
  duplicates: number;
  disagreements: number;
  refills: number;
  provisional: number;
  provisionalDiffers: number;
  audited: number;
  auditDiffers: number;
  reloads: number;
}

export const noCounts = (): DataCounts => ({
  refused: 0,
  duplicates: 0,
  disagreements: 0,
  refills: 0,
  provisional: 0,
  provisionalDiffers: 0,
  audited: 0,
  auditDiffers: 0,
  reloads: 0,
});
