// Tests: `fast` runs with every change. Files named *.slow.test.ts start real processes, play days and run the clients of others:
// those that look at a clock, at the last per cent of a processor or share an installation run one by one (`measured`), the others
// two at a time (`slow`).
import { defineConfig } from 'vitest/config';

const foreign = '**/node_modules/**';
const measured = [
  'tests/app/bench.slow.test.ts',
  'tests/app/crash.slow.test.ts',
  'tests/app/discord-latency.slow.test.ts',
  'tests/app/naked.slow.test.ts',
  'tests/foreign/*.slow.test.ts',
];
const patient = { testTimeout: 900_000, hookTimeout: 400_000 };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'fast',
          include: ['tests/**/*.test.ts'],
          exclude: [foreign, 'tests/**/*.slow.test.ts'],
          testTimeout: 30_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...patient,
          name: 'slow',
          include: ['tests/**/*.slow.test.ts'],
          exclude: [foreign, ...measured],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...patient,
          name: 'measured',
          include: measured,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
