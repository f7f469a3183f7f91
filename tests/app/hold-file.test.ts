import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HoldFile } from '../../src/app/hold-file.ts';
import { aFolder } from '../support/a-run.ts';

const VENUE = 'https://fapi.binance.com';
const NOW = Date.parse('2025-06-02T14:00:00Z');

describe('a wait that the venue asked for', () => {
  it('refuses the next start with the instant and the seconds left, and sends nothing', () => {
    const path = join(aFolder(), 'hold-live.json');
    new HoldFile(path).keep({ restUrl: VENUE, untilMs: NOW + 120_000 });
    const next = new HoldFile(path);
    expect(() => next.check(VENUE, NOW)).toThrow(
      expect.objectContaining({
        exitCode: 75,
        message: expect.stringContaining('send nothing until 2025-06-02T14:02:00Z (another 120 s)'),
      }),
    );
    expect(next.untilMs(VENUE)).toBe(NOW + 120_000);
  });

  it('holds for its own venue only, is never shortened, and is forgotten when it is over', () => {
    const path = join(aFolder(), 'hold-live.json');
    const holds = new HoldFile(path);
    holds.keep({ restUrl: VENUE, untilMs: NOW + 120_000 });
    holds.keep({ restUrl: VENUE, untilMs: NOW + 60_000 });
    expect([holds.untilMs(VENUE), holds.untilMs('https://demo-fapi.binance.com')]).toEqual([NOW + 120_000, 0]);
    holds.check('https://demo-fapi.binance.com', NOW);
    holds.check(VENUE, NOW + 120_000);
    expect(existsSync(path)).toBe(false);
  });

  it('that cannot be read holds nobody back', () => {
    const path = join(aFolder(), 'hold-live.json');
    writeFileSync(path, '{"restUrl":');
    expect(new HoldFile(path).untilMs(VENUE)).toBe(0);
  });
});
