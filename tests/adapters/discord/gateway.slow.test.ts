import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { PEOPLE, readyBench } from '../../support/chat-bench.ts';

// discord.js waits out five seconds between two identifies.
it('identifies anew when its session is gone, and goes on answering', async () => {
  const bench = await readyBench({ clock: systemClock });
  try {
    bench.fake.gateway.invalidate('new');
    await bench.fake.until(() => bench.fake.gateway.identifies === 2, 30_000);
    await bench.fake.until(() => bench.chat.health().state === 'ready');
    const asked = bench.fake.press({ kind: 'command', name: 'status', userId: PEOPLE.viewer });
    await bench.fake.until(() => asked.shown !== null);
    expect(bench.desk.asked).toHaveLength(1);
  } finally {
    await bench.close();
  }
});
