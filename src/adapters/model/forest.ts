// Adapters, models: trees as flat arrays, asked in float32 as they were grown: value and threshold are compared as float32, strictly
// less goes left, a missing value goes its split's own way, and leaves are added in tree order in float32.

/** Node after node of all trees. In a leaf `left` is −1 and `threshold` holds the leaf's value. */
export interface ForestNodes {
  readonly feature: Int32Array;
  readonly threshold: Float32Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 1 where a missing value goes left. */
  readonly missingLeft: Uint8Array;
  readonly roots: Int32Array;
  /** What each tree counts: 1, or its weight of a DART booster. */
  readonly weights: Float32Array;
}

export class Forest {
  readonly #roots: Int32Array;
  /** Left and right child of each node, side by side: a comparison chooses without a jump that a processor would have to guess. */
  readonly #children: Int32Array;
  /** Cell of the row that a split asks. */
  readonly #cell: Int32Array;
  readonly #threshold: Float32Array;
  readonly #baseMargin: number;
  /** The row twice: missing as +∞, which is never less and goes right, then missing as −∞, which goes left. */
  readonly #row: Float32Array;

  constructor(nodes: ForestNodes, baseMargin: number, features: number) {
    const { feature, left, right, missingLeft } = nodes;
    this.#roots = nodes.roots;
    this.#children = Int32Array.from({ length: 2 * left.length }, (_, i) => ((i & 1) === 0 ? left : right)[i >> 1] ?? -1);
    this.#cell = feature.map((index, node) => index + (missingLeft[node] === 1 ? features : 0));
    this.#threshold = weighed(nodes);
    this.#baseMargin = Math.fround(baseMargin);
    this.#row = new Float32Array(2 * features);
  }

  get trees(): number {
    return this.#roots.length;
  }

  /** What is not finite, also after it became a float32, is missing: the library refuses such numbers. */
  margin(features: ArrayLike<number>): number {
    const [roots, children, cell, threshold, row] = [this.#roots, this.#children, this.#cell, this.#threshold, this.#row];
    this.#fill(features);
    let sum = this.#baseMargin;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] as number;
      while ((children[2 * node] as number) >= 0) {
        const goesRight = Number(!((row[cell[node] as number] as number) < (threshold[node] as number)));
        node = children[2 * node + goesRight] as number;
      }
      sum = Math.fround(sum + (threshold[node] as number));
    }
    return sum;
  }

  #fill(features: ArrayLike<number>): void {
    const row = this.#row;
    const count = row.length >> 1;
    for (let i = 0; i < count; i++) {
      const value = Math.fround(features[i] ?? Number.NaN);
      const known = Number.isFinite(value);
      row[i] = known ? value : Number.POSITIVE_INFINITY;
      row[count + i] = known ? value : Number.NEGATIVE_INFINITY;
    }
  }
}

/** Thresholds as they are, leaves times the weight of their tree. */
function weighed({ threshold, left, roots, weights }: ForestNodes): Float32Array {
  const found = threshold.slice();
  for (let tree = 0; tree < roots.length; tree++) {
    const end = roots[tree + 1] ?? threshold.length;
    for (let node = roots[tree] ?? 0; node < end; node++) {
      if ((left[node] ?? -1) < 0) found[node] = Math.fround((threshold[node] ?? 0) * (weights[tree] ?? 1));
    }
  }
  return found;
}
