// K25, H13: three crashes within ten minutes. Lives are written as [minute of the start, how it ended].
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LifeRow } from '../../src/core/journal.ts';
import { epochMs } from '../../src/core/units.ts';
import { crashLoop, recentCrashes } from '../../src/risk/crash-loop.ts';

const T = 1_700_000_000_000;
const MINUTE = 60_000;
const at = (minute: number) => epochMs(T + minute * MINUTE);
type Told = readonly [minute: number, ending: 'stopped' | 'refused' | 'left' | 'crash', loop?: 'found'];
const livesOf = (told: readonly Told[]): LifeRow[] =>
  told.map(([minute, ending, loop = 'none']) => ({
    beganMs: at(minute),
    loop: loop as LifeRow['loop'],
    ...(ending === 'crash' ? { endedMs: null, ending: null } : { endedMs: at(minute), ending }),
  }));
const verdict = (told: readonly Told[], now: number) => crashLoop(livesOf(told), at(now));

describe('three crashes within ten minutes', () => {
  it('make the next start one of safe mode, and each is dated by the start that found it', () => {
    expect(
      verdict(
        [
          [0, 'crash'],
          [2, 'crash'],
          [4, 'crash'],
        ],
        6,
      ),
    ).toEqual([at(2), at(4), at(6)]);
  });

  it('are three, not two', () => {
    expect(
      verdict(
        [
          [0, 'crash'],
          [2, 'crash'],
        ],
        4,
      ),
    ).toBeNull();
  });

  it('count although the first life had lasted for days: what matters is when it was found dead', () => {
    expect(
      verdict(
        [
          [-9_000, 'crash'],
          [1, 'crash'],
          [2, 'crash'],
        ],
        3,
      ),
    ).toHaveLength(3);
  });

  it('do not count when they are spread over more than ten minutes', () => {
    // Found at 6, 12 and 17: eleven minutes.
    expect(
      verdict(
        [
          [0, 'crash'],
          [6, 'crash'],
          [12, 'crash'],
        ],
        17,
      ),
    ).toBeNull();
    // Found at 6, 12 and 16: ten minutes to the millisecond.
    expect(
      verdict(
        [
          [0, 'crash'],
          [6, 'crash'],
          [12, 'crash'],
        ],
        16,
      ),
    ).toHaveLength(3);
  });

  it.each(['stopped', 'refused', 'left'] as const)('an end in good order (%s) is no crash', (ending) => {
    expect(
      verdict(
        [
          [0, 'crash'],
          [1, ending],
          [2, 'crash'],
          [3, ending],
        ],
        4,
      ),
    ).toBeNull();
  });

  it('count once: after a loop was found it takes three new ones', () => {
    const loop: readonly Told[] = [
      [0, 'crash'],
      [1, 'crash'],
      [2, 'crash'],
    ];
    expect(verdict([...loop, [3, 'stopped', 'found']], 4)).toBeNull();
    expect(verdict([...loop, [3, 'crash', 'found'], [4, 'crash']], 5)).toBeNull();
    expect(verdict([...loop, [3, 'crash', 'found'], [4, 'crash'], [5, 'crash']], 6)).toEqual([at(4), at(5), at(6)]);
  });

  it('are forgotten when the clock was set back by an hour', () => {
    expect(
      verdict(
        [
          [60, 'crash'],
          [61, 'crash'],
          [62, 'crash'],
        ],
        0,
      ),
    ).toBeNull();
  });
});

const anyLife = fc.tuple(
  fc.integer({ min: 0, max: 4 * MINUTE }),
  fc.constantFrom('stopped' as const, 'refused' as const, 'left' as const, null),
);
/** Starts in the order in which they happened. */
const someLives = fc.array(anyLife, { maxLength: 12 }).map((steps) => {
  let now = T;
  return steps.map(([waitMs, ending]): LifeRow => {
    now += waitMs;
    return { beganMs: epochMs(now), endedMs: ending === null ? null : epochMs(now), ending, loop: 'none' };
  });
});
const startAfter = (lives: readonly LifeRow[], waitMs: number) => epochMs((lives.at(-1)?.beganMs ?? T) + waitMs);

describe('any history', () => {
  it('of orderly ends alone is never a loop', () => {
    fc.assert(
      fc.property(someLives, fc.nat(10 * MINUTE), (lives, waitMs) => {
        const orderly = lives.map((life): LifeRow => ({ ...life, endedMs: life.beganMs, ending: 'stopped' }));
        expect(recentCrashes(orderly, startAfter(lives, waitMs))).toEqual([]);
      }),
    );
  });

  it('has at most as many crashes as lives without an end, all of the last ten minutes, oldest first', () => {
    fc.assert(
      fc.property(someLives, fc.nat(20 * MINUTE), (lives, waitMs) => {
        const now = startAfter(lives, waitMs);
        const crashes = recentCrashes(lives, now);
        expect(crashes.length).toBeLessThanOrEqual(lives.filter(({ ending }) => ending === null).length);
        for (const crash of crashes) expect(now - crash).toBeLessThanOrEqual(10 * MINUTE);
        expect([...crashes].sort((a, b) => a - b)).toEqual(crashes);
      }),
    );
  });

  it('is no worse for another orderly life at its end, and no better for another crash', () => {
    fc.assert(
      fc.property(someLives, fc.nat(2 * MINUTE), (lives, waitMs) => {
        const began = startAfter(lives, waitMs);
        const found = recentCrashes(lives, began).length;
        const orderly: LifeRow = { beganMs: began, endedMs: began, ending: 'stopped', loop: 'none' };
        const crashed: LifeRow = { beganMs: began, endedMs: null, ending: null, loop: 'none' };
        expect(recentCrashes([...lives, orderly], began)).toHaveLength(found);
        expect(recentCrashes([...lives, crashed], began)).toHaveLength(found + 1);
      }),
    );
  });

  it('is quiet ten minutes later', () => {
    fc.assert(
      fc.property(someLives, (lives) => {
        const last = lives.at(-1);
        if (last === undefined || last.ending === null) return;
        expect(crashLoop(lives, epochMs(last.beganMs + 10 * MINUTE + 1))).toBeNull();
      }),
    );
  });
});
