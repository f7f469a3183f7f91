// Tests: `fast` runs with every change; `slow` (files named *.slow.test.ts) starts real processes, plays days and runs the
// clients of others.
import { defineConfig } from 'vitest/config';

const foreign = '**/node_modules/**';

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
          name: 'slow',
          include: ['tests/**/*.slow.test.ts'],
          exclude: [foreign],
          testTimeout: 900_000,
          hookTimeout: 400_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
