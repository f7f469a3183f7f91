// Adapters, binance: the shapes of user-stream events on the wire, as far as we use them.
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const millis = z.number().int().nonnegative();
const side = z.enum(['BUY', 'SELL']);
const id = z.union([z.number().int(), z.string()]).transform(String);

export const orderUpdateSchema = z.looseObject({
  E: millis,
  o: z.looseObject({
    s: z.string().min(1),
    c: z.string(),
    S: side,
    /** Execution type: NEW, TRADE, CALCULATED (liquidation), EXPIRED, CANCELED, AMENDMENT. */
    x: z.string(),
    X: z.string(),
    i: id,
    q: decimal,
    l: decimal,
    z: decimal,
    L: decimal,
    /** Fee and its asset: only meaningful on a trade. */
    n: decimal.optional(),
    N: z.string().nullish(),
    T: millis,
    t: id,
    R: z.boolean(),
    rp: decimal.optional(),
    er: z.union([z.string(), z.number()]).transform(String).optional(),
  }),
});

export const accountUpdateSchema = z.looseObject({
  E: millis,
  a: z.looseObject({
    m: z.string(),
    /** The symbol whose funding this is, since 2026-08. */
    S: z.string().optional(),
    B: z.array(z.looseObject({ a: z.string(), wb: decimal, bc: decimal.default('0') })).default([]),
    P: z.array(z.looseObject({ s: z.string().min(1), pa: decimal, ep: decimal, ps: z.string().default('BOTH') })).default([]),
  }),
});

export const algoUpdateSchema = z.looseObject({
  E: millis,
  o: z.looseObject({
    caid: z.string(),
    aid: id,
    o: z.string(),
    s: z.string().min(1),
    S: side,
    q: decimal,
    X: z.string(),
    /** The child's order id once triggered, else empty. */
    ai: id.optional(),
    tp: z.string(),
    cp: z.boolean(),
    R: z.boolean(),
    rm: z.string().optional(),
  }),
});

export const configUpdateSchema = z.looseObject({
  E: millis,
  ac: z.looseObject({ s: z.string().min(1), l: z.number().int().positive() }).optional(),
});

export type OrderUpdate = z.infer<typeof orderUpdateSchema>;
export type AccountUpdate = z.infer<typeof accountUpdateSchema>;
export type AlgoUpdate = z.infer<typeof algoUpdateSchema>;
