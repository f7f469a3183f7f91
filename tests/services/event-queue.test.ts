import { describe, expect, it } from 'vitest';
import { EventQueue, QUEUE_LIMIT } from '../../services/event-queue.ts';
import type { LoopEvent } from '../../src/core/events.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';

const tick = (wallMs: number): LoopEvent => ({ kind: 'tick', wallMs });
const frame = (symbol: string, close: number, final: boolean, openMs = 0): LoopEvent => ({
  kind: 'market',
  event: {
    kind: 'bar',
    at: epochMs(0),
    symbol: symbolId(symbol),
    timeframe: '1m',
    bar: aBar({ openMs: epochMs(openMs), close }),
    final,
  },
});
const drain = (queue: EventQueue): LoopEvent[] => {
  const taken: LoopEvent[] = [];
  for (let event = queue.take(); event !== undefined; event = queue.take()) taken.push(event);
  return taken;
};

describe('the event queue', () => {
  it('keeps the order of arrival', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 100; i++) queue.push(tick(i));
    expect(drain(queue).map((event) => event.kind === 'tick' && event.wallMs)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('replaces a waiting forming frame by the newer one of the same bar, and counts it', () => {
    const queue = new EventQueue();
    queue.push(frame('A', 1, false));
    queue.push(frame('B', 5, false));
    queue.push(frame('A', 2, false));
    expect(drain(queue)).toEqual([frame('A', 2, false), frame('B', 5, false)]);
    expect(queue.supersededFrames).toBe(1);
  });

  it('never drops or replaces a final frame', () => {
    const queue = new EventQueue();
    queue.push(frame('A', 1, true));
    queue.push(frame('A', 1, true));
    queue.push(frame('A', 2, false, 60_000));
    queue.push(frame('A', 3, false, 120_000));
    expect(queue.length).toBe(4);
  });

  it('does not touch a frame that was already taken', () => {
    const queue = new EventQueue();
    queue.push(frame('A', 1, false));
    queue.push(tick(0));
    expect(queue.take()).toEqual(frame('A', 1, false));
    queue.push(frame('A', 2, false));
    expect(drain(queue)).toEqual([tick(0), frame('A', 2, false)]);
  });

  it('wakes a waiting loop, and lets it end when it is closed', async () => {
    const queue = new EventQueue();
    const first = queue.ready();
    queue.push(tick(1));
    expect(await first).toBe('event');
    queue.take();
    const second = queue.ready();
    queue.close();
    expect(await second).toBe('closed');
    queue.push(tick(2));
    expect(queue.length).toBe(0);
  });

  it('stops the process rather than forget an event when it is full', () => {
    const queue = new EventQueue();
    for (let i = 0; i < QUEUE_LIMIT; i++) queue.push(tick(i));
    expect(() => queue.push(tick(0))).toThrow(/has stopped taking/);
  });
});
