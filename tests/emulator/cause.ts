// Test support: how a refusal is provoked over the real road, in words short enough for a table.
import { createHmac } from 'node:crypto';
import type { ExchangeOptions } from '../../src/emulator/exchange.ts';
import { type Answered, encode, type Fields, type Json, type TestBot } from './an-exchange.ts';

/** Code, HTTP status, what causes it in plain words, and the request that does. */
export interface Cause {
  readonly code: number;
  readonly status: number;
  readonly cause: string;
  readonly options?: Partial<ExchangeOptions>;
  readonly provoke: (bot: TestBot) => Promise<Answered>;
}

export const ETH = 'ETHUSDT';
/** ETHUSDT stands at 2,000.00 with a tick of 0.10; a basis point above and below lie the best offers. */
export const BUY = { symbol: ETH, side: 'BUY', type: 'MARKET', quantity: '0.5' } as const;
export const LIMIT = { ...BUY, type: 'LIMIT', timeInForce: 'GTC', price: '1900.00' } as const;
export const STOP = {
  algoType: 'CONDITIONAL',
  symbol: ETH,
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '1950.00',
  closePosition: 'true',
} as const;

export const order = (bot: TestBot, fields: Fields): Promise<Answered> => bot.signed('POST', '/fapi/v1/order', fields);
export const algo = (bot: TestBot, fields: Fields): Promise<Answered> => bot.signed('POST', '/fapi/v1/algoOrder', fields);
export const act = (bot: TestBot, fields: Json): Promise<Json> => bot.control('/act', fields);
export const hedge = (bot: TestBot, dual = 'true'): Promise<Answered> =>
  bot.signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: dual });

/** The same fields without some of them. */
export const without = (fields: Fields, ...names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** A query exactly as it is given, signed. */
export async function rawSigned(bot: TestBot, method: string, path: string, query: string): Promise<Answered> {
  const { restUrl, apiKey, apiSecret } = bot.exchange;
  const whole = `${query}&timestamp=${await bot.marketNow()}`;
  const signature = createHmac('sha256', apiSecret).update(whole).digest('hex');
  const response = await fetch(`${restUrl}${path}?${whole}&signature=${signature}`, {
    method,
    headers: { 'X-MBX-APIKEY': apiKey },
  });
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
}

export async function withKey(bot: TestBot, apiKey: string): Promise<Answered> {
  const response = await fetch(`${bot.exchange.restUrl}/fapi/v1/listenKey`, {
    method: 'POST',
    headers: { 'X-MBX-APIKEY': apiKey },
  });
  return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
}

/** One call of the WS-API, its error in the shape of a REST answer. */
export async function called(bot: TestBot, text: string): Promise<Answered> {
  const line = await bot.stream('/ws-fapi/v1');
  line.socket.send(text);
  while (line.heard.length === 0) await line.fence();
  const { status, error } = line.heard[0] as { status: number; error: Json };
  return { status, body: error as Answered['body'], headers: new Headers() };
}

/** The answer of a control request as it is, refusals included. */
export const refusedAct = (bot: TestBot, fields: Json): Promise<Answered> => bot.controlRaw('/act', fields);

export const query = (fields: Fields): string => encode(fields);
