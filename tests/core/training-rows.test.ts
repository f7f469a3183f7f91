// Training rows: columns in their order, missing is null, and a hash that any change of meaning changes.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rowSchema, schemaJson } from '../../src/core/row-schema.ts';
import {
  executionRow,
  outcomeRow,
  qualityOf,
  rowId,
  rowInstant,
  signalRow,
  trainingSchemas,
} from '../../src/core/training-rows.ts';
import { decimalString } from '../../src/core/units.ts';
import { aClosedTrade, anOutcome, aPlan, SCHEMAS, signalInput, signalNo } from '../support/a-run.ts';
import { anInstrument } from '../support/a-signal.ts';

// ml.md §3.2, in its order.
const IDENTITY =
  'schema_version schema_hash signal_id opportunity_id run_id run_mode is_virtual strategy_version config_hash code_version model_version symbol side setup ts_bar_close_ms ts_decision_ms ts_data_max_ms entry_ref_price sl_price tp_price rule_score rank_in_minute p_model ev_r taken skip_reason';
const spec = (name: string, version = 1) => ({ name, type: 'float', unit: 'atr', version });

describe('the signal row', () => {
  it('holds the identity of ml.md §3.2, then the features, then what is only logged', () => {
    const names = SCHEMAS.signals.columns.map(({ name }) => name);
    expect(names.slice(0, 26)).toEqual(IDENTITY.split(' '));
    expect(names.slice(26, 29)).toEqual(['ema200_dist_atr', 'bos_age', 'funding_bps_d']);
    expect(names.slice(29)).toEqual(['barrier_ms', 'n_symbols_ready', 'late_close', 'open_positions', 'equity_usdt']);
    expect(Object.keys(signalRow(SCHEMAS.signals, signalInput(signalNo(1))))).toEqual(names);
  });

  it('writes an unknown feature as missing, never as zero', () => {
    const row = signalRow(
      SCHEMAS.signals,
      signalInput(signalNo(1), { features: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0) }),
    );
    expect([row['ema200_dist_atr'], row['bos_age'], row['funding_bps_d']]).toEqual([null, null, 0]);
    expect([row['p_model'], row['model_version']]).toEqual([null, null]);
  });

  it('says whether it was taken, and why not', () => {
    const taken = signalRow(SCHEMAS.signals, signalInput(signalNo(1), { decision: { kind: 'taken' } }));
    expect([taken['taken'], taken['is_virtual'], taken['skip_reason']]).toEqual([1, 0, null]);
    const skipped = signalRow(SCHEMAS.signals, signalInput(signalNo(1), { decision: { kind: 'skipped', reason: 'cluster' } }));
    expect([skipped['taken'], skipped['is_virtual'], skipped['skip_reason']]).toEqual([0, 1, 'cluster']);
  });

  it('is refused when a feature used data from after its bar, or when the vector has another length', () => {
    const signal = signalNo(1);
    expect(() => signalRow(SCHEMAS.signals, signalInput(signal, { dataMaxMs: signal.barCloseMs + 1 }))).toThrow(/after its bar/);
    expect(() => signalRow(SCHEMAS.signals, signalInput(signal, { features: new Float64Array(2) }))).toThrow(/2 features for 3/);
  });

  it('has no feature that is an identity, a time or a label', () => {
    const features = SCHEMAS.signals.columns.filter(({ role }) => role === 'feature').map(({ name }) => name);
    expect(features).toEqual(['ema200_dist_atr', 'bos_age', 'funding_bps_d']);
    for (const schema of [SCHEMAS.outcomes, SCHEMAS.executions])
      expect(schema.columns.some(({ role }) => role === 'feature')).toBe(false);
  });
});

describe('the outcome row', () => {
  it.each([
    ['target', 'tp_first', 1, 1],
    ['stop', 'sl_first', 0, 0],
    ['timeout', 'timeout', 0, null],
  ] as const)('of %s is %s with y = %d and y_720 = %s', (exit, outcome, y, y720) => {
    const row = outcomeRow(SCHEMAS.outcomes, anOutcome(signalNo(1), { exit }));
    expect([row['outcome'], row['y'], row['ambiguous'], row['y_720'], row['label_version']]).toEqual([outcome, y, 0, y720, 1]);
    expect([row['r_gross'], row['r_net'], row['mfe_r'], row['mae_r'], row['bars_to_mfe'], row['bars_held']]).toEqual([
      0.8, 0.68, 0.8, 0.4, 2, 2,
    ]);
  });
});

