// Questions about the past over the real thread and the real database.
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DecisionTraces } from '../../../services/decision-traces.ts';
import { parseCsv } from '../../../src/adapters/feature-log/csv-text.ts';
import { openJournal } from '../../../src/adapters/journal/sqlite.ts';
import { openTraceStore } from '../../../src/adapters/journal/trace-store.ts';
import { WorkerHistory } from '../../../src/app/history/worker-history.ts';
import { add, formatDecimal, parseDecimal } from '../../../src/core/decimal.ts';
import type { JournalRow } from '../../../src/core/journal.ts';
import { decimalString, epochMs, symbolId } from '../../../src/core/units.ts';
import { JournalError } from '../../../src/ports/errors.ts';
import { ALL_SCHEMAS, aFolder, anIntent, aPlan, closedEntry, outcomeEntry, signalEntry, signalNo } from '../../support/a-run.ts';
import { MIDNIGHT } from '../../support/a-signal.ts';
import { anEvaluation } from '../../support/an-evaluation.ts';

const EVER = { fromMs: epochMs(0), toMs: epochMs(MIDNIGHT + 86_400_000) };
const ETH = symbolId('ETHUSDT');
const LIMIT = 8 * 1024 * 1024;

function aHistory(rows: readonly JournalRow[]): WorkerHistory {
  const path = join(aFolder(), 'a.sqlite');
  const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
  onTestFinished(() => journal.close());
  journal.commit(rows);
  const history = new WorkerHistory(path, `${path}.traces`);
  onTestFinished(() => history.close());
  return history;
}

const closed = (n: number, change: Parameters<typeof closedEntry>[1] = {}): JournalRow[] => [
  { table: 'intent', row: anIntent(n, { plan: aPlan(n), state: 'swept' }) },
  closedEntry(n, change),
];
const balance = (at: number, equity: string): JournalRow => ({
  table: 'balance',
  row: { at: epochMs(at), walletBalance: equity, marginBalance: equity, availableBalance: equity, cause: 'read' },
});

describe('statistics of a span', () => {
  it('count what closed in it, with the money to the last digit', async () => {
    const history = aHistory([
      ...[1, 2].flatMap((n) => closed(n)),
      ...closed(3, { netPnlUsdt: decimalString('-24.1'), netR: -1, exitClass: 'stop' }),
      ...[1, 2].flatMap((n) => [signalEntry(signalNo(n)), outcomeEntry(signalNo(n))]),
    ]);
    const report = await history.stats(EVER);
    expect(report).toMatchObject({ trades: 3, verdict: 'tooFew', signals: 2, winRate: { hits: 2, n: 3 } });
    // 19.1868 + 19.1868 − 24.1 = 14.2736; commission 3 × 2.4132 = 7.2396.
    expect(report.money).toMatchObject({ netUsdt: '14.2736', commissionUsdt: '7.2396', fundingUsdt: '0' });
    const { money } = report;
    const gross = add(add(parseDecimal(money.netUsdt), parseDecimal(money.commissionUsdt)), parseDecimal(money.slippageUsdt));
    expect(money.grossUsdt).toBe(formatDecimal(gross));
    const early = await history.stats({ fromMs: epochMs(0), toMs: epochMs(MIDNIGHT + 60_000) });
    expect(early).toMatchObject({ trades: 0, signals: 0, curve: [] });
  });

  it('add up the seconds without a stop over thirty days', async () => {
    const entry = (n: number, protectMs: number): JournalRow[] =>
      closed(n).map((row) => (row.table === 'closedTrade' ? { ...row, row: { ...row.row, protect_ms: protectMs } } : row));
    const history = aHistory([...entry(1, 300), ...entry(2, 1_200)]);
    expect(await history.stats(EVER)).toMatchObject({ nakedSeconds30d: 1.5, worstNakedSeconds30d: 1.2 });
    const later = epochMs(MIDNIGHT + 32 * 86_400_000);
    expect(await history.stats({ fromMs: epochMs(0), toMs: later })).toMatchObject({ trades: 2, nakedSeconds30d: 0 });
  });
});

