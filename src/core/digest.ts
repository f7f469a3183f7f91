// Floor 0, the words: names derived from content. SHA-256 is a pure function; this is the one node: import of floor 0.
import { createHash } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Lower-case base32 (RFC 4648, unpadded) of the SHA-256, cut to `length` characters. */
export function sha256Base32(text: string, length: number): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest();
  let bits = 0;
  let held = 0;
  let out = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      out += BASE32[(held >>> (bits - 5)) & 31];
      bits -= 5;
      if (out.length === length) return out;
    }
    held &= (1 << bits) - 1;
  }
  return out;
}
