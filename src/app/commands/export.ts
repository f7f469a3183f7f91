// App, `perpscout export`: the training rows of the database as CSV, read beside a running bot.
import { existsSync } from 'node:fs';
import { exportRows } from '../../adapters/feature-log/export.ts';
import { openReadModel } from '../../adapters/journal/read-model.ts';
import { STREAMS } from '../../core/row-schema.ts';
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { databasePath } from '../data-files.ts';

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const out = args.text('out');
  if (out === null) throw new StartError(2, 'perpscout export: --out DIR is missing');
  const kind = args.oneOf('kind', [...STREAMS, 'all']) ?? 'all';
  const database = databasePath(settings);
  if (!existsSync(database))
    throw new StartError(2, `there is no database ${database} yet; run the bot first, or set DATA_DIR and MODE`);
  const source = openReadModel(database);
  try {
    const report = exportRows(source, { out, kinds: kind === 'all' ? STREAMS : [kind], sinceMs: args.instant('since') });
    if (args.has('json')) process.stdout.write(`${JSON.stringify({ event: 'export', out, ...report })}\n`);
    else for (const stream of STREAMS) process.stdout.write(`${stream.padEnd(11)} ${report.rows[stream]}\n`);
    return 0;
  } catch (error) {
    if (error instanceof Error && /already holds/.test(error.message)) throw new StartError(2, error.message, { cause: error });
    throw error;
  } finally {
    source.close();
  }
}
