// `npm run bench` as a user runs it. A shared machine is noisy, so bounds on time are loose: twice a ceiling, half a ratio, less where both
// sides suffer alike. Sizes do not depend on the machine and keep their real targets; `ok` in the output holds every figure against its own.
import { beforeAll, describe, expect, it } from 'vitest';
import { aHome, type Ended, jsonLines, run } from '../support/cli.ts';
import { FakeDiscord } from '../support/fake-discord.ts';
import { IDS } from '../support/fake-discord-store.ts';

interface Line {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
  readonly ok: boolean;
}

const linesOf = (ended: Ended): Line[] => jsonLines(ended.stdout) as unknown as Line[];

describe('perpscout bench', () => {
  const home = aHome();
  let ended: Ended;
  let lines: Line[];
  let identified = 0;
  beforeAll(async () => {
    const fake = await FakeDiscord.start({});
    const discord = {
      DISCORD_TOKEN: fake.token,
      DISCORD_API_URL: fake.apiUrl,
      DISCORD_GUILD_ID: IDS.guild,
      DISCORD_CHANNEL_ID: IDS.channel,
    };
    ended = await run(['bench', '--json', '--bursts', '5'], { ...home.environment, ...discord, APP_LANG: 'en' });
    lines = linesOf(ended);
    identified = fake.gateway.identifies;
    await fake.close();
    home.remove();
  }, 600_000);

  const figureOf = (name: string): number => lines.find((line) => line.name === name)?.value ?? Number.NaN;

  it('ends with exit 0, JSON alone on stdout and a table on stderr', () => {
    expect(ended.code).toBe(0);
    expect(ended.stdout.trim().split('\n')).toHaveLength(lines.length);
    expect(ended.stderr).toContain('minuteClose648.p50Ms');
  });

  it('holds every figure against its target', () => {
    expect(lines.length).toBeGreaterThanOrEqual(10);
    for (const { value, target, ok, unit } of lines) {
      const bound = Number(target.slice(3));
      expect(Number.isFinite(value) && Number.isFinite(bound) && unit.length > 0).toBe(true);
      // Both are shown rounded: a figure on its bound may fall either way.
      if (Math.abs(value - bound) > 1e-3 * bound) expect(ok).toBe(target.startsWith('<=') ? value < bound : value > bound);
    }
  });

  it.each([['indicatorsVsTechnicalindicators', 20]])('%s is at least %d', (name, bound) => {
    expect(figureOf(name)).toBeGreaterThanOrEqual(bound);
  });

  it.each([
    ['candleStoreVsObjects', 0.3],
    ['detectorsAndIndicatorsUsPerBar', 3],
    ['stateKbPerSymbolTimeframe.mean', 8],
    ['stateKbPerSymbolTimeframe.worst', 20],
    ['minuteCloseVsRecompute', 1.5 / 300],
    ['traces648x240Mb', 10],
    ['frameDecodeShareOfCore', 20],
    ['frameLoopDelay.p99Ms', 20],
    ['rss648.collectedMb', 512],
    // A few bursts on a shared machine: this bound only notices a bot that does not keep up.
    ['closeToRank.p50Ms', 1_500],
  ])('%s is at most %d', (name, bound) => {
    expect(figureOf(name)).toBeLessThanOrEqual(bound);
  });

  it('measures memory beside the Discord that the settings name, because it is one on this machine', () => {
    expect(lines.find((line) => line.name === 'rss648.collectedMb')?.unit).toBe('MB with Discord');
    expect(identified).toBeGreaterThan(0);
  });

  it('measures what is asked for alone, and refuses an unknown name', async () => {
    const one = await run(['bench', '--json', '--only', 'candleStore']);
    expect(linesOf(one).map((line) => line.name)).toEqual(['candleStoreVsObjects']);
    const none = await run(['bench', '--only', 'nothing']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--only is "nothing"')]);
  }, 60_000);
});
