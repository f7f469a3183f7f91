// App, backtest: the tasks of phase 1, whoever does them: reading a file into shared memory, and taking a group of contracts through
// the strategy.
import { strategyById } from '../../../strategy/registry.ts';
import { type LoadRequest, loadSeries } from './load-series.ts';
import type { SharedSeries } from './series.ts';
import { type GroupRequest, runGroup, type SymbolResult } from './signal-run.ts';

export type PhaseOneTask =
  | { readonly kind: 'load'; readonly request: LoadRequest }
  | {
      readonly kind: 'run';
      /** Strategies are named: functions do not travel. */
      readonly request: Omit<GroupRequest, 'strategies'> & { readonly strategies: readonly string[] };
    };

export type PhaseOneResult =
  | { readonly kind: 'load'; readonly series: SharedSeries | null }
  | { readonly kind: 'run'; readonly symbols: readonly SymbolResult[] };

/** Whoever does tasks. Results come back in the order of the tasks. */
export interface TaskPool {
  /** `onProgress` is told of every bar that was heard, or of every file that was read. */
  run(tasks: readonly PhaseOneTask[], onProgress: (count: number) => void): Promise<readonly PhaseOneResult[]>;
  close(): Promise<void>;
}

export function performTask(task: PhaseOneTask, onProgress: (bars: number) => void): PhaseOneResult {
  switch (task.kind) {
    case 'load':
      return { kind: 'load', series: loadSeries(task.request) };
    case 'run': {
      const strategies = task.request.strategies.map(strategyById);
      return { kind: 'run', symbols: runGroup({ ...task.request, strategies }, onProgress) };
    }
  }
}
