// Conformance, one folder: input.csv and every expected table beside it. What cannot be compared (no folder, no input, a name that says
// nothing) is a refusal with one clear line, never a silent skip.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildTable, compatTables } from './build-table.ts';
import { type Comparison, compareWithText } from './compare.ts';
import { readSeries, type Series } from './series.ts';
import { readTableName, type TableSpec } from './table-name.ts';

export interface FileReport extends Comparison {
  readonly file: string;
}

export interface FolderReport {
  readonly folder: string;
  readonly bars: number;
  readonly files: readonly FileReport[];
  readonly cells: number;
  readonly differing: number;
}

/** The request cannot be carried out as it stands. */
export class RefusedFolder extends Error {
  override readonly name = 'RefusedFolder';
}

interface Wanted {
  readonly file: string;
  readonly spec: TableSpec;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** The folder itself, or the folders in it where it only holds such folders. */
export function foldersOf(folder: string): readonly string[] {
  if (!isFolder(folder)) throw new RefusedFolder(`${folder} is not a folder`);
  if (existsSync(join(folder, 'input.csv'))) return [folder];
  const inner = readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => isFolder(path) && existsSync(join(path, 'input.csv')));
  if (inner.length === 0) throw new RefusedFolder(`${folder} holds no input.csv`);
  return inner;
}

function wantedIn(folder: string): readonly Wanted[] {
  const files = readdirSync(folder)
    .filter((file) => /\.csv$/i.test(file) && file !== 'input.csv')
    .sort();
  if (files.length === 0) throw new RefusedFolder(`${folder} holds no table beside input.csv`);
  return files.map((file) => {
    const spec = readTableName(file);
    if (spec === null) throw new RefusedFolder(`${join(folder, file)}: no table is known by this name`);
    return { file, spec };
  });
}

function inputOf(folder: string): Series {
  try {
    return readSeries(readFileSync(join(folder, 'input.csv'), 'utf8'));
  } catch (error) {
    throw new RefusedFolder(`${folder}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function compareFile(folder: string, { file, spec }: Wanted, build: BuildTable): FileReport {
  try {
    return { file, ...compareWithText(readFileSync(join(folder, file), 'utf8'), build(spec)) };
  } catch (error) {
    throw new RefusedFolder(`${join(folder, file)}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** `tables` is another maker of tables, for tests of the comparison itself. */
export function runFolder(folder: string, tables: (series: Series) => BuildTable = compatTables): FolderReport {
  const wanted = wantedIn(folder);
  const series = inputOf(folder);
  const build = tables(series);
  const files = wanted.map((request) => compareFile(folder, request, build));
  return {
    folder,
    bars: series.length,
    files,
    cells: files.reduce((sum, file) => sum + file.cells, 0),
    differing: files.reduce((sum, file) => sum + file.differing, 0),
  };
}
