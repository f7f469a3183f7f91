import { afterEach, describe, expect, it } from 'vitest';
import { FaultPlan } from '../../src/emulator/faults.ts';
import { anExchange, type TestBot } from './an-exchange.ts';

const BUY = { symbol: 'ETHUSDT', side: 'BUY', type: 'MARKET', quantity: '0.5', newClientOrderId: 'k70-a' };

describe('faults over the road', () => {
  let bot: TestBot;
  afterEach(() => bot.close());

  const fault = (rule: unknown): Promise<unknown> => bot.control('/faults', rule);
  const orders = async (): Promise<unknown[]> => (await bot.control('/ledger'))['orders'] as unknown[];
  /** Sends the entry and gives up as soon as the exchange has counted its fault. */
  async function sendAndLose(name: string): Promise<string> {
    const giveUp = new AbortController();
    const outcome = bot.signed('POST', '/fapi/v1/order', BUY, giveUp.signal).then(
      (answer) => `answered ${answer.status}`,
      () => 'no answer',
    );
    for (;;) {
      const { hits } = (await bot.control('/faults')) as { hits: Record<string, number> };
      if ((hits[name] ?? 0) > 0) break;
    }
    giveUp.abort();
    return outcome;
  }

  it('res.drop applies the order and loses the answer', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.drop', method: 'POST', path: '/fapi/v1/order', count: 1 });
    expect(await sendAndLose('res.drop')).toBe('no answer');
    expect(await orders()).toHaveLength(1);
    expect((await bot.signed('GET', '/fapi/v1/order', { symbol: 'ETHUSDT', origClientOrderId: 'k70-a' })).body).toMatchObject({
      status: 'FILLED',
    });
  });

  it('req.drop loses the request itself', async () => {
    bot = await anExchange();
    await fault({ switch: 'req.drop', method: 'POST', path: '/fapi/v1/order', count: 1 });
    expect(await sendAndLose('req.drop')).toBe('no answer');
    expect(await orders()).toEqual([]);
  });

  it('res.503u executes with the probability it is given, res.503f never', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.503u', path: '/fapi/v1/order', count: 1, value: 1 });
    const unknown = await bot.signed('POST', '/fapi/v1/order', BUY);
    expect([unknown.status, unknown.body['msg']]).toEqual([503, 'Unknown error, please check your request or try again later.']);
    expect(await orders()).toHaveLength(1);
    await fault({ switch: 'res.503u', path: '/fapi/v1/order', count: 1, value: 0 });
    expect((await bot.signed('POST', '/fapi/v1/order', BUY)).status).toBe(503);
    await fault({ switch: 'res.503f', path: '/fapi/v1/order', count: 1 });
    expect((await bot.signed('POST', '/fapi/v1/order', BUY)).body).toEqual({ text: 'Service Unavailable.' });
    expect(await orders()).toHaveLength(1);
  });

  it('res.code answers any code without executing, for the symbol it names only', async () => {
    bot = await anExchange();
    await fault({ switch: 'res.code', value: -4509, path: '/fapi/v1/order', symbol: 'BTCUSDT', count: 1 });
    expect((await bot.signed('POST', '/fapi/v1/order', BUY)).status).toBe(200);
    const refused = await bot.signed('POST', '/fapi/v1/order', { ...BUY, symbol: 'BTCUSDT' });
    expect([refused.status, refused.body['code']]).toEqual([400, -4509]);
  });

  it('res.1008 throttles entries and lets reduce-only orders through', async () => {
    bot = await anExchange();
    await bot.signed('POST', '/fapi/v1/order', BUY);
    await fault({ switch: 'res.1008' });
    expect((await bot.signed('POST', '/fapi/v1/order', BUY)).body['code']).toBe(-1008);
    const exit = await bot.signed('POST', '/fapi/v1/order', { ...BUY, side: 'SELL', reduceOnly: 'true' });
    expect(exit.status).toBe(200);
  });

  it('key.expire ends the listenKey at once', async () => {
    bot = await anExchange();
    const user = await bot.userStream();
    await fault({ switch: 'key.expire' });
    await user.fence();
    expect(user.heard.map((frame) => frame['e'])).toEqual(['listenKeyExpired']);
  });

  it('ws.silent keeps the line open and says nothing, ws.drop cuts it', async () => {
    bot = await anExchange();
    const stream = await bot.stream('/market/ws/btcusdt@markPrice');
    await fault({ switch: 'ws.silent', path: '/market' });
    await bot.step(6_000);
    await stream.fence();
    expect(stream.heard).toEqual([]);
    await fault({ clear: true });
    await bot.step(3_000);
    await stream.fence();
    expect(stream.heard).toHaveLength(1);
    const closed = new Promise((resolve) => stream.socket.once('close', resolve));
    await fault({ switch: 'ws.drop', path: '/market' });
    await closed;
    const { hits } = (await bot.control('/faults')) as { hits: Record<string, number> };
    expect(hits).toMatchObject({ 'ws.silent': 2, 'ws.drop': 1 });
  });

  it('names the known switches when it is given another', async () => {
    bot = await anExchange();
    const wrong = await bot.controlRaw('/faults', { switch: 'res.dropp' });
    expect(wrong.status).toBe(400);
    expect(wrong.body['error']).toContain('res.drop');
    expect(wrong.body['error']).toContain('key.expire');
  });
});

describe('a fault plan', () => {
  it('uses a rule up by its count and forgets it after its time', () => {
    let wallMs = 0;
    const plan = new FaultPlan(1, () => wallMs);
    plan.arm({ switch: 'res.drop', count: 2 });
    plan.arm({ switch: 'ws.silent', durationMs: 100 });
    expect([1, 2, 3].map(() => plan.strike('after', { path: '/x' })?.switch ?? null)).toEqual(['res.drop', 'res.drop', null]);
    expect(plan.strike('frame', { path: '/market/ws' })?.switch).toBe('ws.silent');
    wallMs = 100;
    expect(plan.strike('frame', { path: '/market/ws' })).toBeNull();
  });

  it('strikes about as often as its probability says, the same way for the same seed', () => {
    const strikes = (seed: number): number => {
      const plan = new FaultPlan(seed, () => 0);
      plan.arm({ switch: 'res.drop', probability: 0.25 });
      return Array.from({ length: 4_000 }, () => plan.strike('after', {})).filter((rule) => rule !== null).length;
    };
    // 4,000 × 0.25 = 1,000, standard deviation √(4,000 × 0.25 × 0.75) = 27: five of them allowed.
    expect(Math.abs(strikes(5) - 1_000)).toBeLessThan(137);
    expect(strikes(5)).toBe(strikes(5));
  });
});
