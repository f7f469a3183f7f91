// Every switch of the fault catalogue that concerns the exchange does what its name says at least once, and is counted. The
// ones with a longer story have tests of their own (faults.test.ts, read-faults.test.ts, acts.test.ts).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FAULT_SWITCHES } from '../../src/emulator/faults.ts';
import { START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';
import { algo, BUY, ETH, order, STOP } from './cause.ts';

let bot: TestBot;
afterEach(() => bot.close());

const fault = (rule: unknown): Promise<unknown> => bot.control('/faults', rule);
const hits = async (name: string): Promise<number> =>
  ((await bot.control('/faults')) as { hits: Record<string, number> }).hits[name] ?? 0;
const orders = async (): Promise<unknown[]> => (await bot.control('/ledger'))['orders'] as unknown[];
async function struck(name: string): Promise<void> {
  while ((await hits(name)) === 0);
}

describe('requests and their answers', () => {
  it('req.late brings the order after its window: -1021, and nothing is done', async () => {
    bot = await anExchange();
    await fault({ switch: 'req.late', value: 2_000, count: 1 });
    const answer = order(bot, BUY);
    await struck('req.late');
    await bot.step(6_000);
    expect((await answer).body['code']).toBe(-1021);
    expect(await orders()).toEqual([]);
  });

  it('req.queued brings it late to the engine only: -5028', async () => {
    bot = await anExchange();
    await fault({ switch: 'req.queued', value: 2_000, count: 1 });
    const answer = order(bot, BUY);
    await struck('req.queued');
    await bot.step(6_000);
    expect((await answer).body['code']).toBe(-5028);
    expect(await orders()).toEqual([]);
  });

  it('req.queued lets a request whose window is over on arrival no further than the gateway', async () => {
    bot = await anExchange();
    await fault([
      { switch: 'req.queued', value: 1, count: 1 },
      { switch: 'clk.jump', value: 10_000 },
    ]);
    expect((await order(bot, BUY)).body['code']).toBe(-1021);
  });

  it('res.late does the order and answers later', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.late', value: 20, count: 1 });
    expect((await order(bot, BUY)).status).toBe(200);
    expect([await hits('res.late'), (await orders()).length]).toEqual([1, 1]);
  });

  it('res.reset does the order and breaks the line', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.reset', path: '/fapi/v1/order', count: 1 });
    await expect(order(bot, BUY)).rejects.toThrow();
    expect(await orders()).toHaveLength(1);
  });

  it('res.trunc does the order and sends half of the answer', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.trunc', path: '/fapi/v1/order', count: 1 });
    await expect(order(bot, BUY)).rejects.toThrow();
    expect(await orders()).toHaveLength(1);
  });

  it('res.1007 does it or not, as it was told, and says 408 either way', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.1007', value: 1, count: 1 });
    const done = await order(bot, BUY);
    expect([done.status, done.body['code'], (await orders()).length]).toEqual([408, -1007, 1]);
    await fault({ switch: 'res.1007', value: 0, count: 1 });
    expect([(await order(bot, BUY)).status, (await orders()).length]).toEqual([408, 1]);
  });

  it('res.html answers a page with the status it is given', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.html', value: 502, count: 1 });
    const page = await order(bot, BUY);
    expect([page.status, page.headers.get('content-type'), await orders()]).toEqual([502, 'text/html', []]);
  });
});

describe('frames', () => {
  const marks = async (rule: Json): Promise<unknown[]> => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    const texts: string[] = [];
    stream.socket.removeAllListeners('message');
    stream.socket.on('message', (data) => texts.push(data.toString()));
    await fault(rule);
    await bot.step(9_000);
    await stream.fence();
    return texts.map((text) => (text.endsWith('}') ? Number((JSON.parse(text) as Json)['E']) - START_MS : 'torn'));
  };

  it('ws.dup sends one twice', async () => {
    expect(await marks({ switch: 'ws.dup', count: 1 })).toEqual([3_000, 3_000, 6_000, 9_000]);
  });

  it('ws.skip leaves out as many as it counts', async () => {
    expect(await marks({ switch: 'ws.skip', count: 2 })).toEqual([9_000]);
  });

  it('ws.bad tears one in the middle', async () => {
    expect(await marks({ switch: 'ws.bad', count: 1 })).toEqual(['torn', 6_000, 9_000]);
  });

  it('ws.ackSilent acknowledges a subscription and never serves it', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws');
    await fault({ switch: 'ws.ackSilent', path: '/market', count: 1 });
    const answer = await stream.ask({ method: 'SUBSCRIBE', params: ['btcusdt@markPrice'], id: 7 });
    expect(answer).toEqual({ result: null, id: 7 });
    await bot.step(6_000);
    await stream.fence();
    expect(stream.heard).toHaveLength(1);
    expect(await hits('ws.ackSilent')).toBe(1);
  });
});

describe('acts by the names of the catalogue', () => {
  it.each([
    ['v.manualOpen', { side: 'BUY', quantity: '0.1' }],
    ['v.cancelStop', {}],
    ['v.halt', {}],
    ['v.delist', {}],
    ['v.tick', { tickSize: '0.50' }],
    ['v.mode', { mode: 'HEDGE' }],
    ['v.margin', { deltaUsdt: '-1' }],
    ['v.funding', { rate: '0.001' }],
    ['v.orphans', {}],
    ['v.partial', { fraction: 0.5 }],
    ['v.thinBook', { levelUsdt: 100, levels: 1 }],
    ['v.ban', { durationMs: 1_000 }],
  ])('%s is done when armed, and counted', async (name, more) => {
    bot = await anExchange();
    await order(bot, BUY);
    await algo(bot, STOP);
    const before = JSON.stringify((await bot.control('/state'))['clock']);
    await fault({ switch: name, symbol: ETH, ...more });
    expect(await hits(name)).toBe(1);
    expect(JSON.stringify((await bot.control('/state'))['clock'])).toBe(before);
  });
});

it('no switch is without a test in this folder', async () => {
  bot = await anExchange();
  const files = ['switches', 'faults', 'read-faults', 'acts', 'control'].map((name) =>
    join(import.meta.dirname, `${name}.test.ts`),
  );
  const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');
  expect(FAULT_SWITCHES.filter((name) => !text.includes(`'${name}'`))).toEqual([]);
});
