// Emulator, the door behind the doors: one route carried out for REST or the WS-API alike — limits, the caller's proof, the
// work, and the account on disk before anybody hears of it.
import type { Desk } from './desk.ts';
import { jsonText } from './http-answer.ts';
import { BATCH_COST, type Limits } from './limits.ts';
import type { MarketClock } from './market-clock.ts';
import type { ReadFaults } from './read-faults.ts';
import type { ExchangeRequest } from './request.ts';
import type { Route } from './route.ts';
import { duplicateParameter } from './venue-error.ts';

export interface RouteRunnerOptions {
  readonly routes: readonly Route[];
  readonly clock: MarketClock;
  readonly desk: Desk;
  readonly limits: Limits;
  readonly reads: ReadFaults;
  /** Puts the account on disk, if it changed. */
  readonly save: () => void;
}

export class RouteRunner {
  readonly #options: RouteRunnerOptions;
  readonly #routes: ReadonlyMap<string, Route>;

  constructor(options: RouteRunnerOptions) {
    this.#options = options;
    this.#routes = new Map(options.routes.map((route) => [`${route.method} ${route.path}`, route]));
  }

  find(method: string, path: string): Route | null {
    return this.#routes.get(`${method} ${path}`) ?? null;
  }

  /** The answer's JSON text; a refusal is thrown. `authorised` throws where the caller proves nothing. */
  run(route: Route, request: ExchangeRequest, authorised: () => void): string {
    const { clock, limits, desk, save, reads } = this.#options;
    // A banned address is refused everywhere, so the funding pool asks the weight first as well.
    limits.takeWeight(clock.now(), route.weight(request.params), clock.speed);
    if (route.pool === 'funding') limits.takeFunding(clock.now(), clock.speed);
    authorised();
    if (request.params.duplicate !== null) throw duplicateParameter(request.params.duplicate);
    if (route.pool === 'order') limits.takeOrder(clock.now());
    if (route.pool === 'batch') limits.takeOrder(clock.now(), BATCH_COST);
    try {
      return jsonText(reads.answer(route, request, () => route.handle(request)));
    } finally {
      // A refused order may have moved prices and woken others; nothing that was done may be forgotten by a crash.
      desk.flush();
      save();
    }
  }
}
