// A writer that is killed again and again: nothing that it called durable is lost, no row stands twice, no line is torn.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { CsvFeatureLog } from '../../../src/adapters/feature-log/csv.ts';
import { parseCsv } from '../../../src/adapters/feature-log/csv-text.ts';
import { exportRows } from '../../../src/adapters/feature-log/export.ts';
import { reconcile } from '../../../src/adapters/feature-log/projection.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { ALL_SCHEMAS, aFolder, signalNo } from '../../support/a-run.ts';

const KILLS = 25;
const writer = join(import.meta.dirname, '..', '..', 'support', 'row-writer.ts');

async function runAndKill(folder: string, afterMs: number): Promise<number> {
  const child = fork(writer, [folder], { execArgv: ['--import', 'tsx'] });
  let acknowledged = -1;
  child.on('message', (n) => {
    acknowledged = Number(n);
  });
  await once(child, 'message');
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  child.kill('SIGKILL');
  // `close` comes after the last message of the channel was read.
  await once(child, 'close');
  return acknowledged;
}

it(`survives ${KILLS} kills without a lost, doubled or torn row`, async () => {
  const folder = aFolder();
  const luck = new SeededRandom(4711);
  let acknowledged = -1;
  for (let i = 0; i < KILLS; i++) acknowledged = Math.max(acknowledged, await runAndKill(folder, luck.next() * 150));
  const journal = openJournal({ path: join(folder, 'a.sqlite'), accountId: 'a', schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  const log = new CsvFeatureLog({ dir: join(folder, 'ml-logs'), schemas: ALL_SCHEMAS });
  reconcile(journal.reader(), log);
  log.close();

  const { signals, outcomes } = journal.reader().counts();
  expect(signals).toBeGreaterThan(acknowledged);
  expect(outcomes).toBe(signals);
  expect(acknowledged).toBeGreaterThan(KILLS * 10);
  exportRows(journal.reader(), { out: join(folder, 'out'), kinds: ['signals', 'outcomes', 'executions'], sinceMs: null });
  const names = readdirSync(join(folder, 'ml-logs')).sort();
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(names);
  for (const name of names)
    expect(readFileSync(join(folder, 'ml-logs', name), 'utf8')).toBe(readFileSync(join(folder, 'out', name), 'utf8'));
  const ids = names
    .filter((name) => name.startsWith('signals') && name.endsWith('.csv'))
    .flatMap((name) =>
      parseCsv(readFileSync(join(folder, 'ml-logs', name), 'utf8'))
        .slice(1)
        .map((record) => record[2]),
    );
  expect(ids).toEqual(Array.from({ length: signals }, (_, n) => signalNo(n).id));
});
