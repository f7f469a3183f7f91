// Adapters, binance: the shapes of market data on the wire, as far as we use them. Loose: fields come and go on the venue,
// and an unknown one is no reason to lose a bar.
import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const millis = z.number().int().nonnegative();

export const timeSchema = z.looseObject({ serverTime: millis });

export const rateLimitSchema = z.looseObject({
  rateLimitType: z.string(),
  interval: z.string(),
  intervalNum: z.number(),
  limit: z.number(),
});

/** Rows are read one by one, so that one odd contract does not hide the other nine hundred. */
export const exchangeInfoSchema = z.looseObject({ rateLimits: z.array(z.unknown()).default([]), symbols: z.array(z.unknown()) });

export const contractSchema = z.looseObject({
  symbol: z.string().min(1),
  contractType: z.string(),
  status: z.string(),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  marginAsset: z.string(),
  onboardDate: millis,
  deliveryDate: millis,
  marketTakeBound: decimal.default('1'),
  filters: z.array(z.looseObject({ filterType: z.string() })),
});

export const priceFilterSchema = z.looseObject({ tickSize: decimal });
export const lotFilterSchema = z.looseObject({ minQty: decimal, maxQty: decimal, stepSize: decimal });
export const notionalFilterSchema = z.looseObject({ notional: decimal });

export const tickerSchema = z.looseObject({
  symbol: z.string().min(1),
  lastPrice: decimal,
  volume: decimal,
  quoteVolume: decimal,
});

export const bookTickerSchema = z.looseObject({ bidPrice: decimal, askPrice: decimal });

/** [open time, o, h, l, c, volume, close time, quote volume, trades, taker buy base, …] */
export const klineRowSchema = z
  .tuple([millis, decimal, decimal, decimal, decimal, decimal, millis, decimal, z.number(), decimal])
  .rest(z.unknown());

export const klineFrameSchema = z.looseObject({
  e: z.literal('kline'),
  E: millis,
  s: z.string().min(1),
  st: z.number().optional(),
  k: z.looseObject({
    t: millis,
    i: z.string(),
    f: z.number().optional(),
    L: z.number().optional(),
    o: decimal,
    h: decimal,
    l: decimal,
    c: decimal,
    v: decimal,
    n: z.number(),
    x: z.boolean(),
    q: decimal,
    V: decimal,
  }),
});

export const markFrameSchema = z.looseObject({
  e: z.literal('markPriceUpdate'),
  E: millis,
  s: z.string().min(1),
  p: decimal,
  /** Empty for contracts without funding. */
  r: z.string(),
  T: millis,
  st: z.number().optional(),
});

export type Contract = z.infer<typeof contractSchema>;
export type TickerRow = z.infer<typeof tickerSchema>;
export type KlineRow = z.infer<typeof klineRowSchema>;
export type KlineFrame = z.infer<typeof klineFrameSchema>;
export type MarkFrame = z.infer<typeof markFrameSchema>;
