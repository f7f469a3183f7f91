// Work that can wait gives way: the loop turns between two pieces, and pieces keep their order.
import { expect, it } from 'vitest';
import { WorkQueue } from '../../services/data/work-queue.ts';
import { systemClock } from '../../src/adapters/clock/system.ts';
import { FakeWallClock } from '../support/fake-clocks.ts';

const busyFor = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

it('lets what has come in be dealt with between two pieces, in the order in which they were handed in', async () => {
  const queue = new WorkQueue(systemClock);
  const done: string[] = [];
  const pieces = ['a', 'b', 'c'].map((name) =>
    queue.do(() => {
      done.push(name);
      busyFor(2);
      setImmediate(() => done.push(`network after ${name}`));
    }),
  );
  await Promise.all(pieces);
  expect(done.filter((one) => one.length === 1)).toEqual(['a', 'b', 'c']);
  expect(done.indexOf('network after a')).toBeLessThan(done.indexOf('c'));
});

it('waits for nobody where time stands still, as in a replay', async () => {
  const queue = new WorkQueue(new FakeWallClock());
  expect(await Promise.all([1, 2, 3].map((n) => queue.do(() => 10 * n)))).toEqual([10, 20, 30]);
});

it('hands a failure to whoever asked, and goes on', async () => {
  const queue = new WorkQueue(new FakeWallClock());
  const failing = queue.do(() => {
    throw new Error('broken piece');
  });
  const next = queue.do(() => 'next');
  await expect(failing).rejects.toThrow('broken piece');
  expect(await next).toBe('next');
});
