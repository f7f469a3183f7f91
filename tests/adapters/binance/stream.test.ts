import { afterEach, describe, expect, it } from 'vitest';
import { Stream, type StreamOptions, type Vital } from '../../../src/adapters/binance/stream.ts';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import type { WallClock } from '../../../src/ports/clock.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';
import { eventually, type FakeVenue, fakeVenue } from '../../support/fake-venue.ts';

const FRAMES: Vital = { kind: 'frames', maxSilenceMs: 10_000 };
const PINGS: Vital = { kind: 'pings', everyMs: 15_000 };
const HOUR_MS = 3_600_000;

const open: { venue: FakeVenue; stream: Stream }[] = [];
afterEach(async () => {
  for (const { venue, stream } of open.splice(0)) {
    stream.stop();
    await venue.close();
  }
});

async function started(
  options: {
    firstFrames?: NonNullable<StreamOptions['firstFrames']>;
    vital?: Vital;
    names?: string[];
    wall?: WallClock;
    ack?: 'yes' | 'no';
  } = {},
) {
  const venue = await fakeVenue({
    answer: () => ({ body: {} }),
    onSocket: (socket) => {
      socket.on('message', (data) => {
        const { id } = JSON.parse(String(data));
        if (options.ack !== 'no') socket.send(JSON.stringify({ result: null, id }));
      });
    },
  });
  const frames: unknown[] = [];
  const states: string[] = [];
  const unreadable: string[] = [];
  const stream = new Stream({
    name: 'test',
    url: () => Promise.resolve(`${venue.wsUrl}/market/stream`),
    names: options.names ?? ['btcusdt@kline_1m'],
    vital: options.vital ?? FRAMES,
    wall: options.wall ?? systemClock,
    random: new SeededRandom(3),
    ...(options.firstFrames === undefined ? {} : { firstFrames: options.firstFrames }),
    onFrame: (payload) => frames.push(payload),
    onUnreadable: (reason) => unreadable.push(reason),
    onState: (state, detail) => states.push(`${state}: ${detail}`),
  });
  open.push({ venue, stream });
  const socket = async (n: number) => {
    await eventually(`connection ${n} subscribed`, () => (venue.sockets[n - 1]?.received.length ?? 0) > 0);
    const found = venue.sockets[n - 1];
    if (found === undefined) throw new Error('no socket');
    return found.socket;
  };
  return { venue, stream, frames, states, unreadable, socket };
}

const frame = (n: number) => JSON.stringify({ stream: 's', data: { n } });

describe('one stream of many on a connection', () => {
  it('that was acknowledged and stays silent is told and subscribed again, and the others are left alone', async () => {
    const wall = new DrivenWallClock(1);
    const unheard: (readonly string[])[] = [];
    const firstFrames = { withinMs: 5_000, onUnheard: (names: readonly string[]) => unheard.push(names) };
    const { venue, socket, frames, stream } = await started({ wall, names: ['a@kline_1m', 'b@kline_1m'], firstFrames });
    const venueSide = await socket(1);
    venueSide.send(JSON.stringify({ stream: 'a@kline_1m', data: { n: 1 } }));
    await eventually('the frame', () => frames.length === 1);
    await stream.drain();
    wall.advance(5_001);
    const asked = () => venue.sockets[0]?.received.map((text) => JSON.parse(text).params) ?? [];
    await eventually('it asks again', () => asked().length === 2);
    expect([unheard, asked()[1]]).toEqual([[['b@kline_1m']], ['b@kline_1m']]);
    venueSide.send(JSON.stringify({ stream: 'b@kline_1m', data: { n: 2 } }));
    await eventually('the second frame', () => frames.length === 2);
    wall.advance(5_001);
    expect(unheard).toHaveLength(1);
  });
});

