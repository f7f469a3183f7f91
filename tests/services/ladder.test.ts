// The degradation ladder (reliability.md §6.4): down at once, up after a minute of calm, from PROTECT_ONLY on only by a person.
import { describe, expect, it } from 'vitest';
import { Ladder } from '../../services/execution/ladder.ts';

describe('the ladder', () => {
  it('climbs a minute after a cause has gone', () => {
    const ladder = new Ladder();
    ladder.raise('disk', 'NO_NEW_ENTRIES', 'full');
    ladder.ease('disk', 1_000);
    ladder.tick(60_999);
    expect(ladder.level()).toBe('NO_NEW_ENTRIES');
    ladder.tick(61_000);
    expect(ladder.level()).toBe('NORMAL');
  });

  it('stays at PROTECT_ONLY although its cause has gone, until a person releases it', () => {
    const ladder = new Ladder();
    ladder.raise('journal', 'PROTECT_ONLY', 'damaged');
    ladder.ease('journal', 0);
    ladder.tick(3_600_000);
    expect(ladder.level()).toBe('PROTECT_ONLY');
    ladder.release([]);
    expect(ladder.level()).toBe('NORMAL');
  });

  it('forgets one cause without forgetting others that are only quiet', () => {
    const ladder = new Ladder();
    ladder.raise('journal', 'PROTECT_ONLY', 'damaged');
    ladder.ease('journal', 0);
    ladder.raise('userStream', 'NO_NEW_ENTRIES', 'away');
    ladder.drop('userStream');
    expect(ladder.level()).toBe('PROTECT_ONLY');
    expect(ladder.reasons()).toEqual(['journal: damaged']);
  });

  it('shows the worst of several causes', () => {
    const ladder = new Ladder();
    ladder.raise('a', 'NO_NEW_ENTRIES', 'x');
    ladder.raise('b', 'PANIC', 'y');
    ladder.raise('c', 'PROTECT_ONLY', 'z');
    expect(ladder.level()).toBe('PANIC');
  });
});
