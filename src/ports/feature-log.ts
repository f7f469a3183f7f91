// Ports: training rows as files. The database is the truth; these files are a projection that can be rebuilt from it.
import type { TrainingRow } from '../core/journal.ts';

export type RowStream = 'signals' | 'outcomes' | 'executions';

export interface FeatureLog {
  /** Returns at once; a failure is counted and told, never thrown. `atMs` chooses the file's UTC day. */
  append(stream: RowStream, row: TrainingRow, atMs: number): void;
  flush(): void;
}
