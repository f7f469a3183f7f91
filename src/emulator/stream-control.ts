// Emulator, streams: the control messages of a stream connection, and the venue's four error objects for bad ones (§8).
// They carry no id, as in the venue's table.

export const METHODS = ['SUBSCRIBE', 'UNSUBSCRIBE', 'LIST_SUBSCRIPTIONS', 'SET_PROPERTY', 'GET_PROPERTY'] as const;
export const UNKNOWN_PROPERTY = '{"code":0,"msg":"Unknown property"}';

/** The id comes back as it was sent: number, text or hex. */
export const result = (value: unknown, id: unknown): string => JSON.stringify({ result: value, id });
export const invalid = (why: string): string => JSON.stringify({ code: 2, msg: `Invalid request: ${why}` });

export type ControlMessage =
  | { readonly kind: 'message'; readonly method: string; readonly id: unknown; readonly params: readonly unknown[] }
  | { readonly kind: 'refused'; readonly answer: string };

export function readControl(text: string): ControlMessage {
  const parsed = parse(text);
  if (typeof parsed === 'string') return { kind: 'refused', answer: parsed };
  const { method, id = null, params = [] } = parsed.fields;
  const why = fault(parsed.fields);
  if (why !== null) return { kind: 'refused', answer: invalid(why) };
  return { kind: 'message', method: String(method), id, params: Array.isArray(params) ? params : [] };
}

/** The documents want an unsigned integer; the official connector sends text, which is taken as well. */
function fault(fields: Readonly<Record<string, unknown>>): string | null {
  const { method, id, params } = fields;
  if (method === undefined) return 'missing field `method`';
  if (typeof method !== 'string') return 'invalid type: method must be a string';
  const isNumber = typeof id === 'number' && Number.isInteger(id) && id >= 0;
  if (id !== undefined && id !== null && !isNumber && typeof id !== 'string') return 'request ID must be an unsigned integer';
  return params === undefined || Array.isArray(params) ? null : 'invalid type: params must be a sequence';
}

/** The fields, or the venue's complaint about the JSON with the place of the first wrong sign. */
function parse(text: string): { readonly fields: Readonly<Record<string, unknown>> } | string {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { fields: value as Record<string, unknown> } : invalid('invalid type: expected an object');
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const at = firstWrong(text);
    const lines = text.slice(0, at).split('\n');
    const column = (lines.at(-1) ?? '').length + 1;
    return JSON.stringify({ code: 3, msg: `Invalid JSON: expected value at line ${lines.length} column ${column}` });
  }
}

/** Nobody writes longer control messages by hand; beyond this the place is not looked for. */
const LOOKED_AT = 512;

/** The first sign after which the text can no longer become JSON; its length where it only ends too early. */
function firstWrong(text: string): number {
  for (let length = 1; length <= Math.min(text.length, LOOKED_AT); length++) {
    if (!couldGoOn(text.slice(0, length))) return length - 1;
  }
  return Math.min(text.length, LOOKED_AT);
}

function couldGoOn(start: string): boolean {
  try {
    JSON.parse(start);
    return true;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const position = /at position (\d+)/.exec(cause.message)?.[1];
    return cause.message.startsWith('Unexpected end') || (position !== undefined && Number(position) >= start.length);
  }
}
