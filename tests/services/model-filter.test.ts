// What a model says of a signal stands in its row, its notice and its explanation; only a filter that is on refuses.
import { describe, expect, it } from 'vitest';
import type { ModelFilter } from '../../services/execution/model-opinions.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { Model } from '../../src/ports/model.ts';
import { aSignal, ExecutionBench } from '../support/execution-bench.ts';

const aModel = (probability: number, version = 'm1'): Model => ({ version, missR: -0.9, probability: () => probability });
const filter = (mode: ModelFilter['mode'], model: Model | null): ModelFilter => ({
  mode,
  minProbability: 0.55,
  source: { current: () => model },
});

type SignalRow = Extract<JournalRow, { table: 'signal' }>;
const signalRow = (bench: ExecutionBench): SignalRow => {
  const row = bench.journal.commits.flat().find((one) => one.table === 'signal');
  if (row?.table !== 'signal') throw new Error('no signal was written');
  return row;
};

async function decided(
  modelFilter?: ModelFilter,
): Promise<{ readonly fate: string | undefined; readonly bench: ExecutionBench }> {
  const bench = await new ExecutionBench(modelFilter === undefined ? {} : { modelFilter }).start();
  const signal = aSignal();
  return { fate: (await bench.decide(signal)).get(signal.id), bench };
}

describe('a signal and the model', () => {
  it('is refused below the asked probability, with the reason, the probability and the expected value in its row', async () => {
    const { fate, bench } = await decided(filter('on', aModel(0.4)));
    expect([fate, bench.entries()]).toEqual(['virtual: model', []]);
    const { row, snapshotJson } = signalRow(bench);
    // 0.4 · 2 + 0.6 · (−0.9) − 0.06 = 0.2
    expect(row).toMatchObject({ model_version: 'm1', p_model: 0.4, taken: 0, skip_reason: 'model' });
    expect(row['ev_r']).toBeCloseTo(0.2, 12);
    expect(JSON.parse(snapshotJson)).toMatchObject({
      judgement: { reason: 'model', text: 'm1 gives the target 0.400, 0.55 is asked for' },
      model: { version: 'm1', probability: 0.4, mode: 'on', threshold: 0.55, pass: false },
    });
    expect(bench.told('signal')).toMatchObject([{ pModel: 0.4, modelVersion: 'm1' }]);
  });

  it('is entered in shadow all the same, and says what a filter would have said', async () => {
    const { fate, bench } = await decided(filter('shadow', aModel(0.4)));
    expect(fate).toBe('real');
    expect(signalRow(bench).row).toMatchObject({ p_model: 0.4, taken: 1 });
    expect(JSON.parse(signalRow(bench).snapshotJson)).toMatchObject({ model: { mode: 'shadow', pass: false } });
  });

  it('passes a filter that is on but has no model, and its row knows of none', async () => {
    const { fate, bench } = await decided(filter('on', null));
    expect(fate).toBe('real');
    expect(signalRow(bench).row).toMatchObject({ model_version: null, p_model: null, ev_r: null });
    expect(JSON.parse(signalRow(bench).snapshotJson)).not.toHaveProperty('model');
  });

  it('is not asked about where the filter is off', async () => {
    const { fate, bench } = await decided(filter('off', aModel(0.1)));
    expect([fate, signalRow(bench).row['p_model']]).toEqual(['real', null]);
  });

  it('is judged anew on yes by what was said at its decision, whatever model came since', async () => {
    let model: Model = aModel(0.7);
    const modelFilter: ModelFilter = { mode: 'on', minProbability: 0.55, source: { current: () => model } };
    const bench = await new ExecutionBench({ modelFilter, entryConfirm: 'discord' }).start();
    await bench.decide(aSignal());
    model = aModel(0.1, 'm2');
    bench.service.onMarks([{ symbol: aSignal().symbol, markPrice: 100, fundingRate: 0, nextFundingMs: aSignal().barCloseMs }]);
    bench.service.onCommand({ kind: 'confirmEntry', signalId: aSignal().id }, 'someone');
    await bench.pass(500);
    expect(bench.told('entryAnswered').map((notice) => notice['outcome'])).toEqual(['confirmed']);
  });

  it('shares one model with its minute, whatever is loaded while it is decided', async () => {
    let asked = 0;
    const source = { current: () => aModel(0.9, `m${++asked}`) };
    const bench = await new ExecutionBench({ modelFilter: { mode: 'shadow', minProbability: 0.55, source } }).start();
    await bench.decide(aSignal(), { ...aSignal(), id: 'another', side: 'short' });
    const rows = bench.journal.commits.flat().filter((one) => one.table === 'signal');
    expect(rows.map((one) => (one.table === 'signal' ? one.row['model_version'] : ''))).toEqual(['m1', 'm1']);
  });
});
