// App, backtest: set-ups that one single gate kept from being a signal. What they would have earned is what that gate is worth.
// A zone that is refused minute after minute is one refusal: it counts once a gate, and a gate rests for its cool-down like a signal.
import { PLAN_LIMITS } from '../../../strategy/plan/limits.ts';
import { signalOf } from '../../../strategy/signal-of.ts';
import type { StrategySettings, SymbolStrategy } from '../../../strategy/strategy.ts';
import type { Signal } from '../../core/signal.ts';
import { timeframeMs } from '../../core/timeframe.ts';

export interface Refused {
  readonly gate: string;
  /** As if the gate had let it pass: for its label, never for the portfolio. */
  readonly signal: Signal;
}

const UNKNOWN = { quoteVolume24hUsdt: Number.NaN, fundingRate: Number.NaN, nextFundingMs: Number.NaN };

export class NearMisses {
  readonly all: Refused[] = [];
  readonly #settings: StrategySettings;
  readonly #seen = new Set<string>();
  readonly #lastMs = new Map<string, number>();

  constructor(settings: StrategySettings) {
    this.#settings = settings;
  }

  look(player: SymbolStrategy): void {
    const evaluation = player.oneGateShort ?? null;
    if (evaluation === null || evaluation.plan === null || evaluation.firstFailedGate === null) return;
    const { side, zone, barOpenMs, firstFailedGate: gate } = evaluation;
    // A gate of the warm-up is no judgement about the market.
    if (gate.startsWith('warmup')) return;
    const restMs = PLAN_LIMITS.cooldownBars * timeframeMs(this.#settings.pair.entry);
    const rests = barOpenMs - (this.#lastMs.get(`${gate}|${side}`) ?? Number.NEGATIVE_INFINITY) <= restMs;
    if (rests || this.#seen.has(`${gate}|${zone.id}`)) return;
    this.#seen.add(`${gate}|${zone.id}`);
    this.#lastMs.set(`${gate}|${side}`, barOpenMs);
    const { pair } = this.#settings;
    this.all.push({
      gate,
      signal: signalOf(evaluation, { strategyVersion: '', pair, plan: evaluation.plan, context: UNKNOWN }),
    });
  }
}