describe('a stream', () => {
  it('is up with its first frame, not with an acknowledgement', async () => {
    const { stream, states, frames, socket } = await started();
    const venueSide = await socket(1);
    await stream.drain();
    expect(states).toEqual([]);
    venueSide.send(frame(1));
    await stream.whenUp();
    expect(states).toEqual(['up: connected']);
    expect(frames).toEqual([{ n: 1 }]);
  });

  it('leaves a socket that acknowledged and then says nothing', async () => {
    const wall = new DrivenWallClock(1);
    const { states, venue, socket } = await started({ wall });
    await socket(1);
    wall.advance(12_000);
    expect(states).toEqual(['down: no first frame for 11000 ms']);
    wall.advance(300);
    await eventually('it came again', () => venue.sockets.length === 2);
  });

  it('leaves a socket that fell silent, whatever its pings say', async () => {
    const wall = new DrivenWallClock(1);
    const { states, socket, frames } = await started({ wall });
    (await socket(1)).send(frame(1));
    await eventually('the frame', () => frames.length === 1);
    wall.advance(9_000);
    expect(states).toEqual(['up: connected']);
    wall.advance(3_000);
    expect(states.at(-1)).toMatch(/^down: silent for 1\d+ ms$/);
  });

  it('leaves a socket that answers pings but stays silent while the venue’s own time goes on', async () => {
    const wall = new DrivenWallClock(1);
    let venueMs = 1_000_000;
    const venueNow = (): Promise<number> => Promise.resolve(venueMs);
    const missed: number[] = [];
    const onDeaf = (ms: number): void => void missed.push(ms);
    const vital: Vital = { ...PINGS, deafness: { venueNow, maxSilenceMs: 60_000, onDeaf } };
    const { stream, states, frames, socket } = await started({ wall, vital });
    (await socket(1)).send(frame(1));
    await eventually('the frame', () => frames.length === 1);
    const seconds = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        wall.advance(1_000);
        await stream.drain();
      }
    };
    // A venue that waits for us may be silent for as long as its clock stands.
    await seconds(8);
    expect(states).toEqual(['up: connected']);
    venueMs += 60_000;
    await seconds(3);
    expect(states.at(-1)).toBe('down: deaf for 60 s of the venue’s time');
    expect(missed).toEqual([1_060_000]);
  });

  it('comes back after a drop, subscribes again and tells both', async () => {
    const { states, stream, socket, frames } = await started();
    const first = await socket(1);
    first.send(frame(1));
    await stream.whenUp();
    first.terminate();
    (await socket(2)).send(frame(2));
    await eventually('the second frame', () => frames.length === 2);
    expect(states).toEqual(['up: connected', 'down: closed (1006)', 'up: connected']);
  });

  it('waits longer after each failure in a row, never the same for two streams', async () => {
    const wall = new DrivenWallClock(1);
    const { venue, socket, states } = await started({ wall });
    const pauses: number[] = [];
    for (let n = 1; n <= 5; n++) {
      (await socket(n)).terminate();
      await eventually('the drop is seen', () => states.length === n);
      // The nearest timer is the one-second watch; a retry is due when it creates a new connection.
      let waited = 0;
      while (venue.sockets.length === n && waited < 20_000) {
        wall.advance(50);
        waited += 50;
        await new Promise((resolve) => setImmediate(resolve));
      }
      pauses.push(waited);
      await eventually('it came again', () => venue.sockets.length === n + 1);
    }
    // Ceilings 250, 500, 1,000, 2,000, 4,000 ms; jitter takes at most half away; this test looks every 50 ms and a handshake takes a few looks.
    pauses.forEach((pause, i) => {
      expect(pause).toBeGreaterThanOrEqual((250 * 2 ** i) / 2);
    });
    expect(pauses[4]).toBeGreaterThan(pauses[0] ?? 0);
  });

  it('drains: everything written before the fence has arrived first', async () => {
    const { stream, frames, socket } = await started();
    const venueSide = await socket(1);
    for (let round = 1; round <= 20; round++) {
      for (let i = 0; i < 500; i++) venueSide.send(frame(i));
      await stream.drain();
      expect(frames.length).toBe(round * 500);
    }
  });

  it('has nothing to drain while it is down', async () => {
    const { stream, socket } = await started();
    (await socket(1)).terminate();
    await stream.drain();
    expect(open.length).toBe(1);
  });

  it('subscribes in batches of 200 names, at most four messages a second', async () => {
    const wall = new DrivenWallClock(1);
    const { venue } = await started({ wall, names: Array.from({ length: 648 }, (_, i) => `s${i}@kline_1m`) });
    await eventually('the first batch', () => venue.sockets[0]?.received.length === 1);
    wall.advance(250);
    await eventually('the second batch', () => venue.sockets[0]?.received.length === 2);
    wall.advance(500);
    await eventually('all batches', () => venue.sockets[0]?.received.length === 4);
    const messages = (venue.sockets[0]?.received ?? []).map((text) => JSON.parse(text));
    expect(messages.map((message) => message.params.length)).toEqual([200, 200, 200, 48]);
    expect(messages.map((message) => message.method)).toEqual(Array(4).fill('SUBSCRIBE'));
  });

  it('moves to a new socket before 24 hours: the old one ends when the new one has spoken', async () => {
    const wall = new DrivenWallClock(1);
    const { venue, states, socket, frames } = await started({ wall, vital: { kind: 'frames', maxSilenceMs: 48 * HOUR_MS } });
    const old = await socket(1);
    old.send(frame(1));
    await eventually('it is up', () => states.length === 1);
    wall.advance(22 * HOUR_MS);
    expect(venue.sockets.length).toBe(1);
    wall.advance(HOUR_MS);
    const fresh = await socket(2);
    old.send(frame(2));
    await eventually('the old one still counts', () => frames.length === 2);
    expect(old.readyState).toBe(1);
    fresh.send(frame(3));
    await eventually('the old socket is closed', () => old.readyState === 3);
    expect(frames).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(states).toEqual(['up: connected']);
  });

  it('survives that the old socket dies in the middle of a move', async () => {
    const wall = new DrivenWallClock(1);
    const { venue, states, socket, frames } = await started({ wall, vital: { kind: 'frames', maxSilenceMs: 48 * HOUR_MS } });
    const old = await socket(1);
    old.send(frame(1));
    await eventually('it is up', () => states.length === 1);
    wall.advance(23 * HOUR_MS);
    const fresh = await socket(2);
    old.terminate();
    await eventually('the loss is told', () => states.length === 2);
    fresh.send(frame(2));
    await eventually('the fresh one took over', () => frames.length === 2);
    wall.advance(60_000);
    expect(states).toEqual(['up: connected', 'down: closed (1006)', 'up: connected']);
    expect(venue.sockets.length).toBe(2);
  });

  it('tries a failed move again within minutes', async () => {
    const wall = new DrivenWallClock(1);
    const { venue, states, socket } = await started({ wall, vital: { kind: 'frames', maxSilenceMs: 48 * HOUR_MS } });
    (await socket(1)).send(frame(1));
    await eventually('it is up', () => states.length === 1);
    wall.advance(23 * HOUR_MS);
    const fresh = await socket(2);
    fresh.terminate();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    wall.advance(11 * 60_000);
    await eventually('another move', () => venue.sockets.length === 3);
    expect(states).toEqual(['up: connected']);
  });

  it('lets an answered ping count as life where data may be absent', async () => {
    const wall = new DrivenWallClock(1);
    const { states, socket, stream } = await started({ wall, vital: PINGS });
    await socket(1);
    await stream.whenUp();
    for (let i = 0; i < 20; i++) {
      wall.advance(5_000);
      await stream.drain();
    }
    expect(states).toEqual(['up: connected']);
  });

  it('leaves a socket whose pings are not answered', async () => {
    const wall = new DrivenWallClock(1);
    const { states, venue, stream } = await started({ wall, vital: PINGS });
    await stream.whenUp();
    // The peer's machine is gone: the TCP connection stays, nothing is read any more.
    venue.sockets[0]?.socket.pause();
    wall.advance(16_000);
    wall.advance(6_000);
    await eventually('it is told', () => states.length === 2);
    expect(states[1]).toBe('down: no pong');
  });

  it('counts what it cannot read and goes on', async () => {
    const { unreadable, frames, socket } = await started();
    const venueSide = await socket(1);
    venueSide.send('{"broken');
    venueSide.send(Buffer.from([1, 2]));
    venueSide.send('42');
    venueSide.send(frame(1));
    await eventually('the good frame', () => frames.length === 1);
    expect(unreadable).toEqual(['broken JSON', 'binary frame', 'broken JSON']);
  });

  it('is quiet after its end', async () => {
    const { stream, states, socket, venue } = await started();
    (await socket(1)).send(frame(1));
    await stream.whenUp();
    stream.stop();
    await eventually('the socket is closed', () => venue.sockets[0]?.socket.readyState === 3);
    expect(states).toEqual(['up: connected']);
    expect(venue.sockets.length).toBe(1);
  });
});
