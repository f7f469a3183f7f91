// Adapter chart: the same pictures, drawn in a thread of their own, so that the loop never waits for ink. The thread starts with
// the first picture and again after it died; whatever it then had in hand is a failure of those pictures only.
import type { Worker } from 'node:worker_threads';
import type { ChartRenderer, ChartSpec, CurveSpec, ReliabilitySpec } from '../../ports/chart.ts';

export type Picture =
  | { readonly kind: 'candles'; readonly spec: ChartSpec }
  | { readonly kind: 'curve'; readonly spec: CurveSpec }
  | { readonly kind: 'reliability'; readonly spec: ReliabilitySpec };

export interface Job {
  readonly id: number;
  readonly picture: Picture;
}

export type Answer =
  | { readonly id: number; readonly kind: 'drawn'; readonly bytes: Uint8Array }
  | { readonly id: number; readonly kind: 'failed'; readonly reason: string };

/** People ask for one picture at a time; a pile of them is a fault, and memory is not endless. */
export const MOST_WAITING = 32;
/** Where the thread's code lies. */
export const threadUrl = (): URL => new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

interface Waiting {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerChartRenderer implements ChartRenderer {
  readonly #start: () => Worker;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #last = 0;

  constructor(start: () => Worker) {
    this.#start = start;
  }

  render(spec: ChartSpec): Promise<Uint8Array> {
    return this.#draw({ kind: 'candles', spec });
  }

  curve(spec: CurveSpec): Promise<Uint8Array> {
    return this.#draw({ kind: 'curve', spec });
  }

  reliability(spec: ReliabilitySpec): Promise<Uint8Array> {
    return this.#draw({ kind: 'reliability', spec });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#fail('the chart thread was closed');
    await worker?.terminate();
  }

  #draw(picture: Picture): Promise<Uint8Array> {
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(new Error(`${MOST_WAITING} pictures are waiting already`));
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#alive().postMessage({ id, picture } satisfies Job);
    });
  }

  #alive(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = this.#start();
    worker.unref();
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#gone(worker, error.message));
    worker.on('exit', (code) => this.#gone(worker, `exit code ${code}`));
    this.#worker = worker;
    return worker;
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.kind === 'drawn') waiting?.resolve(answer.bytes);
    else waiting?.reject(new Error(`the picture could not be drawn: ${answer.reason}`));
  }

  #gone(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#fail(`the chart thread ended: ${reason}`);
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
