// Conformance, the fixtures' workshop: `npx tsx tests/conformance/make-fixtures.ts` writes tests/fixtures/conformance anew. Inputs come
// from seeds, expected tables from the brute-force oracle, never from the tables under test.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FixtureShape, fixtureSeries, seriesText } from './fixture-series.ts';
import { oracleTables } from './oracle.ts';
import { readSeries } from './series.ts';
import { writeTable } from './table.ts';
import { readTableName } from './table-name.ts';

interface Fixture extends FixtureShape {
  readonly folder: string;
  readonly tables: readonly string[];
}

const swingTables = (length: number, rest: { readonly close: 0 | 1; readonly range: number }): string[] => [
  `swing__L=${length}`,
  `bos_choch__L=${length}__close_break=${rest.close}`,
  `ob__L=${length}__close_mitigation=${rest.close}`,
  `liquidity__L=${length}__range=${rest.range}`,
  `retracements__L=${length}`,
];
const QUIET = { share: 0, longestBars: 1 };

const FIXTURES: readonly Fixture[] = [
  {
    folder: 'ties_1m',
    seed: 78,
    bars: 240,
    from: '2024-03-03T14:30:00Z',
    stepMinutes: 1,
    price: 60,
    decimals: 0,
    swingTicks: 2,
    volume: 'small',
    outages: QUIET,
    week: 'always',
    opening: 'plain',
    ending: 'plain',
    tables: [
      'fvg__join=0',
      'fvg__join=1',
      ...swingTables(1, { close: 1, range: 0.125 }),
      ...swingTables(3, { close: 0, range: 0.1 }),
      'prev_high_low__tf=15min',
      'prev_high_low__tf=1h',
      'sessions__London',
      'sessions__LondonCloseKillZone_tz=UTC-2',
    ],
  },
  {
    folder: 'fx_sundays_1h',
    seed: 23,
    bars: 700,
    from: '2023-10-11T05:00:00Z',
    stepMinutes: 60,
    price: 1.05,
    decimals: 5,
    swingTicks: 40,
    volume: 'none',
    outages: { share: 0.01, longestBars: 30 },
    week: 'fx',
    opening: 'plain',
    ending: 'plain',
    tables: [
      ...swingTables(2, { close: 1, range: 0.05 }),
      'prev_high_low__tf=4h',
      'prev_high_low__tf=1D',
      'prev_high_low__tf=W',
      'prev_high_low__tf=M',
      'sessions__Sydney',
      'sessions__Tokyo_tz=UTC+3',
    ],
  },
  {
    folder: 'outages_15m',
    seed: 43,
    bars: 330,
    from: '2025-06-26T21:45:00Z',
    stepMinutes: 15,
    price: 21.5,
    decimals: 2,
    swingTicks: 4,
    volume: 'large',
    outages: { share: 0.04, longestBars: 90 },
    week: 'always',
    opening: 'plain',
    ending: 'outside',
    tables: [
      'fvg__join=0',
      'fvg__join=1',
      ...swingTables(1, { close: 0, range: 0.03 }),
      ...swingTables(5, { close: 1, range: 0.2 }),
      'prev_high_low__tf=2h',
      'prev_high_low__tf=2D',
      'prev_high_low__tf=W-FRI',
      'sessions__Custom_2215_0330',
      'sessions__NewYork_tz=America%2FNew_York',
    ],
  },
  {
    folder: 'inverted_5m',
    seed: 48,
    bars: 90,
    from: '2024-12-31T20:00:00Z',
    stepMinutes: 5,
    price: 0.0455,
    decimals: 4,
    swingTicks: 3,
    volume: 'large',
    outages: QUIET,
    week: 'always',
    opening: 'inverted',
    ending: 'plain',
    tables: ['fvg__join=1', ...swingTables(1, { close: 0, range: 0.1 }), ...swingTables(2, { close: 1, range: 0.1 })],
  },
];

function write(root: string, fixture: Fixture): void {
  const folder = join(root, fixture.folder);
  mkdirSync(folder, { recursive: true });
  const text = seriesText(fixtureSeries(fixture), fixture.decimals);
  writeFileSync(join(folder, 'input.csv'), text);
  const build = oracleTables(readSeries(text));
  for (const name of fixture.tables) {
    const spec = readTableName(`${name}.csv`);
    if (spec === null) throw new Error(`no table is known by the name ${name}`);
    writeFileSync(join(folder, `${name}.csv`), writeTable(build(spec)));
  }
}

const root = join(import.meta.dirname, '..', 'fixtures', 'conformance');
rmSync(root, { recursive: true, force: true });
for (const fixture of FIXTURES) write(root, fixture);
