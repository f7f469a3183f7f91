// App, backtest: some threads and a list of tasks. Results come back in the order of the tasks, whoever did them; the first failure
// ends all.
import type { Worker } from 'node:worker_threads';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { startThread } from '../worker-thread.ts';
import type { PhaseOneResult, PhaseOneTask, TaskPool } from './phase-one.ts';
import type { ThreadMessage } from './phase-one-thread.ts';

const threadUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './phase-one-thread.ts' : './phase-one-thread.js', import.meta.url);

interface Round {
  readonly tasks: readonly PhaseOneTask[];
  readonly results: PhaseOneResult[];
  readonly onProgress: (bars: number) => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  next: number;
  done: number;
}

export class ThreadPool implements TaskPool {
  readonly #threads: readonly Worker[];
  #round: Round | null = null;

  constructor(size: number) {
    this.#threads = Array.from({ length: size }, () => startThread(threadUrl()));
    for (const thread of this.#threads) {
      thread.on('message', (message: ThreadMessage) => this.#hear(thread, message));
      thread.on('error', (error) => this.#round?.reject(error));
    }
  }

  async run(tasks: readonly PhaseOneTask[], onProgress: (count: number) => void): Promise<readonly PhaseOneResult[]> {
    const results: PhaseOneResult[] = [];
    if (tasks.length === 0) return results;
    await new Promise<void>((resolve, reject) => {
      this.#round = { tasks, results, onProgress, resolve, reject, next: 0, done: 0 };
      for (const thread of this.#threads) this.#give(thread);
    });
    this.#round = null;
    return results;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #give(thread: Worker): void {
    const round = this.#round;
    const task = round?.tasks[round.next];
    if (round === null || task === undefined) return;
    thread.postMessage({ id: round.next, task });
    round.next += 1;
  }

  #hear(thread: Worker, message: ThreadMessage): void {
    const round = this.#round;
    if (round === null) return;
    switch (message.kind) {
      case 'progress':
        round.onProgress(message.bars);
        return;
      case 'failed':
        round.reject(message.cause === 'data' ? new MarketDataError(message.message) : new Error(message.message));
        return;
      case 'done':
        round.results[message.id] = message.result;
        round.done += 1;
        if (message.result.kind === 'load') round.onProgress(1);
        if (round.done === round.tasks.length) round.resolve();
        else this.#give(thread);
        return;
    }
  }
}
