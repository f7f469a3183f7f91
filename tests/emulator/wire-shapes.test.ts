import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { sharedDir } from '../support/shared-data.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

let bot: TestBot;
afterEach(() => bot.close());

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' };
const STOP = {
  algoType: 'CONDITIONAL',
  symbol: 'ETHUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '1980.00',
  closePosition: 'true',
};

/** One frame of each kind, by its event name; the last of a kind is kept. */
async function frames(): Promise<Record<string, Json>> {
  bot = await anExchange();
  const user = await bot.userStream();
  const market = await bot.stream('/market/ws/ethusdt@kline_1m/ethusdt@markPrice');
  await bot.signed('POST', '/fapi/v1/order', BUY);
  await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
  await bot.step(3_000);
  await user.fence();
  await market.fence();
  return Object.fromEntries([...user.heard, ...market.heard].map((frame) => [String(frame['e']), frame]));
}

const keys = (value: unknown): string[] => Object.keys(value as Json);
const part = (frame: Json | undefined, name: string): Json => frame?.[name] as Json;
const words = (text: string): string[] => text.split(' ');

describe('frames beside the samples of binance-futures.md', () => {
  it('have the keys of §7.2 and §8 in their order', async () => {
    const seen = await frames();
    expect(keys(seen['ORDER_TRADE_UPDATE'])).toEqual(words('e T E o'));
    expect(keys(part(seen['ORDER_TRADE_UPDATE'], 'o'))).toEqual(
      words('s c S o f q p ap sp x X i l z L n N T t b a m R wt ot ps cp rp pP si ss V pm gtd er'),
    );
    expect(keys(seen['TRADE_LITE'])).toEqual(words('e E T s q p m c S L l t i'));
    expect(keys(seen['ACCOUNT_UPDATE'])).toEqual(words('e T E a'));
    const account = part(seen['ACCOUNT_UPDATE'], 'a');
    expect(keys(account)).toEqual(words('B P m'));
    expect(keys((account['B'] as Json[])[0])).toEqual(words('a wb cw bc'));
    expect(keys((account['P'] as Json[])[0])).toEqual(words('s pa ep cr up mt iw ps ma bep'));
    expect(keys(part(seen['ALGO_UPDATE'], 'o'))).toEqual(words('caid aid at o s S ps f q X ai tp p V wt pm cp pP R tt gtd ia'));
    expect(keys(part(seen['kline'], 'k'))).toEqual(words('t T s i f L o c h l v n x q V Q B'));
    expect(keys(seen['markPriceUpdate'])).toEqual(words('e E s p ap i P r T st'));
  });

  it('answer a conditional order with the keys of §6.3 in their order', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const { body } = await bot.signed('POST', '/fapi/v1/algoOrder', STOP);
    const sample =
      'algoId clientAlgoId algoType orderType symbol side positionSide timeInForce quantity algoStatus triggerPrice price icebergQuantity ' +
      'selfTradePreventionMode workingType priceMatch closePosition priceProtect reduceOnly activatePrice callbackRate createTime updateTime ' +
      'triggerTime goodTillDate';
    expect(keys(body)).toEqual(words(sample));
  });

  it('show a position and a balance with the keys of §6.1 in their order', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    const risk = await bot.signed('GET', '/fapi/v3/positionRisk');
    expect(keys((risk.body as unknown[])[0])).toEqual(
      words(
        'symbol positionSide positionAmt entryPrice breakEvenPrice markPrice unRealizedProfit liquidationPrice isolatedMargin notional ' +
          'marginAsset isolatedWallet initialMargin maintMargin positionInitialMargin openOrderInitialMargin adl bidNotional askNotional updateTime',
      ),
    );
    const balance = await bot.signed('GET', '/fapi/v3/balance');
    expect(keys((balance.body as unknown[])[0])).toEqual(
      words(
        'accountAlias asset balance crossWalletBalance crossUnPnl availableBalance maxWithdrawAmount marginAvailable updateTime',
      ),
    );
  });
});

const fixtures = sharedDir('market-data/ws');

describe.skipIf(fixtures === null)('frames beside the recorded fixtures', () => {
  /** Keys that later changes of the venue added or that only one side may carry (binance-futures.md §7.2 and §8). */
  const dated: Readonly<Record<string, readonly string[]>> = {
    kline: [],
    markPriceUpdate: [],
    TRADE_LITE: [],
    ORDER_TRADE_UPDATE: ['AP', 'cr'],
    ACCOUNT_UPDATE: [],
  };

  it('have every key that the fixtures have', async () => {
    const seen = await frames();
    const file = gunzipSync(readFileSync(join(fixtures ?? '', 'nautilus_binance_futures_fixtures.jsonl.gz'))).toString('utf8');
    const lines = file
      .trim()
      .split('\n')
      .map((line): { event: string | null; body: Json } => JSON.parse(line));
    let compared = 0;
    for (const [event, exempt] of Object.entries(dated)) {
      const body = lines.find((line) => line.event === event && !Array.isArray(line.body))?.body;
      if (body === undefined) continue;
      compared += 1;
      const inner = event === 'kline' ? 'k' : 'o';
      const wanted = [...keys(body), ...keys(body[inner] ?? {})].filter((key) => !exempt.includes(key));
      const have = [...keys(seen[event]), ...keys(part(seen[event], inner) ?? {})];
      expect(
        wanted.filter((key) => !have.includes(key)),
        event,
      ).toEqual([]);
    }
    expect(compared).toBe(5);
  });
});
