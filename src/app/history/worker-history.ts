// App, questions about the past, asked from the loop's side: every one goes to a thread of its own and comes back as a promise.
// The thread starts with the first question and again after it died.
import type { Worker } from 'node:worker_threads';
import { JournalError } from '../../ports/errors.ts';
import type {
  BalanceReport,
  DecisionReport,
  DecisionWish,
  ExportedFile,
  ExportWish,
  History,
  Page,
  PageWish,
  Span,
  StatsReport,
  TradeLine,
  VirtualLine,
} from '../../ports/history.ts';
import { SMALL_THREAD, startThread } from '../worker-thread.ts';
import type { Question } from './answers.ts';
import type { Asked, Reply } from './history-thread.ts';

/** People ask one thing at a time; a pile of questions is a fault, and memory is not endless. */
const MOST_WAITING = 32;
const threadUrl = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './history-thread.ts' : './history-thread.js', import.meta.url);

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: JournalError) => void;
}

export class WorkerHistory implements History {
  readonly #path: string;
  readonly #tracePath: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #last = 0;

  constructor(databasePath: string, tracePath: string) {
    this.#path = databasePath;
    this.#tracePath = tracePath;
  }

  stats(span: Span): Promise<StatsReport> {
    return this.#ask<StatsReport>({ kind: 'stats', span });
  }

  balances(span: Span): Promise<BalanceReport> {
    return this.#ask<BalanceReport>({ kind: 'balances', span });
  }

  trades(wish: PageWish): Promise<Page<TradeLine>> {
    return this.#ask<Page<TradeLine>>({ kind: 'trades', wish });
  }

  virtuals(wish: PageWish): Promise<Page<VirtualLine>> {
    return this.#ask<Page<VirtualLine>>({ kind: 'virtuals', wish });
  }

  exportCsv(wish: ExportWish): Promise<readonly ExportedFile[]> {
    return this.#ask<readonly ExportedFile[]>({ kind: 'export', wish });
  }

  decision(wish: DecisionWish): Promise<DecisionReport> {
    return this.#ask<DecisionReport>({ kind: 'decision', wish, tracePath: this.#tracePath });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#fail('the history thread was closed');
    await worker?.terminate();
  }

  #ask<Answer>(question: Question): Promise<Answer> {
    if (this.#waiting.size >= MOST_WAITING)
      return Promise.reject(new JournalError(`${MOST_WAITING} questions are waiting already`));
    this.#last += 1;
    const id = this.#last;
    return new Promise<Answer>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Answer), reject });
      this.#alive().postMessage({ id, question } satisfies Asked);
    });
  }

  #alive(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = startThread(threadUrl(), { path: this.#path }, SMALL_THREAD);
    worker.unref();
    worker.on('message', (reply: Reply) => this.#settle(reply));
    worker.on('error', (error) => this.#gone(worker, error.message));
    worker.on('exit', (code) => this.#gone(worker, `exit code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.kind === 'answer') waiting?.resolve(reply.value);
    else waiting?.reject(new JournalError(`the past could not be read: ${reply.reason}`));
  }

  #gone(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#fail(`the history thread ended: ${reason}`);
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new JournalError(reason));
    this.#waiting.clear();
  }
}
