// The properties of indicators and detectors once more, each on a thousand random series with ties, gaps, dojis and bars without range.
import { afterAll, vi } from 'vitest';

vi.stubEnv('PROPERTY_RUNS', '1000');
afterAll(() => {
  vi.unstubAllEnvs();
});

// The files read the number of runs when they are loaded, so only after it was set.
await import('./indicators/indicator-core.test.ts');
await import('./smc/engine-invariants.test.ts');
await import('./smc/oracles.test.ts');
