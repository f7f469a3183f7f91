// The loop's own delay: nothing where it is free, at least the length of a block where it was held up.
import { expect, it } from 'vitest';
import { watchLoopLag } from '../../src/app/loop-lag.ts';

const turn = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('tells a block of the loop for as long as it matters', async () => {
  const lag = watchLoopLag();
  try {
    await turn(30);
    const end = performance.now() + 300;
    while (performance.now() < end);
    await turn(30);
    expect(lag.worstMs()).toBeGreaterThan(250);
  } finally {
    lag.stop();
  }
});
