// Emulator, the world behind the exchange: how the last price walks through one minute.
// A candle does not tell its path; we take open → low → high → close in a rising minute and open → high → low → close in a
// falling one, the usual reading and the harsher one for whoever chases the close. Same bar, same seed, same path.
import { type Grid, priceToTicks, ticks, ticksToPrice } from '../../core/grid.ts';
import { hash32, unitAt } from '../../core/random.ts';
import { type MarketBar, PATH_STEPS } from './source.ts';

const LAST = PATH_STEPS - 1;
/** Share of the minute's range by which a step strays from the straight line between two turning points. */
const STRAY = 0.15;

interface Corner {
  readonly step: number;
  readonly level: number;
}

/** Where the path turns, in ticks: the open, the two extremes in their order, the close. */
function corners(bar: MarketBar, grid: Grid, seed: number): readonly Corner[] {
  const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map((price) => priceToTicks(price, grid, 'nearest'));
  // A minute that closes where it opened leans neither way: the seed decides.
  const rises = bar.close > bar.open || (bar.close === bar.open && (seed & 1) === 0);
  const firstAt = 1 + Math.floor(unitAt(seed, 1) * 8);
  const secondAt = firstAt + 2 + Math.floor(unitAt(seed, 2) * (LAST - 2 - firstAt));
  return [
    { step: 0, level: open ?? 0 },
    { step: firstAt, level: (rises ? low : high) ?? 0 },
    { step: secondAt, level: (rises ? high : low) ?? 0 },
    { step: LAST, level: close ?? 0 },
  ];
}

/** The last price in the 20 steps of the minute; `seed` is the symbol's own, the minute is mixed in here. */
export function minutePath(bar: MarketBar, grid: Grid, symbolSeed: number): Float64Array {
  const path = new Float64Array(PATH_STEPS);
  if (bar.high === bar.low) return path.fill(bar.open);
  const seed = hash32(symbolSeed, bar.openMs / 60_000);
  const turns = corners(bar, grid, seed);
  const [lowest, highest] = [priceToTicks(bar.low, grid, 'nearest'), priceToTicks(bar.high, grid, 'nearest')];
  const stray = STRAY * (highest - lowest);
  for (let leg = 0; leg + 1 < turns.length; leg++) {
    const [from, to] = [turns[leg], turns[leg + 1]];
    if (from === undefined || to === undefined) continue;
    for (let step = from.step + 1; step < to.step; step++) {
      const straight = from.level + ((to.level - from.level) * (step - from.step)) / (to.step - from.step);
      const level = Math.round(straight + stray * (2 * unitAt(seed, 3, step) - 1));
      path[step] = ticksToPrice(ticks(Math.min(highest, Math.max(lowest, level))), grid);
    }
  }
  path[turns[1]?.step ?? 0] = ticksToPrice(ticks(turns[1]?.level ?? 0), grid);
  path[turns[2]?.step ?? 0] = ticksToPrice(ticks(turns[2]?.level ?? 0), grid);
  path[0] = bar.open;
  path[LAST] = bar.close;
  return path;
}
