// Settings that change while the bot runs: checked when they arrive, in force at once, and still there after a restart.
import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/events.ts';
import { symbolId } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import { A, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const B = symbolId('BBBUSDT');
const set = (bench: ExecutionBench, name: Extract<Command, { kind: 'set' }>['name'], value: string): void =>
  bench.service.onCommand({ kind: 'set', name, value }, 'someone');
const fate = async (bench: ExecutionBench, change: Parameters<typeof aSignal>[0] = {}): Promise<string | undefined> =>
  [...(await bench.decide(aSignal(change))).values()][0];

describe('a setting', () => {
  it('is in force at once and says who changed it from what to what', async () => {
    const bench = await new ExecutionBench().start();
    set(bench, 'MIN_CONFIDENCE', '85');
    expect(bench.told('setting')).toMatchObject([{ name: 'MIN_CONFIDENCE', before: '70', after: '85', by: 'someone' }]);
    expect(await fate(bench, { score: 84 })).toBe('virtual: confidence');
    expect(await fate(bench, { symbol: B, score: 85 })).toBe('real');
    expect(bench.service.liveState().settings?.get('MIN_CONFIDENCE')).toBe('85');
  });

  it.each([
    ['MIN_CONFIDENCE', '69'],
    ['MIN_CONFIDENCE', 'high'],
    ['MAX_POSITIONS', '2.5'],
    ['MAX_POSITIONS', '0'],
    ['PARTIAL_TAKE_PCT', ''],
    ['ENTRY_CONFIRM', 'telegram'],
    ['blacklistRemove', 'XUSDT'],
    ['blacklistAdd', 'A,B'],
  ] as const)('%s = "%s" is refused with the range and changes nothing', async (name, value) => {
    const bench = await new ExecutionBench().start();
    const before = bench.service.liveState().settings;
    set(bench, name, value);
    expect(bench.told('setting')).toMatchObject([{ refused: expect.any(String), by: 'someone' }]);
    expect(bench.service.liveState().settings).toEqual(before);
  });

  it('survives a restart', async () => {
    const bench = await new ExecutionBench().start();
    set(bench, 'MAX_POSITIONS', '1');
    set(bench, 'blacklistAdd', 'BBBUSDT');
    await bench.restart();
    expect(bench.service.liveState().settings?.get('MAX_POSITIONS')).toBe('1');
    expect(await fate(bench, { symbol: B })).toBe('virtual: blacklist');
    set(bench, 'blacklistRemove', 'BBBUSDT');
    await bench.restart();
    expect(await fate(bench, { symbol: B, side: 'short', barCloseMs: T0 + 60_000 })).toBe('real');
    expect(await fate(bench, { symbol: A, barCloseMs: T0 + 60_000 })).toBe('virtual: maxPositions');
  });

  it('ENTRY_CONFIRM=discord is refused while nobody could answer, and after a restart that took Discord away', async () => {
    const faults: Record<'ever' | 'now', string | null> = { ever: null, now: 'Discord is not connected' };
    const bench = await new ExecutionBench({ confirmFault: (when) => faults[when] }).start();
    const inForce = () => bench.service.liveState().settings?.get('ENTRY_CONFIRM');
    set(bench, 'ENTRY_CONFIRM', 'discord');
    expect(bench.told('setting')).toMatchObject([{ refused: 'Discord is not connected' }]);
    expect(inForce()).toBe('off');
    faults.now = null;
    set(bench, 'ENTRY_CONFIRM', 'discord');
    expect(inForce()).toBe('discord');
    await bench.restart();
    expect(inForce()).toBe('discord');
    faults.ever = 'needs a DISCORD_TOKEN';
    await bench.restart();
    expect(inForce()).toBe('off');
  });

  it('that cannot be written is refused', async () => {
    const bench = await new ExecutionBench().start();
    bench.settingsStore.save = () => {
      throw new JournalError('the disk is full');
    };
    set(bench, 'MAX_POSITIONS', '1');
    expect(String(bench.told('setting')[0]?.['refused'])).toContain('the disk is full');
    expect(bench.service.liveState().settings?.get('MAX_POSITIONS')).toBe('3');
  });
});

describe('paused', () => {
  it('holds over a restart until it is set off; other latches are not touched', async () => {
    const bench = await new ExecutionBench().start();
    set(bench, 'paused', 'on');
    await bench.restart();
    expect(await fate(bench)).toMatch(/^virtual: gate:(ladder|latch)$/);
    bench.service.onCommand({ kind: 'panic' }, 'someone');
    set(bench, 'paused', 'off');
    expect(bench.service.liveState().ladder.level).not.toBe('NORMAL');
    bench.service.onCommand({ kind: 'resume' }, 'someone');
    expect(bench.service.liveState().ladder.level).toBe('NORMAL');
  });

  it('is told as a level, down and up', async () => {
    const bench = await new ExecutionBench().start();
    set(bench, 'paused', 'on');
    set(bench, 'paused', 'off');
    expect(bench.told('level').map((n) => [n['before'], n['level']])).toEqual([
      ['NORMAL', 'NO_NEW_ENTRIES'],
      ['NO_NEW_ENTRIES', 'NORMAL'],
    ]);
  });
});
