// App, backtest: set-ups that one single gate kept from being a signal. What they would have earned is what that gate is worth.
// A zone that is refused minute after minute is one refusal: it counts once a gate, and a gate rests for its cool-down like a signal.
import { PLAN_LIMITS } from '../../../strategy/plan/limits.ts';
import { signalOf } from '../../../strategy/signal-of.ts';
import type { GateWanted, StrategySettings, SymbolStrategy } from '../../../strategy/strategy.ts';
import type { Signal } from '../../core/signal.ts';
import { timeframeMs } from '../../core/timeframe.ts';
import type { EpochMs, Side } from '../../core/units.ts';

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
  readonly #restMs: number;

  constructor(settings: StrategySettings) {
    this.#settings = settings;
    this.#restMs = PLAN_LIMITS.cooldownBars * timeframeMs(settings.pair.entry);
  }

  /** What the player thinks of the bar that opened at this time. */
  look(player: SymbolStrategy, barOpenMs: EpochMs): void {
    if (player.oneGateShort === undefined) return;
    const wanted: GateWanted = (gate, side, zoneId) => this.#wants(barOpenMs, gate, side, zoneId);
    const evaluation = player.oneGateShort(wanted);
    if (evaluation === null || evaluation.plan === null || evaluation.firstFailedGate === null) return;
    const { side, zone, firstFailedGate: gate } = evaluation;
    if (!wanted(gate, side, zone.id)) return;
    this.#seen.add(`${gate}|${zone.id}`);
    this.#lastMs.set(`${gate}|${side}`, barOpenMs);
    const { pair } = this.#settings;
    this.all.push({
      gate,
      signal: signalOf(evaluation, { strategyVersion: '', pair, plan: evaluation.plan, context: UNKNOWN }),
    });
  }

  #wants(barOpenMs: EpochMs, gate: string, side: Side, zoneId: string): boolean {
    // A gate of the warm-up is no judgement about the market.
    if (gate.startsWith('warmup')) return false;
    const rests = barOpenMs - (this.#lastMs.get(`${gate}|${side}`) ?? Number.NEGATIVE_INFINITY) <= this.#restMs;
    return !rests && !this.#seen.has(`${gate}|${zoneId}`);
  }
}
