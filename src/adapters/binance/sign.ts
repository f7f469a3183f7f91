// Adapters, binance: the query string and its signature. What is signed is byte for byte what is sent.
import { createHmac } from 'node:crypto';

export type Params = Readonly<Record<string, string | number | undefined>>;

/** Nearly all of names and values. */
const NEEDS_NO_ESCAPE = /^[\w.-]*$/;

function encode(value: string | number): string {
  const text = String(value);
  if (NEEDS_NO_ESCAPE.test(text)) return text;
  // encodeURIComponent leaves these five alone, but a URL parser may still rewrite some of them on the way out.
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Parameters in the given order, absent ones left out; non-ASCII symbols become UTF-8 percent escapes. */
export function encodeParams(params: Params): string {
  let query = '';
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    query += `${query === '' ? '' : '&'}${encode(name)}=${encode(value)}`;
  }
  return query;
}

/** HMAC-SHA256 in hex over the raw query string followed by the raw body. */
export const signPayload = (secret: string, payload: string): string =>
  createHmac('sha256', secret).update(payload, 'utf8').digest('hex');
