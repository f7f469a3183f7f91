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
  readonly #nodes: ForestNodes;
  readonly #baseMargin: number;
  readonly #row: Float32Array;

  constructor(nodes: ForestNodes, baseMargin: number, features: number) {
    this.#nodes = nodes;
    this.#baseMargin = Math.fround(baseMargin);
    this.#row = new Float32Array(features);
  }

  get trees(): number {
    return this.#nodes.roots.length;
  }

  /** What is not finite, also after it became a float32, is missing: the library refuses such numbers. */
  margin(features: ArrayLike<number>): number {
    const { roots, weights, feature, threshold, left, right, missingLeft } = this.#nodes;
    const row = this.#row;
    for (let i = 0; i < row.length; i++) {
      row[i] = features[i] ?? Number.NaN;
      if (!Number.isFinite(row[i])) row[i] = Number.NaN;
    }
    let sum = this.#baseMargin;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] ?? 0;
      for (let next = left[node] ?? -1; next >= 0; next = left[node] ?? -1) {
        const value = row[feature[node] ?? 0] ?? Number.NaN;
        const goesLeft = value < (threshold[node] ?? 0) || (Number.isNaN(value) && missingLeft[node] === 1);
        node = goesLeft ? next : (right[node] ?? 0);
      }
      sum = Math.fround(sum + Math.fround((threshold[node] ?? 0) * (weights[tree] ?? 1)));
    }
    return sum;
  }
}