describe('the balance of a span', () => {
  it('begins with what was known before it', async () => {
    const history = aHistory([balance(1, '90'), balance(2, '100'), balance(10, '120'), balance(20, '90'), balance(40, '1e-7')]);
    const report = await history.balances({ fromMs: epochMs(5), toMs: epochMs(30) });
    expect(report.curve.map(({ at, usdt }) => [at, usdt])).toEqual([
      [2, '100'],
      [10, '120'],
      [20, '90'],
    ]);
    expect(report.maxDrawdown).toMatchObject({ usdt: '30', pct: 25 });
    expect([report.first?.at, report.last?.at]).toEqual([2, 20]);
    expect((await history.balances({ fromMs: epochMs(30), toMs: epochMs(50) })).last?.usdt).toBe('0.000000100000');
    expect(await aHistory([]).balances(EVER)).toMatchObject({ curve: [], first: null, last: null });
  });
});

describe('pages', () => {
  it('show the newest first and stay in range', async () => {
    const history = aHistory([1, 2, 3, 4, 5].flatMap((n) => closed(n)));
    const page = await history.trades({ page: 0, size: 2 });
    expect([page.page, page.pages, page.total]).toEqual([0, 3, 5]);
    expect(page.lines.map(({ signalId }) => signalId)).toEqual([signalNo(5).id, signalNo(4).id]);
    expect(page.lines[0]).toMatchObject({ leverage: 3, score: 85, quality: 'complete', netPnlUsdt: '19.1868' });
    expect((await history.trades({ page: 99, size: 2 })).lines.map(({ signalId }) => signalId)).toEqual([signalNo(1).id]);
    expect(await history.virtuals({ page: 3, size: 10 })).toEqual({ lines: [], page: 0, pages: 1, total: 0 });
  });

  it('of virtual positions hold those that were shown, with why they were not real', async () => {
    const history = aHistory([
      signalEntry(signalNo(1)),
      outcomeEntry(signalNo(1), { role: 'shown' }),
      signalEntry(signalNo(2)),
      outcomeEntry(signalNo(2), { role: 'label' }),
    ]);
    const { lines } = await history.virtuals({ page: 0, size: 10 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ signalId: signalNo(1).id, reason: 'rank', exit: 'target', netR: 0.68, entryPrice: 100.2 });
  });
});

