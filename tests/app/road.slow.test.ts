// The whole road with the shipped command line on real recorded klines: signals, protected positions, virtual positions, rows;
// twice the same; killed and taken up again; and the look at three days that `scan` promises.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/adapters/feature-log/csv-text.ts';
import { aHome, type Ended, jsonLines, run, start } from '../support/cli.ts';
import { sharedDir } from '../support/shared-data.ts';

const klines = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');
type Line = Record<string, unknown>;

/** Wall figures and ports differ from run to run by their nature; everything else must not. */
const WALL = new Set(['ms', 'coldStartMs', 'weightUsed', 'restUrl', 'scanMs', 'closeToRankMs', 'achievedSpeed']);
/** A balance line comes when the wall clock has the account read: an observation, not a decision. */
const decisions = (lines: readonly Line[]): string =>
  lines
    .filter((line) => line['event'] !== 'balance')
    .map((line) => JSON.stringify(line, (key, value: unknown) => (WALL.has(key) ? undefined : value)))
    .join('\n');
/** Everything told before the last scan counted: an earlier end asks for the handover earlier, and for nothing else. */
const upToScan = (lines: readonly Line[], count: number): Line[] => {
  const last = of(lines, 'scan')[count - 1];
  return last === undefined ? [...lines] : lines.slice(0, lines.indexOf(last) + 1);
};
const of = (lines: readonly Line[], event: string): Line[] => lines.filter((line) => line['event'] === event);

