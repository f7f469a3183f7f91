// Adapters, binance: the query string and its signature. What is signed is byte for byte what is sent.
import { createHmac } from 'node:crypto';

export type Params = Readonly<Record<string, string | number | undefined>>;

// encodeURIComponent leaves these five alone, but a URL parser may still rewrite some of them on the way out.
const encode = (value: string | number): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Parameters in the given order, absent ones left out; non-ASCII symbols become UTF-8 percent escapes. */
export function encodeParams(params: Params): string {
  return Object.entries(params)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${encode(name)}=${encode(value)}`]))
    .join('&');
}

/** HMAC-SHA256 in hex over the raw query string followed by the raw body. */
export const signPayload = (secret: string, payload: string): string =>
  createHmac('sha256', secret).update(payload, 'utf8').digest('hex');
