// Adapters, binance: two circuit breakers, one for market data, one for entries and settings. Protective calls pass
// neither: a stop is tried as long as there is a position. 4xx answers and rate limits are answers, not outages.
import CircuitBreaker from 'opossum';
import type { Answer } from './request.ts';

/** Carries an answer through the breaker's error path; never leaves this file. */
class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(answer.kind);
    this.answer = answer;
  }
}

function isOutage(answer: Answer): boolean {
  if (answer.kind === 'noAnswer') return true;
  return answer.kind === 'refused' && answer.status >= 500;
}

type Run = () => Promise<Answer>;

export class VenueBreaker {
  readonly #circuit: CircuitBreaker<[Run], Answer>;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    // No timeout here: each request has a total deadline and an abort controller of its own, which also frees its socket.
    this.#circuit = new CircuitBreaker(
      async (run: Run) => {
        const answer = await run();
        if (answer.kind === 'ok') return answer;
        throw new BadAnswer(answer);
      },
      {
        name,
        timeout: false,
        errorThresholdPercentage: 50,
        volumeThreshold: 8,
        rollingCountTimeout: 10_000,
        rollingCountBuckets: 10,
        resetTimeout: 5_000,
        errorFilter: (error: unknown) => error instanceof BadAnswer && !isOutage(error.answer),
      },
    );
  }

  get state(): 'closed' | 'halfOpen' | 'open' {
    if (this.#circuit.opened) return 'open';
    return this.#circuit.halfOpen ? 'halfOpen' : 'closed';
  }

  async fire(run: Run): Promise<Answer> {
    try {
      return await this.#circuit.fire(run);
    } catch (error) {
      if (error instanceof BadAnswer) return error.answer;
      if (error instanceof Error && 'code' in error && error.code === 'EOPENBREAKER') {
        return { kind: 'notSent', reason: `the ${this.#name} breaker is open` };
      }
      throw error;
    }
  }

  stop(): void {
    this.#circuit.shutdown();
  }
}
