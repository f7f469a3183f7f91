// The curve of the account has points also where no change is large enough to be told.
import { expect, it } from 'vitest';
import { ExecutionBench } from '../support/execution-bench.ts';

it('keeps a balance that changed a little every quarter of an hour, and tells it only when it changed by 1 %', async () => {
  const bench = await new ExecutionBench().start();
  const kept = (): string | undefined => bench.journal.load().lastBalance?.marginBalance;
  const minutes = async (count: number, walletUsdt: string): Promise<void> => {
    bench.broker.setWallet(walletUsdt);
    bench.venueMs += count * 60_000;
    await bench.pass(31_000, 250);
  };
  expect([kept(), bench.told('balance').length]).toEqual(['10000', 1]);
  await minutes(5, '10010');
  expect(kept()).toBe('10000');
  await minutes(11, '10020');
  expect([kept(), bench.told('balance').length]).toEqual(['10020', 1]);
  // 10,150 is 1.5 % above the 10,000 that was told.
  await minutes(1, '10150');
  expect([kept(), bench.told('balance').length]).toEqual(['10150', 2]);
});
