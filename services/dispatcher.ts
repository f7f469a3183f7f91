// Services: how a request leaves the loop and its answer comes home. The loop never waits: the call runs beside it,
// and its value returns through the one queue like a fill or a bar.
import type { LoopEvent } from '../src/core/events.ts';
import { InvariantError } from '../src/core/units.ts';
import type { Logger } from '../src/ports/logger.ts';

export interface AnswerQueue {
  push(event: LoopEvent): void;
}

export interface Request<T> {
  readonly label: string;
  readonly call: () => Promise<T>;
  readonly apply: (value: T) => void;
  /** What an unexpected failure of the call amounts to: almost always "unknown", never "did not happen". */
  readonly onFailure: (error: unknown) => T;
}

export class Dispatcher {
  readonly #queue: AnswerQueue;
  readonly #logger: Logger;
  #inFlight = 0;

  constructor(queue: AnswerQueue, logger: Logger) {
    this.#queue = queue;
    this.#logger = logger;
  }

  /** Requests sent whose answers the loop has not taken yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  send<T>(request: Request<T>): void {
    this.#inFlight += 1;
    void this.#run(request);
  }

  async #run<T>(request: Request<T>): Promise<void> {
    const outcome = await this.#outcome(request);
    this.#queue.push({
      kind: 'answer',
      label: request.label,
      apply: () => {
        this.#inFlight -= 1;
        request.apply(outcome());
      },
    });
  }

  /** The value to be applied inside the loop; our own mistakes are thrown there, where they stop the process in good order. */
  async #outcome<T>({ label, call, onFailure }: Request<T>): Promise<() => T> {
    try {
      const value = await call();
      return () => value;
    } catch (error) {
      if (error instanceof InvariantError) {
        return () => {
          throw error;
        };
      }
      this.#logger.error(
        { label, error: error instanceof Error ? error.message : String(error) },
        'a request failed unexpectedly',
      );
      return () => onFailure(error);
    }
  }
}
