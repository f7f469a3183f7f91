import { describe, expect, it } from 'vitest';
import { readPatiently } from '../../services/data/patience.ts';
import { VenueError } from '../../src/ports/errors.ts';
import { FakeWallClock, rememberingLogger } from '../support/fake-clocks.ts';

/** A wall clock whose pauses pass at once and are remembered. */
class HastyClock extends FakeWallClock {
  readonly pauses: number[] = [];
  override after(delayMs?: number, callback?: () => void): () => void {
    this.pauses.push(delayMs ?? 0);
    callback?.();
    return () => undefined;
  }
}

const failing = (times: number, remedy: 'retry' | 'final') => {
  let left = times;
  return async () => {
    if (left-- > 0) throw new VenueError('no answer', { remedy });
    return 'bars';
  };
};

describe('reading with patience', () => {
  it('asks again with doubling pauses until the venue answers', async () => {
    const wallClock = new HastyClock();
    const logger = rememberingLogger();
    expect(await readPatiently(failing(3, 'retry'), { wallClock, logger, what: 'x', signal: null })).toBe('bars');
    expect(wallClock.pauses).toEqual([250, 500, 1000]);
    expect(logger.lines).toHaveLength(3);
  });

  it('gives up after six tries, and at once where asking again cannot help', async () => {
    const wallClock = new HastyClock();
    const tools = { wallClock, logger: rememberingLogger(), what: 'x', signal: null };
    await expect(readPatiently(failing(6, 'retry'), tools)).rejects.toThrow('no answer');
    expect(wallClock.pauses).toHaveLength(5);
    await expect(readPatiently(failing(1, 'final'), tools)).rejects.toThrow('no answer');
    expect(wallClock.pauses).toHaveLength(5);
  });

  it('does not swallow our own mistakes', async () => {
    const tools = { wallClock: new HastyClock(), logger: rememberingLogger(), what: 'x', signal: null };
    await expect(readPatiently(() => Promise.reject(new TypeError('ours')), tools)).rejects.toThrow(TypeError);
  });
});
