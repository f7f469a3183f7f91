import { describe, expect, it } from 'vitest';
import { OnDemandData } from '../../services/on-demand-data.ts';
import { VenueError } from '../../src/ports/errors.ts';
import { A, START, ToldFeed } from '../support/data-room.ts';
import { FakeMarketClock, FakeWallClock } from '../support/fake-clocks.ts';

function aCache() {
  const wall = new FakeWallClock();
  wall.ms = 1_000;
  const feed = new ToldFeed(new FakeMarketClock(START), ['A']);
  return { wall, feed, data: new OnDemandData(feed, wall) };
}

describe('candles on demand', () => {
  it('cost one request in 30 seconds, whoever asks meanwhile', async () => {
    const { wall, feed, data } = aCache();
    expect(data.held(A, '4h', 200)).toBeNull();
    const [one, two] = await Promise.all([data.candles(A, '4h', 200), data.candles(A, '4h', 200)]);
    wall.ms += 29_000;
    await data.candles(A, '4h', 200);
    expect([feed.asked.length, one.length, two === one, data.held(A, '4h', 200)]).toEqual([1, 200, true, one]);
    wall.ms += 2_000;
    expect(data.held(A, '4h', 200)).toBeNull();
    await data.candles(A, '4h', 200);
    await data.candles(A, '1h', 200);
    expect(feed.asked.map(({ timeframe }) => timeframe)).toEqual(['4h', '4h', '1h']);
  });

  it('that were refused are asked for again by the next', async () => {
    const { feed, data } = aCache();
    feed.errors.set(A, new VenueError('not now', { remedy: 'retry' }));
    await expect(data.candles(A, '4h', 200)).rejects.toThrow('not now');
    feed.errors.clear();
    expect(await data.candles(A, '4h', 200)).toHaveLength(200);
  });
});
