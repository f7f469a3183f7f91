// Services, room 4: the bytes of a trace, writing. Small numbers take one byte, gate values two or three, so that four hours of
// the whole market stay within their budget.

const encoder = new TextEncoder();

/** Beyond this a number is written as a float: the codes stay exact integers. */
const LIMIT = 2 ** 40;
/** Fractions are kept to this many parts of one, as long as the relative error stays below `MAX_ERROR`. */
export const FRACTION = 10_000;
const MAX_ERROR = 0.001;

/** Codes below this name what is no plain number: NaN, +Infinity, -Infinity, a float that follows. */
export const SPECIAL = { nan: 0, plusInfinity: 1, minusInfinity: 2, float: 3 } as const;
export const FIRST_PLAIN = 4;

const zigzag = (whole: number): number => (whole >= 0 ? 2 * whole : -2 * whole - 1);

function specialOf(value: number): number | null {
  if (Number.isNaN(value)) return SPECIAL.nan;
  if (value === Number.POSITIVE_INFINITY) return SPECIAL.plusInfinity;
  return value === Number.NEGATIVE_INFINITY ? SPECIAL.minusInfinity : null;
}

export class ByteWriter {
  #bytes = new Uint8Array(65_536);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Starts again in the same room. */
  clear(): void {
    this.#length = 0;
  }

  taken(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number from 0 on, seven bits a byte. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#bytes[this.#length++] = rest;
  }

  float(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  /** Whole numbers exactly, fractions to four decimals, small or huge ones as a float. */
  number(value: number): void {
    const special = specialOf(value);
    const parts = Math.round(value * FRACTION);
    if (special !== null) this.uint(special);
    else if (Number.isInteger(value) && Math.abs(value) < LIMIT) this.uint(2 * zigzag(value) + FIRST_PLAIN);
    else if (Math.abs(parts) < LIMIT && Math.abs(parts / FRACTION - value) <= MAX_ERROR * Math.abs(value))
      this.uint(2 * zigzag(parts) + FIRST_PLAIN + 1);
    else {
      this.uint(SPECIAL.float);
      this.float(value);
    }
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    this.uint(bytes.length);
    this.append(bytes);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}
