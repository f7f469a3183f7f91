// Paper mode and replay as a user runs them: real processes, the embedded exchange as the market, one folder over three starts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aHome, jsonLines, run } from '../../support/cli.ts';

const home = aHome({ COST_GATE_R: '10', MIN_CONFIDENCE: '40' });
afterAll(() => home.remove());
const journal = join(home.folder, 'run.journal.gz');
const words = ['run', '--mode', 'paper', '--json', '--symbols', '6', '--speed', '600', '--for', '20m'];
const account = (): { generation: number; nowMs: number; account: { wallet: string } } =>
  JSON.parse(readFileSync(join(home.environment['DATA_DIR'] ?? '', 'paper-account.json'), 'utf8'));

describe('a paper run', () => {
  it('trades on its own account, can be replayed, goes on where it stood, and begins anew when it is told to', async () => {
    const first = await run([...words, '--record', journal], { ...home.environment, PAPER_BALANCE: '2500' });
    expect([first.code, first.stderr]).toEqual([0, expect.not.stringContaining('perpscout:')]);
    const ready = jsonLines(first.stdout).find(({ event }) => event === 'ready');
    expect(ready).toMatchObject({ mode: 'paper', symbols: 6 });
    const begun = account();
    expect(begun.generation).toBe(1);
    expect(Math.abs(Number(begun.account.wallet) - 2_500)).toBeLessThan(250);

    const replayed = await run(['replay', '--json', '--journal', journal], home.environment);
    expect(jsonLines(replayed.stdout)).toEqual([
      expect.objectContaining({ event: 'replay', result: 'identical', record: 'whole', mode: 'paper' }),
    ]);
    expect(replayed.code).toBe(0);

    expect((await run(words, home.environment)).code).toBe(0);
    const later = account();
    expect([later.generation, later.nowMs > begun.nowMs]).toEqual([1, true]);

    expect((await run([...words, '--fresh'], home.environment)).code).toBe(0);
    expect(account().generation).toBe(2);
  });

  it('refuses a record that cannot be written and a journal that is none', async () => {
    const unwritable = await run([...words, '--record', join(home.folder, 'nowhere', 'x.gz')], home.environment);
    expect([unwritable.code, unwritable.stderr]).toEqual([2, expect.stringContaining('--record names')]);
    const none = await run(['replay', '--journal', join(home.folder, 'nowhere.gz')], home.environment);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('does not exist')]);
  });
});
