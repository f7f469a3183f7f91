// Conformance, first cross: levels that wait for the first value strictly beyond them. Sorted, the nearest last: a value costs one look
// and one step per level that it crosses.

interface Waiting {
  readonly key: number;
  readonly height: number;
}

export class FirstCross {
  readonly #sign: 1 | -1;
  readonly #waiting: Waiting[] = [];

  /** +1: crossed by values above · −1: crossed by values below. */
  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  add(key: number, level: number): void {
    const height = this.#sign * level;
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1] as Waiting).height < height) place -= 1;
    this.#waiting.splice(place, 0, { key, height });
  }

  cross(value: number, crossed: (key: number) => void): void {
    const height = this.#sign * value;
    for (let nearest = this.#waiting.at(-1); nearest !== undefined && nearest.height < height; nearest = this.#waiting.at(-1)) {
      this.#waiting.pop();
      crossed(nearest.key);
    }
  }
}
