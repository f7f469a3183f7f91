// Bad input is refused in one clear line with the right exit code. What is refused before anything is opened is asked of the
// command line's own function; that this number becomes the exit code of the process, and whatever needs one, of real processes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { overviewHelp } from '../../src/app/cli/help.ts';
import { COMMANDS } from '../../src/app/commands.ts';
import { textIn } from '../../src/app/text/catalogue.ts';
import { aHome, type Ended, run, start } from '../support/cli.ts';
import { said } from '../support/command-line.ts';

const home = aHome();
afterAll(() => home.remove());

const inOneLine = ({ code, stdout, stderr }: Ended) => {
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return { code, line: stderr.trimEnd() };
};
const refused = async (words: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd = home.folder) =>
  inOneLine(await said(words, { ...home.environment, ...environment }, cwd));
const refusedByProcess = async (words: readonly string[], environment = home.environment, cwd = home.folder) =>
  inOneLine(await run(words, environment, cwd));

describe('the command line', () => {
  it('refuses an unknown command and names the known ones', async () => {
    const { code, line } = await refused(['fly']);
    expect(code).toBe(2);
    expect(line).toContain('unknown command "fly"');
    expect(line).toContain('run, scan, exchange');
  });

  it('refuses an unknown option, a bad number, a bad instant and a stray word', async () => {
    const cases: [string[], RegExp][] = [
      [['run', '--sped', '60'], /--sped/],
      [['run', '--speed', 'fast'], /--speed is "fast".*1 to 1000/],
      [['scan', '--from', 'yesterday'], /--from is "yesterday".*2025-06-02T16:00Z/],
      [['exchange', 'now'], /unexpected "now"/],
    ];
    for (const [words, said] of cases) {
      const { code, line } = await refused(words);
      expect([code, line]).toEqual([2, expect.stringMatching(said)]);
    }
  });

  it('refuses a missing folder, a file for a folder and a folder without klines', async () => {
    writeFileSync(join(home.folder, 'file'), '');
    mkdirSync(join(home.folder, 'empty'));
    for (const [folder, said] of [
      ['nowhere', 'does not exist'],
      ['file', 'not a folder'],
      ['empty', 'csv'],
    ] as const) {
      const { code, line } = await refused(['exchange', '--recorded', join(home.folder, folder)]);
      expect(code).toBe(2);
      expect(line).toContain(said);
    }
  });

  it('names file and line of a broken recording', async () => {
    const folder = join(home.folder, 'broken');
    mkdirSync(folder);
    const rows = ['open_time,open,high,low,close,volume', '60000,1,2,1,2,5', '120000,1,oops,1,2,5'];
    writeFileSync(join(folder, 'AUSDT.csv'), `${rows.join('\n')}\n`);
    const { code, line } = await refused(['exchange', '--recorded', folder]);
    expect(code).toBe(2);
    expect(line).toMatch(/AUSDT\.csv:3: high is "oops"/);
  });

  it('refuses an unknown setting and a bad value with 78 and the line of the .env', async () => {
    const cwd = join(home.folder, 'env');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), '# mine\nMAX_POSITION=3\n');
    const unknown = await refused(['run'], {}, cwd);
    expect(unknown.code).toBe(78);
    expect(unknown.line).toMatch(/\.env line 2: unknown setting MAX_POSITION; did you mean MAX_POSITIONS\?/);
    writeFileSync(join(cwd, '.env'), 'MODE=sim\n\nMAX_POSITIONS=many\n');
    const bad = await refused(['run'], {}, cwd);
    expect(bad.code).toBe(78);
    expect(bad.line).toMatch(/\.env line 3: MAX_POSITIONS is "many"; allowed: a whole number from 1 to 20/);
  });

  it('never prints a secret that stands in a bad setting', async () => {
    const { code, line } = await refused(['run'], {
      BINANCE_REST_URL: 'http://example.com',
      BINANCE_API_KEY: 'canary-7f3a9c2e51d0',
    });
    expect(code).toBe(78);
    expect(line).not.toContain('canary');
  });

  it('says with 69 that the market of a paper run does not answer, and with 77 that keys are missing', async () => {
    const paper = await refused(['run', '--mode', 'paper'], { BINANCE_REST_URL: 'http://127.0.0.1:9' });
    expect([paper.code, paper.line]).toEqual([69, expect.stringContaining('127.0.0.1:9')]);
    const { code, line } = await refused(['run', '--mode', 'testnet']);
    expect(code).toBe(77);
    expect(line).toContain('BINANCE_API_KEY');
  });

  it('shows the overview and the page of each command in both languages', async () => {
    const names = COMMANDS.map(({ name }) => name);
    for (const language of ['zh-TW', 'en']) {
      for (const words of [[], ...names.map((name) => [name])]) {
        const { code, stdout } = await said([...words, '--help'], { APP_LANG: language }, home.folder);
        expect(code).toBe(0);
        for (const name of words.length === 0 ? names : words) expect(stdout).toContain(name);
        expect(stdout).not.toMatch(/option\.|command\./);
      }
    }
  });
});

// Processes of a busy machine take their time; nothing here is a figure.
describe.concurrent('the process', { timeout: 120_000 }, () => {
  it('ends with the number and the line of the command line', async () => {
    const cwd = join(home.folder, 'env-of-a-process');
    mkdirSync(cwd);
    writeFileSync(join(cwd, '.env'), '# mine\nMAX_POSITION=3\n');
    const [usage, setting] = await Promise.all([refusedByProcess(['fly']), refusedByProcess(['run'], home.environment, cwd)]);
    expect([usage.code, usage.line]).toEqual([2, expect.stringContaining('unknown command "fly"')]);
    expect([setting.code, setting.line]).toEqual([78, expect.stringContaining('.env line 2: unknown setting MAX_POSITION')]);
  });

  it('says with 69 that no exchange answers where one was named', async () => {
    const { code, line } = await refusedByProcess(['run', '--exchange', 'http://127.0.0.1:1']);
    expect(code).toBe(69);
    expect(line).toContain('127.0.0.1:1');
  });

  it('names a taken port', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, line } = await refusedByProcess(['exchange', '--port', String(port), '--symbols', '1']);
    holder.close();
    expect(code).toBe(2);
    expect(line).toContain(String(port));
  });

  it('refuses a second bot on the same data folder with 79', async () => {
    const own = aHome();
    const first = start(['run', '--json', '--symbols', '2'], own.environment);
    try {
      await first.line((text) => text.includes('"ready"'));
      const { code, line } = await refusedByProcess(['run', '--symbols', '2'], own.environment);
      expect(code).toBe(79);
      expect(line).toContain(String(first.child.pid));
    } finally {
      first.child.kill('SIGTERM');
    }
    expect((await first.ended).code).toBe(0);
    own.remove();
  });

  it('shows the overview on stdout and ends with 0', async () => {
    const page = await run(['--help'], { APP_LANG: 'en' });
    expect(page).toEqual({ code: 0, stdout: overviewHelp(COMMANDS, textIn('en')), stderr: '' });
  });
});
