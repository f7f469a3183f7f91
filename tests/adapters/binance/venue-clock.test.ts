import { describe, expect, it } from 'vitest';
import { VenueClock } from '../../../src/adapters/binance/venue-clock.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';

describe('the venue’s clock', () => {
  it('takes the reading with the shortest round trip', async () => {
    const wall = new DrivenWallClock(1_000_000);
    const clock = new VenueClock(wall, 'realTime');
    // The venue is 5,000 ms ahead. Slow answers are lopsided by their whole delay; the fast one is off by 10 ms at most.
    const delays = [400, 300, 20, 500, 200];
    let i = 0;
    clock.connect(() => {
      const serverMs = wall.now() + 5_000;
      wall.advance(delays[i++] ?? 0);
      return Promise.resolve(serverMs);
    });
    expect(await clock.resync()).toBe(true);
    expect(clock.errorMs).toBe(10);
    expect(clock.now() - wall.now()).toBe(4_990);
    wall.advance(60_000);
    expect(clock.now() - wall.now()).toBe(4_990);
  });

  it('goes from the time that it was told until it is measured: a ban of a venue that lives in another year must hold', async () => {
    const wall = new DrivenWallClock(1_000_000);
    const clock = new VenueClock(wall, 'realTime', 500_000);
    wall.advance(2_000);
    expect([clock.now(), clock.synced]).toEqual([502_000, false]);
    clock.connect(() => Promise.resolve(700_000));
    await clock.resync();
    expect(clock.now()).toBe(700_000);
  });

  it('keeps the old measurement when the venue does not answer', async () => {
    const wall = new DrivenWallClock(1_000_000);
    const clock = new VenueClock(wall, 'realTime');
    let answer: number | null = 2_000_000;
    clock.connect(() => Promise.resolve(answer));
    await clock.ensure();
    answer = null;
    expect(await clock.resync()).toBe(false);
    expect(clock.now()).toBe(2_000_000);
  });

  it('shares one measurement among callers at the same time', async () => {
    let asked = 0;
    const clock = new VenueClock(new DrivenWallClock(1), 'realTime');
    clock.connect(() => {
      asked += 1;
      return Promise.resolve(7);
    });
    await Promise.all([clock.resync(), clock.ensure(), clock.resync()]);
    expect(asked).toBe(5);
  });

  it('stands still between the events of a paced venue and never runs backwards', async () => {
    const wall = new DrivenWallClock(1);
    const clock = new VenueClock(wall, 'paced');
    clock.connect(() => Promise.resolve(1_000));
    await clock.ensure();
    wall.advance(500_000);
    expect(clock.now()).toBe(1_000);
    clock.observe(4_000);
    clock.observe(3_000);
    expect(clock.now()).toBe(4_000);
  });

  it('is not moved by the events of a real venue', () => {
    const clock = new VenueClock(new DrivenWallClock(1_000), 'realTime');
    clock.observe(999_999);
    expect(clock.now()).toBe(1_000);
  });
});
