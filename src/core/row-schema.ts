// Floor 0, the words: the schema of a training row: its columns in order, and the hash that names the file. A column that
// starts to mean something else gets a higher definition version, and thereby another file.
import { sha256Hex } from './digest.ts';

export type ColumnType = 'text' | 'int' | 'float' | 'flag';
/** Only `feature` columns may ever reach a model; `label` columns know the future. */
export type ColumnRole = 'id' | 'feature' | 'label' | 'info';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly unit: string;
  readonly version: number;
  readonly role: ColumnRole;
}

export type StreamName = 'signals' | 'outcomes' | 'executions';
export const STREAMS: readonly StreamName[] = ['signals', 'outcomes', 'executions'];

export interface RowSchema {
  readonly stream: StreamName;
  /** Grows with every incompatible change of a stream's fixed columns. */
  readonly version: number;
  readonly columns: readonly Column[];
  /** SHA-256 of the canonical list [name, type, unit, definition version]. */
  readonly hash: string;
  /** The same over the feature columns alone: what a model is trained on and asked with. Empty without features. */
  readonly featureHash: string;
}

/** Canonical text of a column list: what is hashed. */
export const canonicalColumns = (columns: readonly Omit<Column, 'role'>[]): string =>
  JSON.stringify(columns.map(({ name, type, unit, version }) => [name, type, unit, version]));

export function rowSchema(stream: StreamName, version: number, columns: readonly Column[]): RowSchema {
  const features = columns.filter((column) => column.role === 'feature');
  return {
    stream,
    version,
    columns,
    hash: sha256Hex(canonicalColumns(columns)),
    featureHash: features.length === 0 ? '' : sha256Hex(canonicalColumns(features)),
  };
}

/** The sidecar that stands beside each CSV file; also how a schema is kept in the database. */
export function schemaJson(schema: RowSchema): string {
  const columns = schema.columns.map((column) => `    ${JSON.stringify(column)}`).join(',\n');
  const head = {
    stream: schema.stream,
    schema_version: schema.version,
    schema_hash: schema.hash,
    feature_hash: schema.featureHash,
  };
  const fields = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return `{\n${fields.join(',\n')},\n  "columns": [\n${columns}\n  ]\n}\n`;
}

const column = (role: ColumnRole, type: ColumnType, unit: string, names: string): Column[] =>
  names.split(' ').map((name) => ({ name, type, unit, version: 1, role }));

export const textColumns = (role: ColumnRole, names: string): Column[] => column(role, 'text', '', names);
export const flagColumns = (role: ColumnRole, names: string): Column[] => column(role, 'flag', '0/1', names);
export const timeColumns = (role: ColumnRole, names: string): Column[] => column(role, 'int', 'ms', names);
export const intColumns = (role: ColumnRole, unit: string, names: string): Column[] => column(role, 'int', unit, names);
export const floatColumns = (role: ColumnRole, unit: string, names: string): Column[] => column(role, 'float', unit, names);
