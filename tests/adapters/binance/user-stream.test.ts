import { afterEach, describe, expect, it } from 'vitest';
import { type BinanceVenue, createBinance } from '../../../src/adapters/binance/binance.ts';
import type { AccountEvent } from '../../../src/core/orders.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';
import { rememberingLogger } from '../../support/fake-clocks.ts';
import { type Asked, eventually, type FakeVenue, fakeVenue, type Reply } from '../../support/fake-venue.ts';

const MINUTE_MS = 60_000;
const START = 1_789_478_160_000;
const KEY_ONE = 'a'.repeat(64);
const KEY_TWO = 'b'.repeat(64);

const open: { venue: FakeVenue; binance: BinanceVenue }[] = [];
afterEach(async () => {
  for (const { venue, binance } of open.splice(0)) {
    binance.stop();
    await venue.close();
  }
});

async function started(listenKey: (asked: Asked, count: number) => Reply) {
  const wall = new DrivenWallClock(START);
  let count = 0;
  const venue = await fakeVenue({
    answer(asked) {
      if (asked.path !== '/fapi/v1/listenKey') return { body: { serverTime: START } };
      count += 1;
      return listenKey(asked, count);
    },
  });
  const logger = rememberingLogger();
  const binance = createBinance({
    restUrl: venue.restUrl,
    wsUrl: venue.wsUrl,
    apiKey: 'k',
    apiSecret: 's',
    wallClock: wall,
    random: new SeededRandom(1),
    logger,
    paced: 'paced',
    accountId: 'a',
  });
  open.push({ venue, binance });
  const events: AccountEvent[] = [];
  const abort = new AbortController();
  const following = binance.broker.follow((event) => events.push(event), abort.signal);
  const states = () => events.flatMap((event) => (event.kind === 'userStream' ? [`${event.state}: ${event.detail}`] : []));
  const keys = () => venue.asked.filter((one) => one.path === '/fapi/v1/listenKey').map((one) => one.method);
  return { wall, venue, binance, events, states, keys, following, abort, logger };
}

/** An event says that the venue has come this far, and one of our seconds goes by. */
async function atMinute(minute: number, world: Awaited<ReturnType<typeof started>>): Promise<void> {
  const seen = world.events.length;
  const update = {
    e: 'ACCOUNT_UPDATE',
    E: START + minute * MINUTE_MS,
    a: { m: 'DEPOSIT', B: [{ a: 'USDT', wb: '1', bc: '0' }], P: [] },
  };
  world.venue.sockets.at(-1)?.socket.send(JSON.stringify(update));
  await eventually('the event arrived', () => world.events.length > seen);
  world.wall.advance(1_000);
}

describe('the user stream', () => {
  it('connects with its key and keeps it alive every 25 minutes of venue time', async () => {
    const world = await started(() => ({ body: { listenKey: KEY_ONE } }));
    await world.following;
    expect(world.venue.sockets.map((each) => each.path)).toEqual([`/private/ws/${KEY_ONE}`]);
    expect(world.states()).toEqual(['up: connected']);
    await atMinute(24, world);
    await atMinute(26, world);
    await eventually('it is extended', () => world.keys().length === 2);
    await atMinute(49, world);
    await atMinute(52, world);
    await eventually('it is extended again', () => world.keys().length === 3);
    expect(world.keys()).toEqual(['POST', 'PUT', 'PUT']);
    expect(world.states()).toEqual(['up: connected']);
  });

  it('takes a new key when the venue does not know the old one', async () => {
    const world = await started(({ method }, count) =>
      method === 'PUT'
        ? { status: 400, body: { code: -1125, msg: 'This listenKey does not exist.' } }
        : { body: { listenKey: count === 1 ? KEY_ONE : KEY_TWO } },
    );
    await world.following;
    await atMinute(26, world);
    await eventually('it is down', () => world.states().length === 2);
    world.wall.advance(500);
    await eventually('it is up again', () => world.states().length === 3);
    expect(world.states()).toEqual(['up: connected', 'down: key expired', 'up: connected']);
    expect(world.venue.sockets.at(-1)?.path).toBe(`/private/ws/${KEY_TWO}`);
  });

  it('survives failing keep-alives until the key must be dead, then begins anew', async () => {
    const world = await started(({ method }) =>
      method === 'PUT' ? { status: 502, body: '' } : { body: { listenKey: KEY_ONE } },
    );
    await world.following;
    await atMinute(26, world);
    await eventually('a first failure', () => world.logger.lines.length === 1);
    // Within the next 30 seconds of ours it is not tried again, however fast the venue lives.
    await atMinute(57, world);
    expect(world.keys()).toEqual(['POST', 'PUT']);
    expect(world.states()).toEqual(['up: connected']);
    for (let i = 0; i < 3; i++) {
      await atMinute(59, world);
      world.wall.advance(9_000);
    }
    await eventually('it is down', () => world.states().length === 2);
    world.wall.advance(500);
    await eventually('it is up again', () => world.states().length === 3);
    expect(world.states()).toEqual(['up: connected', 'down: key expired', 'up: connected']);
    expect(world.keys()).toEqual(['POST', 'PUT', 'PUT', 'POST']);
  });

  it('leaves the silent socket when the key expires', async () => {
    const world = await started((_, count) => ({ body: { listenKey: count === 1 ? KEY_ONE : KEY_TWO } }));
    await world.following;
    world.venue.sockets[0]?.socket.send(JSON.stringify({ e: 'listenKeyExpired', E: 1736996475556, listenKey: KEY_ONE }));
    await eventually('it is told', () => world.states().length === 2);
    world.wall.advance(500);
    await eventually('it is up again', () => world.states().length === 3);
    expect(world.states()).toEqual(['up: connected', 'down: listen key expired', 'up: connected']);
    expect(JSON.stringify([world.events, world.logger.lines])).not.toContain(KEY_ONE);
  });

  it('reads the account anew instead of guessing at an unreadable event', async () => {
    const world = await started(() => ({ body: { listenKey: KEY_ONE } }));
    await world.following;
    world.venue.sockets[0]?.socket.send(JSON.stringify({ e: 'ORDER_TRADE_UPDATE', E: 1, o: { s: 'BTCUSDT' } }));
    await eventually('it is told', () => world.states().length === 3);
    expect(world.states()[1]).toBe('down: unreadable event: ORDER_TRADE_UPDATE (o.c)');
    expect(world.states()[2]).toBe('up: resync');
    expect(world.venue.sockets.length).toBe(1);
  });

  it('keeps trying while the venue is away, and connects when it is back', async () => {
    const world = await started((_, count) =>
      count < 4 ? { status: 503, body: 'Service Unavailable.' } : { body: { listenKey: KEY_ONE } },
    );
    for (let tries = 1; tries < 4; tries++) {
      await eventually('it failed', () => world.states().length === tries);
      world.wall.advance(5_000);
    }
    await world.following;
    expect(world.states().at(-1)).toBe('up: connected');
  });

  it('rejects when the venue refuses the key itself', async () => {
    const world = await started(() => ({
      status: 401,
      body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action.' },
    }));
    await expect(world.following).rejects.toMatchObject({ name: 'VenueError', remedy: 'final', code: -2015 });
  });

  it('ends with its signal', async () => {
    const world = await started(() => ({ body: { listenKey: KEY_ONE } }));
    await world.following;
    world.abort.abort();
    await eventually('the socket is closed', () => world.venue.sockets[0]?.socket.readyState === 3);
    world.wall.advance(60 * MINUTE_MS);
    expect(world.states()).toEqual(['up: connected']);
    expect(world.keys()).toEqual(['POST']);
  });
});
