// Services: how a request leaves the loop and its answer comes home. The loop never waits: the call runs beside it,
// and its value returns through the one queue like a fill or a bar.
import type { LoopEvent } from '../src/core/events.ts';
import { InvariantError } from '../src/core/units.ts';
import type { Logger } from '../src/ports/logger.ts';

export interface AnswerQueue {
  push(event: LoopEvent): void;
  /** Numbers a request and has it called; a queue that plays a recorded run answers from its record instead. */
  ask?<T>(label: string, call: () => Promise<T>): Asked<T>;
}

export interface Asked<T> {
  readonly no: number;
  readonly answer: Promise<T>;
}

export interface Request<T> {
  readonly label: string;
  readonly call: () => Promise<T>;
  readonly apply: (value: T) => void;
  /** What an unexpected failure of the call amounts to: almost always "unknown", never "did not happen". */
  readonly onFailure: (error: unknown) => T;
}

interface Outcome<T> {
  /** `ours`: a mistake of our own, to be thrown where it is applied. */
  readonly kind: 'known' | 'ours';
  readonly value: () => T;
}

const known = <T>(value: T): Outcome<T> => ({ kind: 'known', value: () => value });

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
    const { label } = request;
    // Runs at once: a request leaves before the loop goes on.
    const call = async (): Promise<T> => request.call();
    const { no, answer } = this.#queue.ask?.(label, call) ?? { no: 0, answer: call() };
    const outcome = await this.#outcome(request, answer);
    this.#queue.push({
      kind: 'answer',
      label,
      apply: () => {
        this.#inFlight -= 1;
        request.apply(outcome.value());
      },
      ...(outcome.kind === 'known' ? { answered: { no, value: outcome.value() } } : {}),
    });
  }

  /** The value to be applied inside the loop; our own mistakes are thrown there, where they stop the process in good order. */
  async #outcome<T>({ label, onFailure }: Request<T>, answer: Promise<T>): Promise<Outcome<T>> {
    try {
      return known(await answer);
    } catch (error) {
      if (error instanceof InvariantError) {
        const value = (): never => {
          throw error;
        };
        return { kind: 'ours', value };
      }
      this.#logger.error(
        { label, error: error instanceof Error ? error.message : String(error) },
        'a request failed unexpectedly',
      );
      return known(onFailure(error));
    }
  }
}