function rows(folder: string, stream: string): Record<string, string>[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${stream}-`) && name.endsWith('.csv'))
    .sort()
    .flatMap((name) => {
      const [head = [], ...body] = parseCsv(readFileSync(join(folder, name), 'utf8'));
      return body.map((cells) => Object.fromEntries(head.map((column, i) => [column, cells[i] ?? ''])));
    });
}

interface Market {
  readonly name: string;
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly hours: number;
  /** How much of it is run a second time, to be compared. */
  readonly repeatedHours: number;
  readonly symbols: number;
}

/** The synthetic one is judged by looser gates, so that several positions are open at once. */
const markets: readonly Market[] = [
  {
    name: '16 hours of real klines',
    words: ['--recorded', klines ?? ''],
    environment: {},
    hours: 16,
    repeatedHours: 8,
    symbols: 18,
  },
  {
    name: '4 hours of a synthetic market',
    words: ['--symbols', '60', '--seed', '3'],
    environment: { MIN_QUOTE_VOLUME_24H: '0', COST_GATE_R: '0.4' },
    hours: 4,
    repeatedHours: 4,
    symbols: 60,
  },
];

describe.each(markets.filter(({ words }) => klines !== null || words[0] !== '--recorded'))(
  '$name',
  ({ words: market, environment, hours, repeatedHours, symbols }) => {
    const homes = [aHome(environment), aHome(environment)] as const;
    const words = ['run', '--json', ...market, '--speed', '1000', '--for', `${hours}h`];
    let first: Ended;
    let lines: Line[];

    beforeAll(async () => {
      first = await run(words, homes[0].environment);
      lines = jsonLines(first.stdout);
    }, 300_000);
    afterAll(() => {
      for (const home of homes) home.remove();
    });

    it('ends by itself with exit 0 and says how fast it went', () => {
      expect([first.code, first.stderr.match(/ERROR/)]).toEqual([0, null]);
      const [stopped] = of(lines, 'stopped');
      expect(stopped?.['marketMs']).toBeGreaterThanOrEqual(hours * 3_600_000);
      expect(stopped?.['achievedSpeed']).toBeGreaterThan(60);
    });

    it('scans every minute for all symbols', () => {
      const scans = of(lines, 'scan');
      expect(scans.length).toBeGreaterThanOrEqual(hours * 60);
      expect(new Set(scans.map((scan) => scan['ready']))).toEqual(new Set([symbols]));
      const opens = scans.map((scan) => Number(scan['bar']));
      expect(opens.every((open, i) => i === 0 || open - (opens[i - 1] ?? 0) === 60_000)).toBe(true);
    });

    it('opens, protects and closes real positions, in this order for each trade', () => {
      const opened = of(lines, 'opened');
      expect(opened.length).toBeGreaterThan(0);
      expect(of(lines, 'closed').length).toBeGreaterThan(0);
      for (const { tradeId } of opened) {
        const told = lines.filter((line) => line['tradeId'] === tradeId).map((line) => line['event']);
        const story = told.filter((event) => event === 'opened' || event === 'protected' || event === 'closed');
        expect(['opened protected', 'opened protected closed']).toContain(story.join(' '));
      }
    });

    it('opens and closes virtual positions', () => {
      expect(of(lines, 'virtualOpened').length).toBeGreaterThan(0);
      expect(of(lines, 'virtualClosed').length).toBeGreaterThan(0);
    });

    it('writes one row per signal, per outcome and per closed trade, and they agree with the events', () => {
      const ids = (list: readonly Line[], key: string): unknown[] => list.map((line) => line[key]).sort();
      const signals = rows(homes[0].environment['ML_LOG_DIR'] ?? '', 'signals');
      expect(signals.map((row) => row['signal_id']).sort()).toEqual(ids(of(lines, 'signal'), 'id'));
      const executions = rows(homes[0].environment['ML_LOG_DIR'] ?? '', 'executions');
      expect(executions.map((row) => row['trade_id']).sort()).toEqual(ids(of(lines, 'closed'), 'tradeId'));
      for (const row of executions) {
        const closed = of(lines, 'closed').find((line) => line['tradeId'] === row['trade_id']);
        expect(Number(row['pnl_net_usdt'])).toBeCloseTo(Number(closed?.['pnl']), 8);
        expect(row['exit_reason']).toBe(closed?.['reason']);
      }
      const outcomes = rows(homes[0].environment['ML_LOG_DIR'] ?? '', 'outcomes');
      const known = new Set(signals.map((row) => row['signal_id']));
      expect(outcomes.length).toBeGreaterThan(0);
      expect(outcomes.every((row) => known.has(row['signal_id']))).toBe(true);
      expect(new Set(outcomes.map((row) => row['signal_id'])).size).toBe(outcomes.length);
    });

    it('leaves no orphan in either order store', () => {
      const [stopped] = of(lines, 'stopped');
      const handover = stopped?.['handover'] as { positions: { symbol: string; stop: number | null }[] };
      const folder = join(homes[0].folder, 'data', 'exchange');
      const { account } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as {
        account: { orders: Line[]; algos: Line[] };
      };
      const ended = readFileSync(join(folder, 'history.ndjson'), 'utf8')
        .split('\n')
        .filter((line) => /^.{0,9}"(order|algo)"/.test(line));
      const all = [...account.orders, ...account.algos];
      expect(all.length + ended.length).toBeGreaterThan(2);
      const alive = all.filter((order) =>
        ['NEW', 'PARTIALLY_FILLED', 'TRIGGERING'].includes(String(order['status'] ?? order['algoStatus'])),
      );
      const held = handover.positions.map((position) => position.symbol);
      expect(alive.filter((order) => !held.includes(String(order['symbol'])))).toEqual([]);
      expect(alive).toHaveLength(2 * held.length);
    });

    it('decides the same bytes when it is run again on a fresh data folder', async () => {
      const second = await run([...words.slice(0, -1), `${repeatedHours}h`], homes[1].environment);
      expect(second.code).toBe(0);
      const again = upToScan(jsonLines(second.stdout), repeatedHours * 60);
      expect(of(again, 'scan')).toHaveLength(repeatedHours * 60);
      expect(decisions(again)).toBe(decisions(upToScan(lines, repeatedHours * 60)));
    }, 300_000);
  },
);

describe('the whole market of 648 contracts', () => {
  it('is loaded within one minute’s weight, leaves out what is not to be traded, and is ranked every minute', async () => {
    const home = aHome();
    const { code, stdout } = await run(['run', '--json', '--for', '3m'], home.environment);
    home.remove();
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    const [ready] = of(lines, 'ready');
    expect(ready).toMatchObject({ mode: 'sim', symbols: 648 });
    expect(Number(ready?.['weightUsed'])).toBeLessThanOrEqual(1_986);
    const leftOut = ready?.['leftOut'] as Record<string, number>;
    expect(Object.keys(leftOut).join('; ')).toMatch(/TRADIFI_PERPETUAL.*delivery date near.*quoted in USDC/);
    expect(of(lines, 'scan').map((scan) => [scan['symbols'], scan['ready'], scan['late']])).toEqual([
      [648, 648, 0],
      [648, 648, 0],
      [648, 648, 0],
    ]);
  }, 120_000);
});

describe.skipIf(klines === null)('a bot that is killed', () => {
  it('takes up its position and stop, opens nothing twice and loses no row', async () => {
    const home = aHome();
    const words = ['run', '--json', '--recorded', klines ?? '', '--speed', '600', '--for', '6h'];
    const killed = start(words, home.environment);
    await killed.line((line) => line.includes('"event":"protected"'));
    killed.child.kill('SIGKILL');
    const before = jsonLines((await killed.ended).stdout);
    const [opened] = of(before, 'opened');

    const again = await run(words, home.environment);
    expect(again.code).toBe(0);
    const after = jsonLines(again.stdout);
    const all = [...before, ...after];
    // The same trade goes on: it is closed by the second process, and no signal or entry is told twice.
    expect(of(after, 'closed').map((line) => line['tradeId'])).toContain(opened?.['tradeId']);
    for (const event of ['opened', 'closed', 'signal']) {
      const key = event === 'signal' ? 'id' : 'tradeId';
      const ids = of(all, event).map((line) => line[key]);
      expect(ids.length).toBe(new Set(ids).size);
    }
    const folder = home.environment['ML_LOG_DIR'] ?? '';
    expect(
      rows(folder, 'executions')
        .map((row) => row['trade_id'])
        .sort(),
    ).toEqual(
      of(all, 'closed')
        .map((line) => line['tradeId'])
        .sort(),
    );
    expect(
      rows(folder, 'signals')
        .map((row) => row['signal_id'])
        .sort(),
    ).toEqual(
      of(all, 'signal')
        .map((line) => line['id'])
        .sort(),
    );
    home.remove();
  }, 300_000);
});

describe.skipIf(klines === null)('a look at three days', () => {
  it('lists each signal of the span with factors, points and gates in under 40 s', async () => {
    const begun = performance.now();
    const words = ['scan', '--json', '--from', '2025-06-02T16:00Z', '--lookback', '72h', '--recorded', klines ?? ''];
    const { code, stdout } = await run(words);
    expect(performance.now() - begun).toBeLessThan(40_000);
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    const emitted = lines.filter((line) => line['emitted'] === true);
    expect(emitted.length).toBeGreaterThanOrEqual(3);
    for (const signal of emitted) {
      const factors = signal['factors'] as { points: number; text: string }[];
      const total = factors.reduce((sum, factor) => sum + factor.points, 0);
      expect(Math.max(0, Math.min(100, total))).toBeCloseTo(Number(signal['score']), 9);
      expect((signal['gates'] as { pass: boolean }[]).every((gate) => gate.pass)).toBe(true);
      expect(Number(signal['score'])).toBeGreaterThanOrEqual(70);
      const from = Date.parse('2025-05-30T16:00Z');
      expect(Number(signal['barCloseMs'])).toBeGreaterThan(from);
      expect(Number(signal['barCloseMs'])).toBeLessThanOrEqual(Date.parse('2025-06-02T16:00Z'));
    }
    expect(lines.at(-1)).toMatchObject({ event: 'scan', symbols: 18, signals: emitted.length });
  }, 120_000);
});
