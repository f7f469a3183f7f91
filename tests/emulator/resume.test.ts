import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startExchange } from '../../src/emulator/exchange.ts';
import { aSource, START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5' };
const STOP = {
  algoType: 'CONDITIONAL',
  symbol: 'ETHUSDT',
  side: 'SELL',
  type: 'STOP_MARKET',
  triggerPrice: '1980.00',
  closePosition: 'true',
  clientAlgoId: 'k70-stop',
};

let dataDir: string;
let bots: TestBot[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'perpscout-exchange-'));
  bots = [];
});
afterEach(async () => {
  for (const bot of bots) await bot.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function started(over: Parameters<typeof anExchange>[0] = {}): Promise<TestBot> {
  const bot = await anExchange({ dataDir, ...over });
  bots.push(bot);
  return bot;
}

async function stopped(bot: TestBot): Promise<void> {
  bots = bots.filter((other) => other !== bot);
  await bot.close();
}

describe('a restart on the same folder', () => {
  it('goes on with clock, account, orders, keys and scripted prices', async () => {
    const first = await started();
    await first.signed('POST', '/fapi/v1/order', BUY);
    await first.signed('POST', '/fapi/v1/algoOrder', STOP);
    await first.control('/price', { symbol: 'BTCUSDT', path: [{ ms: 0, price: 40_000 }] });
    await first.step(90_000);
    const before = await first.control('/state');
    const key = first.exchange.apiKey;
    await stopped(first);
    const second = await started({ seed: 1 });
    const after = await second.control('/state');
    expect(second.exchange.apiKey).toBe(key);
    for (const part of ['accountId', 'positions', 'openAlgoOrders', 'balance']) expect(after[part]).toEqual(before[part]);
    expect((after['clock'] as Json)['nowMs']).toBe(START_MS + 90_000);
    // 30 s into a minute the source stands two ticks below 50,000: 49,999.8 × 40,000 / 50,000 = 39,999.84, on the tick .8.
    expect((await second.open('GET', '/fapi/v2/ticker/price', { symbol: 'BTCUSDT' })).body['price']).toBe('39999.80');
  });

  it('has on disk what it acknowledged, before the answer left', async () => {
    const bot = await started();
    const placed = await bot.signed('POST', '/fapi/v1/order', BUY);
    const lines = readFileSync(join(dataDir, 'exchange', 'history.ndjson'), 'utf8')
      .trim()
      .split('\n');
    const orders = lines.map((line) => JSON.parse(line)).filter((line) => line.kind === 'order');
    expect(orders.map((line) => line.row.orderId)).toEqual([placed.body['orderId']]);
    const saved = JSON.parse(readFileSync(join(dataDir, 'exchange', 'state.json'), 'utf8'));
    expect(saved.account.positions.map((position: Json) => position['symbol'])).toEqual(['ETHUSDT']);
  });

  it('refuses a market that the account does not live in', async () => {
    await stopped(await started());
    await expect(started({ seed: 2 })).rejects.toThrow(/another market/);
  });

  it('begins anew when asked for a fresh start: another account, the old folder set aside', async () => {
    const first = await started();
    await first.signed('POST', '/fapi/v1/order', BUY);
    await stopped(first);
    const second = await started({ start: 'fresh' });
    expect(second.exchange.accountId).not.toBe(first.exchange.accountId);
    expect((await second.control('/state'))['positions']).toEqual([]);
    const old = JSON.parse(readFileSync(join(dataDir, 'exchange-1', 'state.json'), 'utf8'));
    expect(old.accountId).toBe(first.exchange.accountId);
  });

  it('says so when the state is unreadable instead of starting over', async () => {
    await stopped(await started());
    writeFileSync(join(dataDir, 'exchange', 'state.json'), '{"version":');
    await expect(started()).rejects.toThrow(/cannot be read; start with --fresh/);
  });
});

describe('one exchange per folder', () => {
  it('refuses a second one while the first runs', async () => {
    await started();
    await expect(started()).rejects.toThrow(/another exchange/);
  });

  it('takes over the lock of a dead one', async () => {
    const lock = join(dataDir, 'exchange.lock');
    writeFileSync(lock, JSON.stringify({ pid: process.pid, nonce: 'somebody' }));
    // An owner touches its lock every second; one untouched for a minute is dead, whoever has its process number now.
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    const bot = await started();
    expect((await bot.open('GET', '/fapi/v1/ping')).status).toBe(200);
  });
});

describe('names and ports', () => {
  it('gives equal runs on fresh folders equal names', async () => {
    const first = await anExchange();
    const second = await anExchange();
    bots.push(first, second);
    expect(second.exchange.accountId).toBe(first.exchange.accountId);
    expect(second.exchange.apiSecret).toBe(first.exchange.apiSecret);
  });

  it('names a port that is taken', async () => {
    const bot = await started();
    const port = Number(new URL(bot.exchange.restUrl).port);
    const options = {
      source: aSource(),
      seed: 1,
      speed: 1,
      fromMs: null,
      balanceUsdt: '1',
      dataDir: null,
      start: 'resume',
    } as const;
    await expect(startExchange({ ...options, port })).rejects.toThrow(`127.0.0.1:${port}: the port is in use`);
  });
});
