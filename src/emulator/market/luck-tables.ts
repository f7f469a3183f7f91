// Emulator, the world behind the exchange: luck by place. One 32-bit hash of (series, level, index) holds two draws of
// 16 bits; tables turn each into a normal variate or a share without a logarithm in the inner loop.

/** Draws a table can tell apart. */
export const DRAWS = 65_536;
export const lowDraw = (hash: number): number => hash & 0xffff;
export const highDraw = (hash: number): number => hash >>> 16;
/** A draw as a number inside (0, 1): never 0, so that its logarithm exists. */
export const unitOf = (draw: number): number => (draw + 0.5) / DRAWS;

/** Quantiles of the standard normal at the middle of each draw, found by walking along its distribution function. */
function normalQuantiles(): Float64Array {
  const table = new Float64Array(DRAWS);
  const step = 1e-4;
  const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  let x = 0;
  let reached = 0.5;
  // The upper half; the lower one mirrors it, which makes every table's mean exactly zero.
  for (let draw = DRAWS / 2; draw < DRAWS; draw++) {
    const wanted = unitOf(draw);
    let next = reached + step * density(x + step / 2);
    while (next < wanted) {
      x += step;
      reached = next;
      next = reached + step * density(x + step / 2);
    }
    table[draw] = x + (wanted - reached) / density(x);
    table[DRAWS - 1 - draw] = -(table[draw] ?? 0);
  }
  return table;
}

export const NORMAL: Float64Array = normalQuantiles();

/** Log-normal factors of mean 1 with the given spread of the logarithm. */
export const logNormalTable = (sigma: number): Float64Array => NORMAL.map((z) => Math.exp(sigma * z - (sigma * sigma) / 2));

/** How a block's variance is split: the left half's share, symmetric around one half; the greater sigma, the wilder. */
export const shareTable = (sigma: number): Float64Array => NORMAL.map((z) => 1 / (1 + Math.exp(-sigma * z)));
