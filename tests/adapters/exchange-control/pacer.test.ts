import { afterEach, describe, expect, it } from 'vitest';
import { readExchangeState } from '../../../src/adapters/exchange-control/client.ts';
import { immediatePacer } from '../../../src/adapters/exchange-control/immediate-pacer.ts';
import { ExchangePacer } from '../../../src/adapters/exchange-control/pacer.ts';
import { epochMs } from '../../../src/core/units.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { eventually } from '../../support/fake-venue.ts';
import { type DoorAnswer, fakeDoor } from './a-door.ts';

const BAR = epochMs(29_000_000 * 60_000);
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function started(answer: (body: Record<string, unknown>, n: number) => DoorAnswer) {
  const door = await fakeDoor(answer);
  closing.push(door.close);
  const order: string[] = [];
  const drainer = (name: string) => ({
    drain: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${name} drained`);
    },
  });
  const logger = rememberingLogger();
  const abort = new AbortController();
  const pacer = new ExchangePacer({
    restUrl: door.url,
    feed: drainer('feed'),
    broker: drainer('broker'),
    logger,
    signal: abort.signal,
  });
  const settled = () =>
    new Promise<void>((resolve) =>
      pacer.settle(BAR, () => {
        order.push('settled');
        resolve();
      }),
    );
  return { door, pacer, order, logger, settled, abort };
}

describe('the pacer of an embedded exchange', () => {
  it('attaches, waits for the bar, drains both rooms, then settles', async () => {
    const { pacer, door, order, settled } = await started(() => ({ body: { held: true } }));
    await pacer.attach();
    await settled();
    expect(door.bodies).toEqual([{ attach: true }, { await: BAR }]);
    expect(order).toEqual(['feed drained', 'broker drained', 'settled']);
  });

  it('attaches again when the exchange has given it up after its time-outs', async () => {
    const { pacer, door } = await started((body) => ({ body: { attached: 'attach' in body } }));
    pacer.acknowledge(BAR);
    await eventually('the second answer', () => door.bodies.length === 2);
    expect(door.bodies).toEqual([{ ack: BAR }, { attach: true, ack: BAR }]);
  });

  it('asks again as long as the exchange has not come so far', async () => {
    const { door, settled, logger } = await started((_, n) => ({ body: { held: n > 5 } }));
    await settled();
    expect(door.bodies.length).toBe(6);
    expect(logger.lines).toEqual([]);
  });

  it('settles anyway when the door is broken, and says so', async () => {
    const { settled, logger, door } = await started(() => ({ status: 500, body: {} }));
    await settled();
    expect(door.bodies.length).toBe(3);
    expect(logger.lines.map((line) => line.message)).toEqual(['this minute could not be paced']);
  });

  it('acknowledges in order, even when the first answer is slow', async () => {
    const { pacer, door } = await started((_, n) => ({ body: {}, delayMs: n === 1 ? 60 : 0 }));
    pacer.acknowledge(BAR);
    pacer.acknowledge(epochMs(BAR + 60_000));
    await eventually('both are told', () => door.bodies.length === 2);
    expect(door.bodies).toEqual([{ ack: BAR }, { ack: BAR + 60_000 }]);
  });

  it('settles nothing after its end', async () => {
    const { pacer, abort, order, door } = await started(() => ({ body: { held: false }, delayMs: 20 }));
    pacer.settle(BAR, () => order.push('settled'));
    await eventually('it asked', () => door.bodies.length > 0);
    abort.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(order).not.toContain('settled');
  });
});

describe('the pacer of a venue at real speed', () => {
  it('settles at once', async () => {
    let settled = 0;
    await immediatePacer.attach();
    immediatePacer.settle(BAR, () => {
      settled += 1;
    });
    immediatePacer.acknowledge(BAR);
    expect(settled).toBe(1);
  });
});

describe('the state of a running exchange', () => {
  it('names the account, its keys and its clock', async () => {
    const { door } = await started(() => ({
      body: { accountId: 'a1', apiKey: 'k', apiSecret: 's', clock: { nowMs: 5, speed: 60 } },
    }));
    expect(await readExchangeState(door.url)).toMatchObject({
      accountId: 'a1',
      apiKey: 'k',
      apiSecret: 's',
      nowMs: 5,
      speed: 60,
    });
  });

  it('says what is wrong when something else answers there, or nothing', async () => {
    const { door } = await started(() => ({ body: { hello: 1 } }));
    await expect(readExchangeState(door.url)).rejects.toMatchObject({ name: 'VenueError', remedy: 'final' });
    await door.close();
    closing.length = 0;
    await expect(readExchangeState(door.url)).rejects.toMatchObject({ name: 'VenueError', remedy: 'retry' });
  });
});
