import { defineConfig } from 'vitest/config';

// Two projects: `fast` runs with every change, `slow` (files named *.slow.test.ts) starts real processes and plays days.
export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      { test: { name: 'fast', include: ['tests/**/*.test.ts'], exclude: ['tests/**/*.slow.test.ts'], testTimeout: 30_000 } },
      { test: { name: 'slow', include: ['tests/**/*.slow.test.ts'], testTimeout: 900_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
