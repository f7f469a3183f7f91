import { beforeEach, describe, expect, it } from 'vitest';
import { type Agenda, MarketClock } from '../../src/emulator/market-clock.ts';
import type { WallTime } from '../../src/emulator/wall-time.ts';
import { START_MS } from './a-source.ts';

/** A wall that only moves when told, and fires its timers in order. */
class FakeWall implements WallTime {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}

const STEP_MS = 3_000;
const BAR_MS = 60_000;

let wall: FakeWall;
let ran: number[];

function aClock(speed: number, endMs = Number.POSITIVE_INFINITY): MarketClock {
  const agenda: Agenda = { nextAfter: (at) => at - (at % STEP_MS) + STEP_MS, run: (at) => ran.push(at) };
  const clock = new MarketClock(agenda, wall, { fromMs: START_MS, endMs, speed });
  clock.start();
  return clock;
}

beforeEach(() => {
  wall = new FakeWall();
  ran = [];
});

describe('a free-running clock', () => {
  it('runs at its speed and meets every event once, in order', () => {
    const clock = aClock(60);
    wall.pass(1_000);
    expect(clock.now()).toBe(START_MS + 60_000);
    expect(ran).toEqual(Array.from({ length: 20 }, (_, i) => START_MS + (i + 1) * STEP_MS));
  });

  it('flows between two events and never reaches the next before it ran', () => {
    const clock = aClock(1);
    wall.pass(2_500);
    expect(clock.now()).toBe(START_MS + 2_500);
    expect(ran).toEqual([]);
  });

  it('widens time windows by its speed, an attached one does not', () => {
    const clock = aClock(60);
    expect(clock.windowScale).toBe(60);
    clock.attach();
    expect(clock.windowScale).toBe(1);
  });

  it('stands while paused, and a step moves it by exactly so much', async () => {
    const clock = aClock(1);
    clock.setPause('paused');
    wall.pass(10_000);
    expect(clock.now()).toBe(START_MS);
    await clock.step(61_234);
    expect(clock.now()).toBe(START_MS + 61_234);
    wall.pass(10_000);
    expect(clock.now()).toBe(START_MS + 61_234);
  });

  it('stops three seconds after the last bar of a recording', () => {
    const clock = aClock(60, START_MS + 2 * BAR_MS);
    wall.pass(60_000);
    expect(clock.now()).toBe(START_MS + 2 * BAR_MS + 3_000);
    expect(clock.state().held).toBe('end');
  });
});

describe('a clock with an attached bot', () => {
  it('stands still from the attachment until the first acknowledgement', () => {
    const clock = aClock(60);
    wall.pass(100);
    clock.attach();
    const standing = clock.now();
    wall.pass(60_000);
    expect(clock.now()).toBe(standing);
    expect(clock.state().held).toBe('firstAck');
    clock.acknowledge(START_MS - BAR_MS);
    wall.pass(500);
    expect(clock.now()).toBeGreaterThan(standing);
  });

  it('holds at T+3 s exactly until the last closed minute is acknowledged', () => {
    const clock = aClock(60);
    clock.attach();
    clock.acknowledge(START_MS - BAR_MS);
    wall.pass(4_000);
    // The first minute closes at START + 60 s; its hold point is 3 s later.
    expect(clock.now()).toBe(START_MS + BAR_MS + 3_000);
    expect(clock.state().held).toBe('minuteAck');
    clock.acknowledge(START_MS);
    wall.pass(2_000);
    expect(clock.now()).toBe(START_MS + 2 * BAR_MS + 3_000);
    expect(clock.state().holdTimeouts).toBe(0);
  });

  it('goes on after 5 s of wall time, counts it, and lets the bot go after the third in a row', () => {
    const clock = aClock(60);
    clock.attach();
    clock.acknowledge(START_MS - BAR_MS);
    wall.pass(1_100 + 4_900);
    expect(clock.state()).toMatchObject({ held: 'minuteAck', holdTimeouts: 0 });
    wall.pass(200);
    expect(clock.state()).toMatchObject({ holdTimeouts: 1, attached: true });
    wall.pass(12_500);
    expect(clock.state()).toMatchObject({ holdTimeouts: 3, attached: false });
  });

  it('stands still while a request is served and 5 ms of wall time longer', () => {
    const clock = aClock(60);
    clock.attach();
    clock.acknowledge(START_MS - BAR_MS);
    wall.pass(200);
    const done = clock.serving();
    const standing = clock.now();
    wall.pass(1_000);
    expect(clock.now()).toBe(standing);
    done();
    wall.pass(4.9);
    expect(clock.state().held).toBe('serving');
    wall.pass(60);
    expect(clock.now()).toBe(standing + STEP_MS);
  });

  it('never holds at speed 1', () => {
    const clock = aClock(1);
    clock.attach();
    clock.serving();
    wall.pass(70_000);
    expect(clock.now()).toBe(START_MS + 70_000);
  });

  it('lets the minute turn for a bot that was told to wait, even before its first acknowledgement', () => {
    const clock = aClock(60);
    clock.attach();
    wall.pass(1_000);
    expect(clock.now()).toBe(START_MS);
    clock.letMinuteTurn();
    wall.pass(5_000);
    expect(clock.now()).toBe(START_MS + BAR_MS);
    expect(clock.state().held).toBe('firstAck');
  });

  it('answers an awaited bar once its hold point is reached, and at once when it is past', async () => {
    const clock = aClock(60);
    clock.attach();
    clock.acknowledge(START_MS - BAR_MS);
    const awaited = clock.awaitBar(START_MS);
    wall.pass(1_100);
    expect(await awaited).toEqual({ held: true, at: START_MS + BAR_MS + 3_000 });
    expect(await clock.awaitBar(START_MS)).toEqual({ held: true, at: START_MS + BAR_MS + 3_000 });
  });

  it('answers an awaited bar after 10 s of wall time in any case', async () => {
    const clock = aClock(60);
    clock.attach();
    const awaited = clock.awaitBar(START_MS);
    wall.pass(10_000);
    expect(await awaited).toEqual({ held: false, at: START_MS });
  });
});
