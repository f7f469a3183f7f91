// Floor 0, the words: brands for values that must not be swapped, and the check for our own mistakes.
// A brand costs nothing at run time; `as` is allowed here and in grid.ts only.

declare const brand: unique symbol;
type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** An instant in market or wall time, milliseconds since 1970 UTC. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** A contract's name as the venue writes it: opaque UTF-8, may hold CJK characters and digits. */
export type SymbolId = Brand<string, 'SymbolId'>;
/** Client order id, 22 characters of [0-9a-z-]; see src/core/client-id.ts. */
export type ClientOrderId = Brand<string, 'ClientOrderId'>;
/** A price as a whole number of ticks. */
export type Ticks = Brand<number, 'Ticks'>;
/** A quantity as a whole number of steps, never negative. */
export type Steps = Brand<number, 'Steps'>;
/** A decimal number exactly as it stands on the wire: no exponent, no rounding. */
export type DecimalString = Brand<string, 'DecimalString'>;

export const epochMs = (ms: number): EpochMs => ms as EpochMs;
export const symbolId = (name: string): SymbolId => name as SymbolId;
export const clientOrderId = (id: string): ClientOrderId => id as ClientOrderId;
export const decimalString = (text: string): DecimalString => {
  invariant(/^-?\d+(\.\d+)?$/.test(text), `not a decimal string: "${text}"`);
  return text as DecimalString;
};

export const SIDES = ['long', 'short'] as const;
export type Side = (typeof SIDES)[number];
/** +1 for long, -1 for short: the sign that makes the two sides comparable. */
export const sideSign = (side: Side): 1 | -1 => (side === 'long' ? 1 : -1);
/** The order action that opens a position of this side; its opposite closes it. */
export const openingAction = (side: Side): 'buy' | 'sell' => (side === 'long' ? 'buy' : 'sell');
export const closingAction = (side: Side): 'buy' | 'sell' => (side === 'long' ? 'sell' : 'buy');

/** Thrown when our own code broke a promise to itself: never caught to go on, only to stop in good order. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
