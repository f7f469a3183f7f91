// Floor 0, the words: luck as a value. A seeded generator whose state can be saved, and a hash that gives the same
// number for the same place (symbol, minute, purpose) whatever was drawn before.

/** xoshiro128** state: four 32-bit words. */
export interface RandomState {
  readonly words: readonly [number, number, number, number];
}

const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** 32-bit avalanche of any number of words (murmur3 finaliser chained); equal input gives equal output everywhere. */
export function hash32(...words: readonly number[]): number {
  let h = 0x9e3779b9 | 0;
  for (const word of words) {
    h ^= word | 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  return h >>> 0;
}

/** 32-bit hash of a text's UTF-16 units. */
export function hashText(text: string, seed = 0): number {
  let h = hash32(seed, text.length);
  for (let i = 0; i < text.length; i++) h = hash32(h, text.charCodeAt(i));
  return h;
}

/** A uniform number in [0, 1) that depends only on its arguments. */
export const unitAt = (...words: readonly number[]): number => hash32(...words) / 4_294_967_296;

export class SeededRandom {
  #words: [number, number, number, number];

  constructor(seed: number | RandomState) {
    this.#words =
      typeof seed === 'number' ? [hash32(seed, 1), hash32(seed, 2), hash32(seed, 3), hash32(seed, 4) | 1] : [...seed.words];
  }

  /** Uniform in [0, 1), 32 bits. */
  next(): number {
    const w = this.#words;
    const result = Math.imul(rotate(Math.imul(w[1], 5), 7), 9) >>> 0;
    const t = w[1] << 9;
    w[2] ^= w[0];
    w[3] ^= w[1];
    w[1] ^= w[2];
    w[0] ^= w[3];
    w[2] ^= t;
    w[3] = rotate(w[3], 11);
    return result / 4_294_967_296;
  }

  state(): RandomState {
    return { words: [...this.#words] };
  }
}
