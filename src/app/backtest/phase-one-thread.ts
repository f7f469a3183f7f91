// App, backtest: a thread of phase 1. It takes a task, tells how far it is, and hands over what it found.
import { parentPort } from 'node:worker_threads';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { type PhaseOneResult, type PhaseOneTask, performTask } from './phase-one.ts';

export type ThreadMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly bars: number }
  | { readonly kind: 'done'; readonly id: number; readonly result: PhaseOneResult }
  /** `data`: what the user gave cannot be used. */
  | { readonly kind: 'failed'; readonly id: number; readonly cause: 'data' | 'fault'; readonly message: string };

if (parentPort !== null) {
  const port = parentPort;
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  port.on('message', ({ id, task }: { readonly id: number; readonly task: PhaseOneTask }) => {
    try {
      tell({ kind: 'done', id, result: performTask(task, (bars) => tell({ kind: 'progress', id, bars })) });
    } catch (error) {
      const cause = error instanceof MarketDataError ? 'data' : 'fault';
      const message =
        error instanceof Error ? (cause === 'data' ? error.message : (error.stack ?? error.message)) : String(error);
      tell({ kind: 'failed', id, cause, message });
    }
  });
}
