// Emulator, the world behind the exchange: the mark price. The venue's mark follows an index of other places, so a single
// wild trade here moves it late; we stand in for the index by the closes of the last minutes.
import { MINUTE_MS } from '../../core/timeframe.ts';

const MINUTES_LOOKED_BACK = 3;
/** How far the mark may lag behind the last price. A scripted or crashing price takes the mark along. */
const MAX_LAG = 0.0005;
/** Half of the lag is felt: the venue's mark is the median of three prices, of which one is the last price. */
const LAG_WEIGHT = 0.5;

/** The mark for a last price; looks only at minutes that have closed by `atMs`. */
export function markPrice(closeAt: (openMs: number) => number | null, atMs: number, lastPrice: number): number {
  const currentOpen = atMs - (atMs % MINUTE_MS);
  let sum = 0;
  let count = 0;
  for (let back = 1; back <= MINUTES_LOOKED_BACK; back++) {
    const close = closeAt(currentOpen - back * MINUTE_MS);
    if (close === null) continue;
    sum += close;
    count += 1;
  }
  if (count === 0) return lastPrice;
  const lag = (sum / count - lastPrice) / lastPrice;
  return lastPrice * (1 + LAG_WEIGHT * Math.min(MAX_LAG, Math.max(-MAX_LAG, lag)));
}