describe('files', () => {
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

  it('for people open right in a spreadsheet and sum up to the statistics', async () => {
    const odd = symbolId('=币安人生USDT');
    const history = aHistory([...closed(1), ...closed(2, { symbol: odd, netPnlUsdt: decimalString('-24.1'), netR: -1 })]);
    const [file] = await history.exportCsv({ kind: 'trades', span: EVER, maxFileBytes: LIMIT });
    expect(file).toMatchObject({ name: 'trades-2025-06-02.csv', rows: 2 });
    const text = textOf(file?.bytes ?? new Uint8Array());
    expect(text.startsWith('\uFEFFclosed_utc,')).toBe(true);
    const [names = [], ...records] = parseCsv(text.slice(1));
    const column = (name: string) => records.map((record) => record[names.indexOf(name)]);
    expect(column('symbol')).toEqual(['ETHUSDT', "'=币安人生USDT"]);
    // Numbers are numbers: a minus sign is no formula.
    expect(column('net_pnl_usdt')).toEqual(['19.1868', '-24.1']);
    expect(column('closed_utc')[0]).toBe('2025-06-02T00:11:00.000Z');
    // 19.1868 − 24.1 = −4.9132
    expect((await history.stats(EVER)).money.netUsdt).toBe('-4.9132');
  });

  it('for training are the rows byte for byte, with their schema beside them', async () => {
    const history = aHistory([signalEntry(signalNo(1)), signalEntry(signalNo(2))]);
    const files = await history.exportCsv({ kind: 'signals', span: EVER, maxFileBytes: LIMIT });
    const hash8 = ALL_SCHEMAS[0]?.hash.slice(0, 8);
    expect(files.map(({ name }) => name)).toEqual([
      `signals-v1-${hash8}-2025-06-02.csv`,
      `signals-v1-${hash8}-2025-06-02.schema.json`,
    ]);
    const text = textOf(files[0]?.bytes ?? new Uint8Array());
    expect(text.startsWith('schema_version,')).toBe(true);
    expect(parseCsv(text)).toHaveLength(3);
  });

  it('are compressed above the limit and split where that is not enough; no row is lost', async () => {
    const history = aHistory(Array.from({ length: 60 }, (_, n) => closed(n)).flat());
    const packed = await history.exportCsv({ kind: 'trades', span: EVER, maxFileBytes: 4_000 });
    expect(packed.map(({ name }) => name)).toEqual(['trades-2025-06-02.csv.gz']);
    const parts = await history.exportCsv({ kind: 'trades', span: EVER, maxFileBytes: 600 });
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.every(({ bytes }) => bytes.length <= 600)).toBe(true);
    const rows = parts.flatMap(({ name, bytes }) => parseCsv(textOf(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)).slice(1));
    expect(new Set(rows.map((record) => record.at(-1))).size).toBe(60);
  });

  it('there are none where nothing happened', async () => {
    expect(await aHistory([]).exportCsv({ kind: 'trades', span: EVER, maxFileBytes: LIMIT })).toEqual([]);
  });
});

describe('the decision about one bar', () => {
  it('is found in the journal where no trace of it is left, and in the traces where no signal came of it', async () => {
    const path = join(aFolder(), 'a.sqlite');
    const journal = openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS });
    onTestFinished(() => journal.close());
    const signal = signalNo(1);
    const snapshotJson = JSON.stringify({ rank: 2, judgement: { kind: 'virtual', reason: 'cluster' } });
    journal.commit([{ ...signalEntry(signal), evaluationJson: JSON.stringify(signal), snapshotJson } as JournalRow]);
    const store = openTraceStore({ path: `${path}.traces`, accountId: 'a' });
    onTestFinished(() => store.close());
    const traces = new DecisionTraces();
    const barCloseMs = epochMs(MIDNIGHT + 30 * 86_400_000);
    traces.record({ barCloseMs, scanned: [ETH], evaluations: [anEvaluation({ symbol: ETH, barCloseMs })] });
    store.save(traces.unsaved());
    const history = new WorkerHistory(path, `${path}.traces`);
    onTestFinished(() => history.close());
    const kept = await history.decision({ symbol: signal.symbol, atMs: signal.barCloseMs });
    expect(kept).toMatchObject({
      kind: 'evaluated',
      decisions: [{ evaluation: { emitted: true, score: signal.score }, fate: { rank: 2, reason: 'cluster' } }],
    });
    const traced = await history.decision({ symbol: ETH, atMs: barCloseMs });
    expect(traced).toMatchObject({ kind: 'evaluated', decisions: [{ evaluation: { firstFailedGate: 'room' }, fate: null }] });
    const nothing = await history.decision({ symbol: ETH, atMs: epochMs(MIDNIGHT) });
    expect(nothing).toMatchObject({ kind: 'absent', span: { toMs: barCloseMs }, decisions: [] });
  });
});

describe('a thread that cannot answer', () => {
  it('says why, and answers the next question', async () => {
    const path = join(aFolder(), 'a.sqlite');
    const history = new WorkerHistory(path, `${path}.traces`);
    onTestFinished(() => history.close());
    await expect(history.stats(EVER)).rejects.toThrow(JournalError);
    openJournal({ path, accountId: 'a', schemas: ALL_SCHEMAS }).close();
    expect(await history.stats(EVER)).toMatchObject({ trades: 0 });
  });
});
