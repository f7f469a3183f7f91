// A run of the process among those before it: written down at its start, and at its end if that is in good order.
import { describe, expect, it } from 'vitest';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { beginLife } from '../../src/app/life.ts';
import { epochMs } from '../../src/core/units.ts';
import { StartError } from '../../src/ports/errors.ts';

const T = Date.UTC(2026, 10, 21, 12, 0, 0);

class Machine {
  readonly journal = new MemoryJournal();
  readonly logged: string[] = [];
  nowMs = T;

  /** A start, so many seconds after whatever was before. */
  start(afterS = 30, entries: 'asLatched' | 'allowed' = 'asLatched') {
    this.nowMs += afterS * 1_000;
    const say = (fields: object, message: string): void => void this.logged.push(`${message} ${JSON.stringify(fields)}`);
    const logger = { debug: say, info: say, warn: say, error: say };
    return beginLife(this.journal, { wallClock: { epoch: () => epochMs(this.nowMs) }, logger }, entries);
  }

  get endings(): unknown[] {
    return this.journal.load().lives.map(({ ending }) => ending);
  }

  get latch(): string | undefined {
    return this.journal.load().latches.get('crashLoop');
  }
}

describe('a life', () => {
  it('is on record from its start on, without an end until it has one', async () => {
    const machine = new Machine();
    const life = machine.start();
    expect(machine.endings).toEqual([null]);
    await life.during(async () => expect(machine.endings).toEqual([null]));
    expect(machine.endings).toEqual(['stopped']);
  });

  it('that is refused by its venue or its settings has ended in good order; one that fails has not', async () => {
    const machine = new Machine();
    const banned = machine.start().during(() => Promise.reject(new StartError(75, 'banned until 12:40')));
    await expect(banned).rejects.toThrow('banned');
    await expect(machine.start().during(() => Promise.reject(new Error('our own mistake')))).rejects.toThrow('mistake');
    machine.start().end('left');
    expect(machine.endings).toEqual(['refused', null, 'left']);
  });
});

describe('the start after three crashes within ten minutes', () => {
  const crashed = (times: number): Machine => {
    const machine = new Machine();
    for (let n = 0; n < times; n++) machine.start();
    return machine;
  };

  it('is latched before anything else happens, logged, and told with the number, the instants and the way back', () => {
    const machine = crashed(3);
    const life = machine.start();
    // Starts at 12:00:30, 12:01:00 and 12:01:30 crashed; each next start found it.
    const found = '3 crashes within 10 min, found at 2026-11-21T12:01:00Z, 2026-11-21T12:01:30Z, 2026-11-21T12:02:00Z';
    expect(life.alarm).toMatchObject({ severity: 'critical', code: 'crashLoop' });
    expect(String(life.alarm?.['text'])).toContain(found);
    expect(String(life.alarm?.['text'])).toMatch(/\/resume.*perpscout run --allow-entries/);
    expect(life.state.latches.get('crashLoop')).toBe(found);
    expect(machine.latch).toBe(found);
    expect(machine.logged).toEqual([`the process crashed again and again: safe mode ${JSON.stringify({ reason: found })}`]);
  });

  it('is the fourth, not the third; and what ended in good order does not count', async () => {
    expect(crashed(2).start().alarm).toBeNull();
    const machine = crashed(2);
    for (let n = 0; n < 4; n++) await machine.start().during(async () => 0);
    expect(machine.start().alarm).toBeNull();
    expect(machine.latch).toBeUndefined();
  });

  it('keeps its latch over orderly restarts; alarms once; and counts anew', async () => {
    const machine = crashed(3);
    await machine.start().during(async () => 0);
    const next = machine.start();
    expect(next.alarm).toBeNull();
    expect(next.state.latches.has('crashLoop')).toBe(true);
  });

  it('that was told to allow entries says so instead of how to', () => {
    const text = String(crashed(3).start(30, 'allowed').alarm?.['text']);
    expect(text).toContain('3 crashes');
    expect(text).not.toContain('/resume');
  });

  it('holds in this run although the database cannot be written', () => {
    const machine = crashed(3);
    machine.journal.failWith('disk full');
    const life = machine.start();
    expect(life.state.latches.has('crashLoop')).toBe(true);
    expect(life.alarm).not.toBeNull();
    expect(machine.logged[0]).toMatch(/could not be written/);
  });
});
