// Training rows of a made-up market, in the product's own schema: signals of the same two hours share one shock, the target's chance
// may hang on five of the 82 features, and a regime drifts. Whoever finds an edge where none was planted has fooled himself.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerLine, rowLine } from '../../src/adapters/feature-log/csv-text.ts';
import type { Cell } from '../../src/core/journal.ts';
import { SeededRandom } from '../../src/core/random.ts';
import { type RowSchema, schemaJson } from '../../src/core/row-schema.ts';
import { type RowSchemas, trainingSchemas } from '../../src/core/training-rows.ts';
import { FEATURE_COLUMNS } from '../../strategy/feature-schema.ts';

export const SCHEMAS: RowSchemas = trainingSchemas(FEATURE_COLUMNS);
const FROM_MS = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const RR = 1.5;
const COST_R = 0.1;
const WEIGHTS = [0.36, -0.31, 0.26, 0.21, -0.15];
/** Which columns carry the planted edge: spread over the vector. */
const PLACES = [0, 17, 33, 52, 70];

export interface MadeSignal {
  readonly id: string;
  readonly atMs: number;
  readonly features: Float64Array;
  /** Chance of target before stop with the planted edge, and without it. */
  readonly planted: number;
  readonly plain: number;
}

export type Row = Record<string, Cell>;

const gauss = (random: SeededRandom): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** A feature vector: some on a decimal grid, so that ties fall on thresholds; 8 % missing. */
export function aVector(random: SeededRandom, length = FEATURE_COLUMNS.length): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    if (random.next() < 0.08) return Number.NaN;
    const value = gauss(random);
    return i % 3 === 0 ? Math.round(value * 10) / 10 : value;
  });
}

export function madeSignals(count: number, seed: number): MadeSignal[] {
  const random = new SeededRandom(seed);
  let [hour, shock] = [-1, 0];
  return Array.from({ length: count }, (_, i) => {
    const atMs = FROM_MS + i * 9 * 60_000;
    const block = Math.floor(atMs / (2 * HOUR));
    if (block !== hour) [hour, shock] = [block, 0.4 * gauss(random)];
    const features = aVector(random);
    const drift = 0.15 * Math.sin((2 * Math.PI * i) / count);
    const edge = PLACES.reduce(
      (sum, place, k) => sum + (WEIGHTS[k] ?? 0) * (Number.isNaN(features[place]) ? 0 : (features[place] ?? 0)),
      0,
    );
    const plain = -0.42 + drift + shock;
    return { id: i.toString(16).padStart(16, '0'), atMs, features, planted: sigmoid(plain + edge), plain: sigmoid(plain) };
  });
}

const empty = (schema: RowSchema): Row => ({
  ...Object.fromEntries(schema.columns.map(({ name }) => [name, null])),
  schema_version: schema.version,
  schema_hash: schema.hash,
});

export function signalRowOf({ id, atMs, features }: MadeSignal): Row {
  const names = SCHEMAS.signals.columns.filter(({ role }) => role === 'feature').map(({ name }) => name);
  return {
    ...empty(SCHEMAS.signals),
    ...Object.fromEntries(names.map((name, i) => [name, Number.isNaN(features[i]) ? null : (features[i] ?? null)])),
    signal_id: id,
    opportunity_id: `o${id}`,
    symbol: 'ETHUSDT',
    side: features[1] !== undefined && features[1] > 0 ? 'long' : 'short',
    setup: 'orderBlock',
    ts_bar_close_ms: atMs,
    ts_decision_ms: atMs,
    ts_data_max_ms: atMs,
    entry_ref_price: 100,
    sl_price: 99,
    tp_price: 100 + RR,
  };
}

export function outcomeRowOf({ id, atMs }: MadeSignal, hit: 0 | 1): Row {
  return {
    ...empty(SCHEMAS.outcomes),
    signal_id: id,
    outcome: hit === 1 ? 'tp_first' : 'sl_first',
    y: hit,
    r_gross: hit === 1 ? RR : -1,
    r_net: (hit === 1 ? RR : -1) - COST_R,
    t_entry_ms: atMs,
    t_exit_ms: atMs + HOUR,
  };
}

/** Outcomes drawn by each signal's own chance. */
export function drawn(signals: readonly MadeSignal[], chance: 'planted' | 'plain', seed: number): (0 | 1)[] {
  const random = new SeededRandom(seed);
  return signals.map((signal) => (random.next() < signal[chance] ? 1 : 0));
}

/** The same labels for other signals. */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const random = new SeededRandom(seed);
  return values
    .map((value) => ({ value, key: random.next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

export const csvOf = (schema: RowSchema, rows: readonly Row[]): string =>
  headerLine(schema) + rows.map((row) => rowLine(schema, row)).join('');

export function writeStream(dir: string, schema: RowSchema, csv: string): void {
  mkdirSync(dir, { recursive: true });
  const stem = `${schema.stream}-v${schema.version}-${schema.hash.slice(0, 8)}-2026-01-01`;
  writeFileSync(join(dir, `${stem}.csv`), csv);
  writeFileSync(join(dir, `${stem}.schema.json`), schemaJson(schema));
}
