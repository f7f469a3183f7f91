// Floor 1, room 4: the 82 feature columns of a training row, in their one order, and the hash that names it.
// A model is only ever asked with the vector whose hash it was trained on.
import { sha256Hex } from '../src/core/digest.ts';
import columns from './feature-columns.json' with { type: 'json' };

export interface FeatureColumn {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  /** Version of the definition: grows when the same name starts to mean something else. */
  readonly version: number;
}

export const FEATURE_COLUMNS: readonly FeatureColumn[] = columns;
export const FEATURE_NAMES: readonly string[] = FEATURE_COLUMNS.map((column) => column.name);

/** SHA-256 of the canonical list [name, type, unit, definition version]. */
export function schemaHash(list: readonly FeatureColumn[] = FEATURE_COLUMNS): string {
  return sha256Hex(JSON.stringify(list.map(({ name, type, unit, version }) => [name, type, unit, version])));
}
