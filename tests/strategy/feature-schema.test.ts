// The column list is the schema: its order is the specification's, and any change of meaning changes the hash.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { FEATURE_COLUMNS, FEATURE_NAMES, schemaHash } from '../../strategy/feature-schema.ts';
import { sharedDir } from '../support/shared-data.ts';

const reference = sharedDir('reference');

describe('the feature columns', () => {
  it('are 82, each with a name of its own', () => {
    expect(FEATURE_COLUMNS).toHaveLength(82);
    expect(new Set(FEATURE_NAMES).size).toBe(82);
  });

  it('stand where the specification numbers them', () => {
    const at = (number: number): string | undefined => FEATURE_NAMES[number - 1];
    expect([1, 7, 18, 19, 28, 29, 35].map(at)).toEqual([
      'ema200_dist_atr',
      'macd_cross_age',
      'eff_ratio20',
      'rsi1_d',
      'wick_against_frac',
      'vol1_ratio20',
      'log10_qvol_24h',
    ]);
    expect([36, 52, 55, 56, 66, 70, 76, 77, 82].map(at)).toEqual([
      'structure_d',
      'sweep_age',
      'conflict_n',
      'btc_ret15_atr_d',
      'funding_bps_d',
      'sl_dist_atr',
      'tick_bps',
      'hour_sin',
      'gap_bars',
    ]);
  });

  it.skipIf(reference === null)('are the list of the reference text, name by name', () => {
    const text = readFileSync(join(reference ?? '', 'ml.md'), 'utf8');
    const section = text.slice(text.indexOf('### 3.3'), text.indexOf('Also logged, not fed'));
    const named = [...section.matchAll(/(\d+) `([a-z0-9_]+)`/g)].map((found) => [Number(found[1]), found[2]]);
    expect(named).toEqual(FEATURE_NAMES.map((name, i) => [i + 1, name]));
  });
});

describe('the schema hash', () => {
  const list = [
    { name: 'a', type: 'float', unit: 'atr', version: 1 },
    { name: 'b', type: 'int', unit: 'bars', version: 1 },
  ];

  it('is the SHA-256 of [name, type, unit, version] rows', () => {
    expect(schemaHash(list)).toBe(sha256Hex('[["a","float","atr",1],["b","int","bars",1]]'));
    expect(schemaHash()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('changes with order, unit and version', () => {
    const [a, b] = list as [(typeof list)[0], (typeof list)[0]];
    const others = [schemaHash([b, a]), schemaHash([{ ...a, unit: 'bps' }, b]), schemaHash([{ ...a, version: 2 }, b])];
    expect(new Set([schemaHash(list), ...others]).size).toBe(4);
  });
});
