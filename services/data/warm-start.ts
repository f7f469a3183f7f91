// Services, room 3: whether candles of an earlier run may be gone on with, and what joins them to the present. Where anything
// does not fit, the contract is loaded from the venue as if nothing had been kept.
import { type Bar, barFault, type Instrument } from '../../src/core/market.ts';
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
  const last = entry.at(-1);
  const firstTrend = trend[0];
  if (last === undefined || firstTrend === undefined) return { kind: 'cold', reason: 'tooFew' };
  const gap = (lastClosedMs - last.openMs) / timeframeMs(pair.entry);
  // The trend bar that was being folded needs all of its minutes.
  const perTrendBar = timeframeMs(pair.trend) / timeframeMs(pair.entry);
  if (entry.length < perTrendBar || entry.length + gap < ENTRY_BARS) return { kind: 'cold', reason: 'tooFew' };
  // Trend bars that closed meanwhile are folded from the page; a young contract has no more than since its first day.
  const trendMs = timeframeMs(pair.trend);
  const newestTrendMs = barOpen(barClose(lastClosedMs, pair.entry), pair.trend) - trendMs;
  const trendBars = (newestTrendMs - firstTrend.openMs) / trendMs + 1;
  const whole = trendBars >= TREND_BARS || firstTrend.openMs <= instrument.onboardMs + trendMs;
  if (!whole) return { kind: 'cold', reason: 'tooFew' };
  if (!sound(trend, timeframeMs(pair.trend), 'holes') || !sound(entry, timeframeMs(pair.entry), 'none'))
    return { kind: 'cold', reason: 'broken' };
  if (gap < 0) return { kind: 'cold', reason: 'broken' };
  if (gap > MAX_GAP_BARS) return { kind: 'cold', reason: 'tooOld' };
  return { kind: 'warm', candles, count: gap + OVERLAP_BARS };
}

/** In order, on the grid and possible; trend bars may have a hole where the venue has one. */
function sound(bars: readonly Bar[], stepMs: number, allowed: 'holes' | 'none'): boolean {
  let before: Bar | null = null;
  for (const bar of bars) {
    if (barFault(bar) !== null || bar.openMs % stepMs !== 0) return false;
    const distance = before === null ? stepMs : bar.openMs - before.openMs;
    if (distance < stepMs || (allowed === 'none' && distance !== stepMs)) return false;
    before = bar;
  }
  return true;
}

export type Joined =
  | { readonly kind: 'joined'; readonly newer: readonly Bar[] }
  | { readonly kind: 'apart'; readonly reason: 'gapped' | 'differs' };

/** The bars of the page that come after the kept ones, if the two tell the same story where they overlap. */
export function joinPage(kept: readonly Bar[], page: readonly Bar[], stepMs: number): Joined {
  const last = kept.at(-1);
  const first = page[0];
  if (last === undefined || first === undefined || first.openMs > last.openMs) return { kind: 'apart', reason: 'gapped' };
  const offset = kept.length - 1 - (last.openMs - first.openMs) / stepMs;
  for (const [i, bar] of page.entries()) {
    if (bar.openMs > last.openMs) break;
    const held = kept[offset + i];
    if (held === undefined || !sameBar(held, bar)) return { kind: 'apart', reason: 'differs' };
  }
  return { kind: 'joined', newer: page.filter((bar) => bar.openMs > last.openMs) };
}

/** The five numbers that every source tells alike. */
export const sameBar = (a: Bar, b: Bar): boolean =>
  a.openMs === b.openMs &&
  a.open === b.open &&
  a.high === b.high &&
  a.low === b.low &&
  a.close === b.close &&
  a.volume === b.volume;
