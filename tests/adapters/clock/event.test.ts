import { describe, expect, it } from 'vitest';
import { EventClock } from '../../../src/adapters/clock/event.ts';

describe('the clock of history', () => {
  it('stands until it is moved, and never goes back', () => {
    const clock = new EventClock(1_000);
    expect([clock.now(), clock.epoch()]).toEqual([1_000, 1_000]);
    clock.advanceTo(5_000);
    expect(clock.now()).toBe(5_000);
    expect(() => clock.advanceTo(4_999)).toThrow('time does not go back');
  });

  it('calls on the way, in the order of the instants, at those instants', () => {
    const clock = new EventClock(0);
    const heard: string[] = [];
    const note = (name: string) => () => heard.push(`${name} ${clock.now()}`);
    clock.after(300, note('late'));
    clock.every(100, note('beat'));
    const cancel = clock.after(150, note('never'));
    cancel();
    expect(clock.nextDueMs()).toBe(100);
    clock.advanceTo(310);
    expect(heard).toEqual(['beat 100', 'beat 200', 'late 300', 'beat 300']);
    expect(clock.nextDueMs()).toBe(400);
  });
});
