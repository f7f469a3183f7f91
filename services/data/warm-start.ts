// Services, room 3: whether candles of an earlier run may be gone on with, and what joins them to the present. Where anything
// does not fit, the contract is loaded from the venue as if nothing had been kept.
import type { BarRows } from '../../src/core/bar-rows.ts';
import type { Bar, Instrument } from '../../src/core/market.ts';
import { barClose, barOpen, timeframeMs } from '../../src/core/timeframe.ts';
import type { StoredCandles } from '../../src/ports/candle-store.ts';
import type { DataSettings } from './data-settings.ts';

export const TREND_BARS = 499;
export const ENTRY_BARS = 99;
/** Bars read again although they are held: they must be the same, or the file is of another market. */
const OVERLAP_BARS = 3;
/** What one page of the cheaper kind can bridge (performance.md §6.3). */
const MAX_GAP_BARS = 490;

export type WarmPlan =
  | { readonly kind: 'warm'; readonly candles: StoredCandles; readonly count: number }
  | { readonly kind: 'cold'; readonly reason: 'notKept' | 'broken' | 'tooFew' | 'tooOld' };

/** `lastClosedMs`: open of the newest entry bar that has closed by now. */
export function warmPlan(
  candles: StoredCandles | null,
  instrument: Instrument,
  { pair, lastClosedMs }: { readonly pair: DataSettings['pair']; readonly lastClosedMs: number },
): WarmPlan {
  if (candles === null) return { kind: 'cold', reason: 'notKept' };
  const { trend, entry } = candles;
  if (entry.length === 0 || trend.length === 0) return { kind: 'cold', reason: 'tooFew' };
  const firstTrendMs = trend.openMs(0);
  const gap = (lastClosedMs - entry.openMs(-1)) / timeframeMs(pair.entry);
  // The trend bar that was being folded needs all of its minutes.
  const perTrendBar = timeframeMs(pair.trend) / timeframeMs(pair.entry);
  if (entry.length < perTrendBar || entry.length + gap < ENTRY_BARS) return { kind: 'cold', reason: 'tooFew' };
  // Trend bars that closed meanwhile are folded from the page; a young contract has no more than since its first day.
  const trendMs = timeframeMs(pair.trend);
  const newestTrendMs = barOpen(barClose(lastClosedMs, pair.entry), pair.trend) - trendMs;
  const trendBars = (newestTrendMs - firstTrendMs) / trendMs + 1;
  const whole = trendBars >= TREND_BARS || firstTrendMs <= instrument.onboardMs + trendMs;
  if (!whole) return { kind: 'cold', reason: 'tooFew' };
  if (!sound(trend, timeframeMs(pair.trend), 'holes') || !sound(entry, timeframeMs(pair.entry), 'none'))
    return { kind: 'cold', reason: 'broken' };
  if (gap < 0) return { kind: 'cold', reason: 'broken' };
  if (gap > MAX_GAP_BARS) return { kind: 'cold', reason: 'tooOld' };
  return { kind: 'warm', candles, count: gap + OVERLAP_BARS };
}

/**
 * In order and on the grid; trend bars may have a hole where the venue has one. Their numbers passed the door when they were heard,
 * and the store vouches for its bytes.
 */
function sound(rows: BarRows, stepMs: number, allowed: 'holes' | 'none'): boolean {
  let beforeMs = rows.openMs(0) - stepMs;
  if (rows.openMs(0) % stepMs !== 0) return false;
  for (let place = 0; place < rows.length; place++) {
    const openMs = rows.openMs(place);
    const distance = openMs - beforeMs;
    if (distance === stepMs) beforeMs = openMs;
    else if (allowed === 'holes' && distance > stepMs && distance % stepMs === 0) beforeMs = openMs;
    else return false;
  }
  return true;
}

export type Joined =
  | { readonly kind: 'joined'; readonly newer: readonly Bar[] }
  | { readonly kind: 'apart'; readonly reason: 'gapped' | 'differs' };

/** The bars of the page that come after the kept ones, if the two tell the same story where they overlap. */
export function joinPage(kept: BarRows, page: readonly Bar[], stepMs: number): Joined {
  const lastMs = kept.openMs(-1);
  const first = page[0];
  if (kept.length === 0 || first === undefined || first.openMs > lastMs) return { kind: 'apart', reason: 'gapped' };
  const offset = kept.length - 1 - (lastMs - first.openMs) / stepMs;
  for (const [i, bar] of page.entries()) {
    if (bar.openMs > lastMs) break;
    if (offset + i < 0 || !sameBar(kept.bar(offset + i), bar)) return { kind: 'apart', reason: 'differs' };
  }
  return { kind: 'joined', newer: page.filter((bar) => bar.openMs > lastMs) };
}

/** The five numbers that every source tells alike. */
export const sameBar = (a: Bar, b: Bar): boolean =>
  a.openMs === b.openMs &&
  a.open === b.open &&
  a.high === b.high &&
  a.low === b.low &&
  a.close === b.close &&
  a.volume === b.volume;
