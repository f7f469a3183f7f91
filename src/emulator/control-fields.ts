// Emulator, the control door: reading JSON bodies that people write by hand, with answers that say what was wrong.
import { VenueRefusal } from './venue-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function jsonFrom(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VenueRefusal(-1130, `the body is no JSON: ${cause.message}`);
  }
}

export function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new VenueRefusal(-1130, 'a JSON object is expected');
  return value as Fields;
}

export const objectsFrom = (body: string): Fields => asFields(jsonFrom(body));

export function textField(value: unknown, name: string): string {
  const found = asFields(value)[name];
  if (typeof found !== 'string' || found === '') throw new VenueRefusal(-1102, `'${name}' must be a text`);
  return found;
}

export function numberField(value: unknown, name: string): number {
  const found = optionalNumber(asFields(value), name);
  if (found === null) throw new VenueRefusal(-1102, `'${name}' must be a number`);
  return found;
}

export function optionalNumber(fields: Fields, name: string): number | null {
  const found = fields[name];
  if (found === undefined || found === null) return null;
  if (typeof found !== 'number' || !Number.isFinite(found)) throw new VenueRefusal(-1130, `'${name}' must be a number`);
  return found;
}

export function optionalText(fields: Fields, name: string): string | null {
  const found = fields[name];
  if (found === undefined || found === null) return null;
  if (typeof found !== 'string') throw new VenueRefusal(-1130, `'${name}' must be a text`);
  return found;
}

/** A decimal that people may write as a number or as a text. */
export function decimalField(fields: Fields, name: string): string {
  const found = fields[name];
  const text = typeof found === 'number' ? String(found) : found;
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?$/.test(text))
    throw new VenueRefusal(-1130, `'${name}' must be a decimal number`);
  return text;
}
