// App, `perpscout doctor`: what this machine must offer: Node, SQLite, a folder of our own with room in it, the font.
import { existsSync, mkdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registerFont } from '../../adapters/chart/font.ts';
import { databaseVerdict, sqliteVersion } from '../../adapters/journal/database-health.ts';
import { loadModel, MODEL_FILES } from '../../adapters/model/load-model.ts';
import { DAY_MS } from '../../core/timeframe.ts';
import type { Settings } from '../config.ts';
import { databasePath } from '../data-files.ts';
import { demandOf, expectedRows } from '../model-watch.ts';
import { bad, type Finding, ok, skipped, warning } from './finding.ts';

const LEAST_NODE = [20, 19] as const;
const MIB = 1024 * 1024;
const LEAST_FREE_BYTES = 512 * MIB;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return enough ? ok('node', version) : bad('node', version, 'node', 78);
}

export function checkSqlite(): Finding {
  try {
    return ok('sqlite', sqliteVersion());
  } catch (error) {
    return bad('sqlite', reasonOf(error), 'sqlite', 78);
  }
}

/** Writes and removes a file, because rights alone do not tell (a full or read-only disk). */
export function checkDataFolder(folder: string): Finding {
  const probe = join(folder, '.doctor');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(probe, 'x', { mode: 0o600 });
    rmSync(probe);
  } catch (error) {
    return bad('dataFolder', reasonOf(error), 'dataFolder', 78);
  }
  const disk = statfsSync(folder);
  const freeBytes = disk.bavail * disk.bsize;
  const found = `${folder} · ${inMib(freeBytes)} MiB`;
  if (freeBytes < LEAST_FREE_BYTES) return warning('dataFolder', found, 'freeSpace');
  return readableByOthers(folder) ? warning('dataFolder', found, 'rights') : ok('dataFolder', found);
}

/** Whole, and how fast it grows; positions and balances are nobody else's business. */
export function checkDatabase(settings: Settings): Finding {
  const path = databasePath(settings);
  if (!existsSync(path)) return skipped('database', path);
  try {
    const verdict = databaseVerdict(path);
    if (verdict !== 'ok') return bad('database', verdict, 'database', 78);
  } catch (error) {
    return bad('database', reasonOf(error), 'database', 78);
  }
  const { size, birthtimeMs, mtimeMs, mode } = statSync(path);
  const days = (mtimeMs - birthtimeMs) / DAY_MS;
  const growth = days < 1 ? '' : ` · ${(size / MIB / days).toFixed(1)} MiB/d`;
  const found = `${path} · ${inMib(size)} MiB${growth}`;
  return (mode & 0o077) === 0 || !readableByOthers(settings.DATA_DIR)
    ? ok('database', found)
    : warning('database', found, 'rights');
}

export function checkFont(): Finding {
  try {
    registerFont();
    return ok('font', 'Noto Sans TC');
  } catch (error) {
    return bad('font', reasonOf(error), 'font', 78);
  }
}

/** Reads the model as a start would, and asks its golden rows. Without one a run starts all the same: every signal passes. */
export function checkModelFolder(folder: string, mode: Settings['ML_FILTER'] = 'shadow'): Finding {
  if (folder === '' || mode === 'off') return skipped('model', folder === '' ? 'ML_MODEL_DIR' : 'ML_FILTER=off');
  const missing = MODEL_FILES.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) return bad('model', `${folder}: ${missing.join(', ')} ∅`, 'model', 78);
  try {
    const { version, goldenRows } = loadModel(folder, expectedRows(), demandOf(mode));
    return ok('model', `${version} · ${goldenRows} ✓`);
  } catch (error) {
    return bad('model', reasonOf(error), 'model', 78);
  }
}

const readableByOthers = (folder: string): boolean => (statSync(folder).mode & 0o077) !== 0;
const inMib = (bytes: number): string => (bytes / MIB).toFixed(0);
