import { describe, expect, it } from 'vitest';
import { type AuthClock, authorise, type Credentials } from '../../src/emulator/auth.ts';
import { type ExchangeRequest, Params } from '../../src/emulator/request.ts';
import { VenueRefusal } from '../../src/emulator/venue-error.ts';

// Vectors of binance-futures.md §3, made with openssl.
const credentials: Credentials = {
  apiKey: 'dbefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83',
  apiSecret: '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9',
};
const STAMP = 1_591_702_613_943;
const QUERY_ONLY = `symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=${STAMP}`;
const QUERY_SIGNATURE = '3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9';

const aRequest = (rawQuery: string, rawBody = '', apiKey: string | null = credentials.apiKey): ExchangeRequest => ({
  method: 'POST',
  path: '/fapi/v1/order',
  rawQuery,
  rawBody,
  apiKey,
  params: new Params(rawQuery, rawBody),
});

function refusal(request: ExchangeRequest, clock: Partial<AuthClock> = {}): { code: number; httpStatus: number } | null {
  try {
    authorise(request, 'signed', credentials, { nowMs: STAMP, windowScale: 1, ...clock });
    return null;
  } catch (error) {
    if (!(error instanceof VenueRefusal)) throw error;
    return { code: error.code, httpStatus: error.httpStatus };
  }
}

const signedQuery = `${QUERY_ONLY}&signature=${QUERY_SIGNATURE}`;

describe('the signature', () => {
  it('accepts the vector with everything in the query', () => {
    expect(refusal(aRequest(signedQuery))).toBeNull();
  });

  it('accepts the vector split over query and body, joined without a separator', () => {
    const query = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC';
    const body = `quantity=1&price=9000&recvWindow=5000&timestamp=${STAMP}`;
    const signature = '30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4';
    expect(refusal(aRequest(query, `${body}&signature=${signature}`))).toBeNull();
    expect(refusal(aRequest(`${query}&signature=${signature}`, body))).toBeNull();
  });

  it('accepts capital hex', () => {
    expect(refusal(aRequest(`${QUERY_ONLY}&signature=${QUERY_SIGNATURE.toUpperCase()}`))).toBeNull();
  });

  it.each([
    ['a changed price', signedQuery.replace('price=9000', 'price=9001')],
    ['a parameter after the signature', `${signedQuery}&reduceOnly=true`],
    ['a signature that is no hex', `${QUERY_ONLY}&signature=zz`],
  ])('refuses %s with -1022', (_name, query) => {
    expect(refusal(aRequest(query))).toEqual({ code: -1022, httpStatus: 400 });
  });

  it('misses a signature with -1102', () => {
    expect(refusal(aRequest(QUERY_ONLY))?.code).toBe(-1102);
  });
});

describe('the key', () => {
  it('is -2014 without one and -2015 when it is another, both 401', () => {
    expect(refusal(aRequest(signedQuery, '', null))).toEqual({ code: -2014, httpStatus: 401 });
    expect(refusal(aRequest(signedQuery, '', 'short'))).toEqual({ code: -2014, httpStatus: 401 });
    expect(refusal(aRequest(signedQuery, '', 'a'.repeat(64)))).toEqual({ code: -2015, httpStatus: 401 });
  });
});

describe('the time window', () => {
  // timestamp < serverTime + 1000 and serverTime − timestamp <= recvWindow (5000 in the vector).
  it.each([
    ['exactly recvWindow old', 5_000, null],
    ['one ms older', 5_001, -1021],
    ['999 ms ahead', -999, null],
    ['1000 ms ahead', -1_000, -1021],
  ])('%s', (_name, ageMs, code) => {
    expect(refusal(aRequest(signedQuery), { nowMs: STAMP + ageMs })?.code ?? null).toBe(code);
  });

  it('is wider by the speed of a free-running clock', () => {
    expect(refusal(aRequest(signedQuery), { nowMs: STAMP + 300_000, windowScale: 60 })).toBeNull();
    expect(refusal(aRequest(signedQuery), { nowMs: STAMP + 300_001, windowScale: 60 })?.code).toBe(-1021);
  });
});