describe('the execution row', () => {
  const input = (change: Parameters<typeof aClosedTrade>[1] = {}, plan = aPlan(1)) => ({
    plan,
    closed: aClosedTrade(1, change),
    run: { runId: 'run-1', runMode: 'sim' },
    grid: anInstrument().grid,
    latencyMs: 180,
    protectMs: 340,
    entryOrderIds: ['77'],
    exitOrderIds: ['78', '79'],
    quality: 'complete' as const,
  });

  it('measures slippage so that worse is positive', () => {
    // Long, planned 100.00, got 100.10: 10 bp worse. Target 101.00, sold at 100.90: 9.9 bp worse.
    const row = executionRow(SCHEMAS.executions, input({ averageExit: decimalString('100.9') }));
    expect(row['slippage_bps']).toBeCloseTo(10, 9);
    expect(row['exit_slippage_bps']).toBeCloseTo((0.1 / 101) * 1e4, 9);
    expect([row['qty_intended'], row['qty_filled'], row['fill_fraction'], row['exit_order_ids']]).toEqual([24, 24, 1, '78 79']);
  });

  it('turns the sign for a short', () => {
    // Short, planned 100.00, sold at 99.90: 10 bp worse; the stop at 99.00 bought back at 99.0495: 5 bp worse.
    const row = executionRow(
      SCHEMAS.executions,
      input({ side: 'short', averageEntry: decimalString('99.9'), averageExit: decimalString('99.0495'), exitClass: 'stop' }),
    );
    expect(row['slippage_bps']).toBeCloseTo(10, 9);
    expect(row['exit_slippage_bps']).toBeCloseTo(5, 9);
  });

  it('knows no intended price of an exit that had none', () => {
    const row = executionRow(SCHEMAS.executions, input({ exitClass: 'timeStop' }));
    expect([row['exit_intended'], row['exit_slippage_bps']]).toEqual([null, null]);
  });
});

describe('the schema hash', () => {
  it('is the SHA-256 of the canonical list of name, type, unit and definition version', () => {
    const schema = rowSchema('signals', 1, [{ name: 'a', type: 'float', unit: 'atr', version: 2, role: 'feature' }]);
    expect(schema.hash).toBe(createHash('sha256').update('[["a","float","atr",2]]').digest('hex'));
    expect(schema.featureHash).toBe(schema.hash);
  });

  it('changes with a name, an order or a definition, and with nothing else', () => {
    const base = trainingSchemas([spec('a'), spec('b')]).signals.hash;
    expect(trainingSchemas([spec('a'), spec('b')]).signals.hash).toBe(base);
    for (const other of [[spec('b'), spec('a')], [spec('a'), spec('c')], [spec('a'), spec('b', 2)], [spec('a')]]) {
      expect(trainingSchemas(other).signals.hash).not.toBe(base);
    }
  });

  it('cannot be made from two columns of one name', () => {
    expect(() => trainingSchemas([spec('rule_score')])).toThrow(/share a name/);
    expect(() => trainingSchemas([{ ...spec('x'), type: 'object' }])).toThrow(/unknown type/);
  });

  it('stands in the sidecar with every column', () => {
    const file = JSON.parse(schemaJson(SCHEMAS.outcomes)) as { schema_hash: string; stream: string; columns: { name: string }[] };
    expect([file.stream, file.schema_hash, file.columns.length]).toEqual([
      'outcomes',
      SCHEMAS.outcomes.hash,
      SCHEMAS.outcomes.columns.length,
    ]);
  });
});

describe('what files a row', () => {
  it('is its own instant and its own id', () => {
    const signal = signalNo(5);
    expect(rowInstant('signals', signalRow(SCHEMAS.signals, signalInput(signal)))).toBe(signal.barCloseMs);
    const label = outcomeRow(SCHEMAS.outcomes, anOutcome(signal));
    expect([rowInstant('outcomes', label), rowId('outcomes', label)]).toEqual([signal.barCloseMs + 120_000, signal.id]);
    expect(() => rowId('executions', label)).not.toThrow();
    expect(() => rowInstant('executions', label)).toThrow(/t_close_ms/);
  });
});

describe('the quality of a row', () => {
  it('is reconstructed when it was found out more than a day after it happened', () => {
    const DAY = 86_400_000;
    expect([qualityOf(0, DAY), qualityOf(0, DAY + 1)]).toEqual(['complete', 'reconstructed']);
    const row = outcomeRow(SCHEMAS.outcomes, anOutcome(signalNo(1)), { quality: 'reconstructed' });
    expect([row['quality'], outcomeRow(SCHEMAS.outcomes, anOutcome(signalNo(1)))['quality']]).toEqual([
      'reconstructed',
      'complete',
    ]);
  });
});
