// The detectors' primitives, folded into the reference library's tables: against its golden tables where they are at hand, against our own
// fixtures everywhere, and against the brute-force oracle on series that nobody has seen.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compatTables } from '../conformance/build-table.ts';
import { compareWithText } from '../conformance/compare.ts';
import { LIBRARY, OTHER_READINGS, type Rules } from '../conformance/oracle/rules.ts';
import { oracleTables } from '../conformance/oracle.ts';
import { type FolderReport, foldersOf, runFolder } from '../conformance/run-folder.ts';
import { type BarRow, seriesOf } from '../conformance/series.ts';
import { writeTable } from '../conformance/table.ts';
import { readTableName, type TableSpec } from '../conformance/table-name.ts';
import { inspect } from '../support/house.ts';
import { sharedDir } from '../support/shared-data.ts';

const golden = sharedDir('smc-golden');
const fixtures = join(import.meta.dirname, '..', 'fixtures', 'conformance');
const fixtureFolders = foldersOf(fixtures);
const fixtureNames = fixtureFolders.map((folder) => basename(folder));
const tablesIn = (folder: string): number => readdirSync(folder).filter((file) => file.endsWith('.csv')).length - 1;

function expectAgreement(report: FolderReport): void {
  expect(report.files.filter((file) => file.differing > 0 || file.cells === 0)).toEqual([]);
  expect(report.files.length).toBe(tablesIn(report.folder));
  expect(report.differing).toBe(0);
}

describe.skipIf(golden === null)("the library's own golden tables", () => {
  // Rows of input.csv as PROVENANCE.md states them: 24,424 bars; 4 sessions of 391; 250.
  it.each([
    ['EURUSD_15M', 24_424],
    ['real_spy_1m', 1_564],
    ['synth_edge_15m', 250],
  ])('differ from ours in no cell: %s', (name, bars) => {
    const folder = join(golden ?? '', name);
    expect(existsSync(folder)).toBe(true);
    const report = runFolder(folder);
    expect(report.bars).toBe(bars);
    expectAgreement(report);
  });
});

describe('our fixtures', () => {
  it('cover ties, Sundays, outages and inverted blocks', () => {
    expect(fixtureNames).toEqual(['fx_sundays_1h', 'inverted_5m', 'outages_15m', 'ties_1m']);
  });

  it.each(fixtureNames)('agree with the streamed tables in every cell: %s', (name) => {
    expectAgreement(runFolder(join(fixtures, name)));
  });

  it.each(fixtureNames)('are what the oracle says: %s', (name) => {
    expectAgreement(runFolder(join(fixtures, name), (series) => oracleTables(series)));
  });

  it('hold a block with its edges turned around, which is a swing invented for bar 0', () => {
    const [, first = ''] = readFileSync(join(fixtures, 'inverted_5m', 'ob__L=1__close_mitigation=0.csv'), 'utf8').split('\n');
    const [sign, top, bottom] = first.split(',').map(Number);
    expect(sign).toBe(1);
    expect(top).toBeLessThan(bottom as number);
  });

  it.each(Object.keys(LIBRARY) as (keyof Rules)[])('notice another reading of the rule "%s"', (rule) => {
    const rules: Rules = { ...LIBRARY, [rule]: OTHER_READINGS[rule] };
    const isNoticed = fixtureFolders.some((folder) => runFolder(folder, (series) => oracleTables(series, rules)).differing > 0);
    expect(isNoticed).toBe(true);
  });
});

interface Step {
  readonly jump: number;
  readonly body: number;
  readonly above: number;
  readonly below: number;
  readonly silentBars: number;
  readonly volume: number;
}

const aStep = fc.record<Step>({
  jump: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -5, max: 5 })),
  body: fc.integer({ min: -3, max: 3 }),
  above: fc.integer({ min: 0, max: 2 }),
  below: fc.integer({ min: 0, max: 2 }),
  silentBars: fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 120 })),
  volume: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 500_000_000 })),
});

/** Whole ticks keep ties frequent; two decimals make single precision matter. */
function seriesFrom(steps: readonly Step[], stepMinutes: number): BarRow[] {
  let ms = Date.UTC(2024, 1, 28, 20, 45);
  let close = 2_000;
  return steps.map(({ jump, body, above, below, silentBars, volume }): BarRow => {
    ms += (1 + silentBars) * stepMinutes * 60_000;
    const open = close + jump;
    close = open + body;
    const high = Math.max(open, close) + above;
    const low = Math.min(open, close) - below;
    return [ms, open / 100, high / 100, low / 100, close / 100, volume];
  });
}

const SWING_TABLES = ['swing', 'bos_choch', 'ob', 'liquidity', 'retracements'];
const TIME_FRAMES = ['15min', '1h', '4h', '1D', '2D', 'W', 'W-WED', '2W', 'M', '2M', 'MS', 'Q', '7h'];
const SESSIONS = ['Sydney', 'New York', 'Asian kill zone_tz=UTC+3', 'Custom_2215_0330_tz=GMT-5', 'Tokyo_tz=Asia%2FKolkata'];

function specsFor(length: number, flag: 0 | 1): readonly TableSpec[] {
  const names = [
    `fvg__join=${flag}`,
    ...SWING_TABLES.map((name) => `${name}__L=${length}`),
    `bos_choch__L=${length}__close_break=0`,
    `ob__L=${length}__close_mitigation=1`,
    `liquidity__L=${length}__range=${flag === 0 ? 0.125 : 0.3}`,
    ...TIME_FRAMES.map((name) => `prev_high_low__tf=${name}`),
    ...SESSIONS.map((name) => `sessions__${name}`),
  ];
  return names.map(readTableName).filter((spec) => spec !== null);
}

describe('on series that nobody has seen', () => {
  it('the streamed tables and the oracle agree in every cell', () => {
    const steps = fc.array(aStep, { minLength: 1, maxLength: 90 });
    const flags = fc.constantFrom<0 | 1>(0, 1);
    const sizes = fc.record({
      length: fc.integer({ min: 1, max: 6 }),
      stepMinutes: fc.constantFrom(1, 15, 60, 240, 1_440),
      flag: flags,
    });
    fc.assert(
      fc.property(steps, sizes, (made, { length, stepMinutes, flag }) => {
        const series = seriesOf(seriesFrom(made, stepMinutes));
        const [compat, oracle] = [compatTables(series), oracleTables(series)];
        const specs = specsFor(length, flag);
        expect(specs.length).toBe(9 + TIME_FRAMES.length + SESSIONS.length);
        for (const spec of specs) {
          const { first } = compareWithText(writeTable(oracle(spec)), compat(spec));
          expect(first, JSON.stringify(spec)).toBeNull();
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the compat tables', () => {
  it('cannot be imported from live code: they look into the future', () => {
    const peek = {
      path: 'strategy/smc/peek.ts',
      text: "import { finalSwings } from '../../tests/conformance/compat/swings.ts';",
    };
    expect(inspect([peek])[0]).toContain('must not see');
  });
});
