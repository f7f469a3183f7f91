import { describe, expect, it } from 'vitest';
import { BootLoop, type BootRooms } from '../../services/boot-loop.ts';
import { EventQueue } from '../../services/event-queue.ts';
import { EarlyCandles } from '../../src/app/early-candles.ts';
import type { LoopEvent } from '../../src/core/events.ts';
import type { MarketEvent } from '../../src/core/market.ts';
import { type EpochMs, epochMs, symbolId } from '../../src/core/units.ts';
import { aBar } from '../support/a-bar.ts';

const NOW = epochMs(Date.UTC(2026, 0, 5, 12, 0));
const A = symbolId('AAAUSDT');

const tick: LoopEvent = { kind: 'tick', wallMs: 0 };
const marks: MarketEvent = { kind: 'marks', at: NOW, marks: [] };
const bar = (openMs: EpochMs): MarketEvent => ({
  kind: 'bar',
  at: openMs,
  symbol: A,
  timeframe: '1m',
  bar: aBar({ openMs }),
  final: true,
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function aBoot() {
  const heard: string[] = [];
  let idle = true;
  const queue = new EventQueue();
  const hears =
    (name: string) =>
    (...said: unknown[]): void =>
      void heard.push(`${name}${typeof said[0] === 'object' && said[0] !== null && 'kind' in said[0] ? ` ${said[0].kind}` : ''}`);
  const rooms = {
    queue,
    execution: {
      onAccount: hears('account'),
      onTick: hears('tick'),
      onMarks: hears('marks'),
      onCommand: hears('command'),
      idle: () => idle,
    },
    monitoring: { onStream: hears('stream') },
  } as unknown as BootRooms;
  const setIdle = (now: boolean): void => {
    idle = now;
  };
  return { heard, queue, boot: new BootLoop(rooms), setIdle };
}

describe('while the market loads', () => {
  it('hears the account, answers, heartbeats, commands and marks at once, and ends when the work does', async () => {
    const { heard, queue, boot } = aBoot();
    let loaded: () => void = () => undefined;
    const work = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    const running = boot.run(work).then(() => 'over');
    queue.push({ kind: 'account', event: { kind: 'userStream', at: NOW, state: 'up', detail: '' } });
    queue.push({ kind: 'answer', label: 'snapshot', apply: () => heard.push('answer') });
    queue.push(tick);
    queue.push({ kind: 'command', command: { kind: 'panic', nonce: 'n' } as never, by: 'trader' });
    queue.push({ kind: 'market', event: marks });
    await turn();
    expect(heard).toEqual(['stream', 'account userStream', 'answer', 'tick', 'command panic', 'marks']);
    expect(await Promise.race([running, turn()])).toBeUndefined();
    loaded();
    expect(await running).toBe('over');
  });

  it('ends with work that failed, and leaves the failure to whoever asked for the work', async () => {
    const { boot } = aBoot();
    const work = Promise.reject(new Error('no contract answers'));
    await expect(boot.run(work)).resolves.toBeUndefined();
    await expect(work).rejects.toThrow('no contract answers');
  });

  it('stops in good order: events are taken until no request of ours is out', async () => {
    const { heard, queue, boot, setIdle } = aBoot();
    setIdle(false);
    const settled = boot.settle().then(() => 'settled');
    queue.push(tick);
    await turn();
    expect(await Promise.race([settled, turn()])).toBeUndefined();
    queue.push({ kind: 'answer', label: 'stop placed', apply: () => setIdle(true) });
    expect(await settled).toBe('settled');
    expect(heard).toEqual(['tick']);
  });
});

describe('candles that come early', () => {
  it('wait in their order until the market is loaded; marks do not', () => {
    const loop = new EventQueue();
    const early = new EarlyCandles(loop);
    early.hear(bar(NOW));
    early.hear(marks);
    early.hear(bar(epochMs(NOW + 60_000)));
    expect(loop.take()).toEqual({ kind: 'market', event: marks });
    expect(loop.length).toBe(0);
    early.release();
    early.hear(bar(epochMs(NOW + 120_000)));
    const opens = Array.from({ length: loop.length }, () => loop.take()).map((event) =>
      event?.kind === 'market' && event.event.kind === 'bar' ? event.event.bar.openMs - NOW : null,
    );
    expect(opens).toEqual([0, 60_000, 120_000]);
  });
});
