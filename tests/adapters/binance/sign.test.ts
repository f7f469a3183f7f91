import { describe, expect, it } from 'vitest';
import { encodeParams, signPayload } from '../../../src/adapters/binance/sign.ts';

// Test vectors of binance-futures.md §3, made there with openssl.
const SECRET = '2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9';

describe('signing', () => {
  it('signs a query as openssl does', () => {
    const query = encodeParams({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      quantity: 1,
      price: 9000,
      timeInForce: 'GTC',
      recvWindow: 5000,
      timestamp: 1591702613943,
    });
    expect(query).toBe(
      'symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943',
    );
    expect(signPayload(SECRET, query)).toBe('3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9');
  });

  it('signs a query followed by a body without a joint', () => {
    const query = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC';
    const body = 'quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943';
    expect(signPayload(SECRET, query + body)).toBe('30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4');
  });

  it('leaves absent parameters out and keeps the given order', () => {
    expect(encodeParams({ b: 2, a: undefined, c: 'x y' })).toBe('b=2&c=x%20y');
  });

  it('escapes a Chinese symbol as UTF-8 and every sign that a URL parser may rewrite', () => {
    // 币 is E5 B8 81, 安 is E5 AE 89 in UTF-8.
    expect(encodeParams({ symbol: '币安USDT' })).toBe('symbol=%E5%B8%81%E5%AE%89USDT');
    const awkward = "'()*!&=+#";
    const url = new URL(`http://x/?${encodeParams({ v: awkward })}`);
    expect(url.search).toBe(`?${encodeParams({ v: awkward })}`);
    expect(url.searchParams.get('v')).toBe(awkward);
  });
});
