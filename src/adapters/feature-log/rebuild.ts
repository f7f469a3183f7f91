// Adapters, training rows as files: replacing a damaged or lost projection. The new files are complete beside the old ones
// before any of them is touched.
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STREAMS } from '../../core/row-schema.ts';
import type { RowSource } from '../../ports/row-source.ts';
import { type ExportReport, exportRows } from './export.ts';

export interface RebuildOptions {
  readonly dir: string;
  /** Folder name inside `dir` that takes the files which stood there before, e.g. `before-rebuild-1764000000000`. */
  readonly setAside: string;
  readonly maxFileBytes?: number;
}

/** No run may write to `dir` meanwhile (the instance lock sees to it). */
export function rebuild(source: RowSource, options: RebuildOptions): ExportReport {
  mkdirSync(options.dir, { recursive: true });
  const fresh = mkdtempSync(join(dirname(options.dir), '.rebuild-'));
  try {
    const limit = options.maxFileBytes === undefined ? {} : { maxFileBytes: options.maxFileBytes };
    const report = exportRows(source, { out: fresh, kinds: STREAMS, sinceMs: null, ...limit });
    const old = readdirSync(options.dir).filter((name) => STREAMS.some((stream) => name.startsWith(`${stream}-v`)));
    if (old.length > 0) mkdirSync(join(options.dir, options.setAside), { recursive: true });
    for (const name of old) renameSync(join(options.dir, name), join(options.dir, options.setAside, name));
    for (const name of report.files) renameSync(join(fresh, name), join(options.dir, name));
    return report;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}
