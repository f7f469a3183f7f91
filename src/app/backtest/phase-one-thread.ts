// App, backtest: a thread of phase 1. It reads files into shared memory and takes groups of contracts through the strategy.
import { parentPort } from 'node:worker_threads';
import { strategyById } from '../../../strategy/registry.ts';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { type LoadRequest, loadSeries } from './load-series.ts';
import type { SharedSeries } from './series.ts';
import { type GroupRequest, runGroup, type SymbolResult } from './signal-run.ts';

export type ThreadTask =
  | { readonly kind: 'load'; readonly request: LoadRequest }
  | {
      readonly kind: 'run';
      /** Strategies are named: functions do not travel. */
      readonly request: Omit<GroupRequest, 'strategies'> & { readonly strategies: readonly string[] };
    };

export type ThreadResult =
  | { readonly kind: 'load'; readonly series: SharedSeries | null }
  | { readonly kind: 'run'; readonly symbols: readonly SymbolResult[]; readonly wallMs: number };

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly bars: number }
  | { readonly kind: 'done'; readonly id: number; readonly result: ThreadResult }
  /** `data`: what the user gave cannot be used. */
  | { readonly kind: 'failed'; readonly id: number; readonly cause: 'data' | 'fault'; readonly message: string };

function perform(task: ThreadTask, onProgress: (bars: number) => void): ThreadResult {
  switch (task.kind) {
    case 'load':
      return { kind: 'load', series: loadSeries(task.request) };
    case 'run': {
      const begun = performance.now();
      const strategies = task.request.strategies.map(strategyById);
      const symbols = runGroup({ ...task.request, strategies }, onProgress);
      return { kind: 'run', symbols, wallMs: performance.now() - begun };
    }
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  port.on('message', ({ id, task }: { readonly id: number; readonly task: ThreadTask }) => {
    try {
      tell({ kind: 'done', id, result: perform(task, (bars) => tell({ kind: 'progress', id, bars })) });
    } catch (error) {
      const cause = error instanceof MarketDataError ? 'data' : 'fault';
      const message = error instanceof Error ? (cause === 'data' ? error.message : (error.stack ?? error.message)) : String(error);
      tell({ kind: 'failed', id, cause, message });
    }
  });
}
