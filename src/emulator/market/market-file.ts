// Emulator, the world behind the exchange: where the tables of this room lie, run from the sources or from dist.
// The compiler copies no CSV, so a built program reads the tables of the source folder beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MarketDataError } from './market-data-error.ts';

/** From dist/src/emulator/market up to the repository and down into its sources. */
const SOURCES_FROM_DIST = join('..', '..', '..', '..', 'src', 'emulator', 'market');

/** The text of a table of this room, e.g. contracts.csv. */
export function readMarketFile(name: string, from: string = import.meta.dirname): string {
  const places = [join(from, name), join(from, SOURCES_FROM_DIST, name)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new MarketDataError(`${name} is missing; looked for ${places.join(' and ')}`);
  return readFileSync(found, 'utf8');
}

/** Rows of a simple table (no quotes, no commas inside cells) by column name. */
export function readMarketTable(name: string): readonly (readonly string[])[] {
  const lines = readMarketFile(name).split('\n');
  const rows = lines.filter((line) => line !== '').map((line) => line.split(','));
  const width = rows[0]?.length ?? 0;
  const broken = rows.findIndex((row) => row.length !== width);
  if (broken >= 0) throw new MarketDataError(`${name}:${broken + 1}: ${rows[broken]?.length} columns, ${width} expected`);
  return rows;
}
