// Services, room 4: the bytes of a trace, reading. The mirror of ByteWriter.
import { invariant } from '../../src/core/units.ts';
import { FIRST_PLAIN, FRACTION, SPECIAL } from './byte-writer.ts';

const decoder = new TextDecoder();
const unzigzag = (code: number): number => (code % 2 === 0 ? code / 2 : -(code + 1) / 2);

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at++];
      invariant(byte !== undefined, 'a trace ends within a number');
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  float(): number {
    invariant(this.#at + 4 <= this.#bytes.length, 'a trace ends within a number');
    const value = this.#view.getFloat32(this.#at, true);
    this.#at += 4;
    return value;
  }

  number(): number {
    const code = this.uint();
    if (code === SPECIAL.nan) return Number.NaN;
    if (code === SPECIAL.plusInfinity) return Number.POSITIVE_INFINITY;
    if (code === SPECIAL.minusInfinity) return Number.NEGATIVE_INFINITY;
    if (code === SPECIAL.float) return this.float();
    const whole = unzigzag(Math.floor((code - FIRST_PLAIN) / 2));
    return code % 2 === 0 ? whole : whole / FRACTION;
  }

  /** The next `count` bytes as a reader of their own. */
  part(count: number): ByteReader {
    invariant(this.#at + count <= this.#bytes.length, 'a trace is shorter than it says');
    const part = new ByteReader(this.#bytes.subarray(this.#at, this.#at + count));
    this.#at += count;
    return part;
  }

  text(): string {
    const count = this.uint();
    invariant(this.#at + count <= this.#bytes.length, 'a trace ends within a word');
    const text = decoder.decode(this.#bytes.subarray(this.#at, this.#at + count));
    this.#at += count;
    return text;
  }
}
