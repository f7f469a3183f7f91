// Traces outlive the process that wrote them, can be read beside it, and never stand in the way of a start.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DecisionTraces } from '../../../services/decision-traces.ts';
import { openTraceStore, readTraces } from '../../../src/adapters/journal/trace-store.ts';
import { symbolId } from '../../../src/core/units.ts';
import { JournalError } from '../../../src/ports/errors.ts';
import { aFolder } from '../../support/a-run.ts';
import { MIDNIGHT } from '../../support/a-signal.ts';

const minute = (n: number, ...bytes: number[]) => ({ barCloseMs: MIDNIGHT + n * 60_000, bytes: Uint8Array.from(bytes) });
const plainly = (load: ReturnType<typeof readTraces>) =>
  load?.minutes.map(({ barCloseMs, bytes }) => [(barCloseMs - MIDNIGHT) / 60_000, ...bytes]);

function storeAt(path: string, accountId = 'a') {
  const store = openTraceStore({ path, accountId });
  onTestFinished(() => store.close());
  return store;
}

it('is read beside the writer: words in order, a minute saved again replaced, old ones gone', () => {
  const path = join(aFolder(), 'traces.sqlite');
  const store = storeAt(path);
  store.save({ words: [{ id: 1, text: 'a' }], minutes: [minute(1, 1), minute(2, 2)], keepFromMs: 0 });
  store.save({ words: [{ id: 2, text: '币安' }], minutes: [minute(2, 2, 2), minute(3, 3)], keepFromMs: minute(2).barCloseMs });
  const beside = readTraces(path);
  expect(plainly(beside)).toEqual([
    [2, 2, 2],
    [3, 3],
  ]);
  expect(beside?.words).toEqual([
    { id: 1, text: 'a' },
    { id: 2, text: '币安' },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('saves all of a minute or nothing, and says so', () => {
  const store = storeAt(join(aFolder(), 'traces.sqlite'));
  store.save({ words: [{ id: 1, text: 'a' }], minutes: [], keepFromMs: 0 });
  expect(() => store.save({ words: [{ id: 1, text: 'again' }], minutes: [minute(1, 1)], keepFromMs: 0 })).toThrow(JournalError);
  expect(store.load().minutes).toEqual([]);
});

it('begins anew for another account and for a file that is no database', () => {
  const path = join(aFolder(), 'traces.sqlite');
  const first = openTraceStore({ path, accountId: 'a' });
  first.save({ words: [], minutes: [minute(1, 1)], keepFromMs: 0 });
  first.close();
  const same = openTraceStore({ path, accountId: 'a' });
  expect(same.load().minutes).toHaveLength(1);
  same.close();
  expect(storeAt(path, 'b').load()).toEqual({ words: [], minutes: [] });
  const spoilt = join(aFolder(), 'traces.sqlite');
  writeFileSync(spoilt, 'x'.repeat(8_192));
  expect(storeAt(spoilt).load()).toEqual({ words: [], minutes: [] });
});

it('is nothing where no bot has run', () => {
  expect(readTraces(join(aFolder(), 'traces.sqlite'))).toBeNull();
});

it('has every minute that was saved when its process is killed', async () => {
  const path = join(aFolder(), 'traces.sqlite');
  const child = fork(join(import.meta.dirname, '..', '..', 'support', 'trace-writer.ts'), [path], {
    execArgv: ['--import', 'tsx'],
  });
  let saved = 0;
  child.on('message', (n) => {
    saved = Number(n);
    if (saved === 20) child.kill('SIGKILL');
  });
  await once(child, 'close');
  const traces = new DecisionTraces();
  traces.restore(storeAt(path).load());
  expect(saved).toBeGreaterThanOrEqual(20);
  expect(traces.span?.toMs).toBeGreaterThanOrEqual(MIDNIGHT + saved * 60_000);
  expect(traces.newest(symbolId('ETHUSDT')).kind).toBe('evaluated');
});

it('keeps minutes on disk for their days, reads four hours at a time, and gives old ones up in small steps', () => {
  const path = join(aFolder(), 'traces.sqlite');
  const store = openTraceStore({ path, accountId: 'a', keepMs: 600 * 60_000 });
  onTestFinished(() => store.close());
  const minute = (n: number) => ({ barCloseMs: n * 60_000, bytes: Uint8Array.of(n % 256) });
  // As memory does it: minutes older than four hours are given up there.
  for (let n = 1; n <= 700; n++) store.save({ words: [], minutes: [minute(n)], keepFromMs: Math.max(0, n - 240) * 60_000 });
  const minutesOf = (load: ReturnType<typeof readTraces>) => load?.minutes.map(({ barCloseMs }) => barCloseMs / 60_000) ?? [];
  expect([minutesOf(store.load())[0], minutesOf(store.load()).at(-1)]).toEqual([461, 700]);
  const then = minutesOf(readTraces(path, 300 * 60_000));
  // 700 − 600 = 100: minute 100 is the oldest that is not older than its days.
  expect([then[0], then.at(-1), then.length]).toEqual([100, 300, 201]);
});
