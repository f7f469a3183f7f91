// Services, room 6: entries that wait for a person (ENTRY_CONFIRM=discord). A request holds its slot for three bars; a yes is
// judged anew at the price of that moment, a no or silence makes the signal a virtual position.
import type { RankedSignal } from '../../src/core/signal.ts';
import { timeframeMs } from '../../src/core/timeframe.ts';
import type { TradePlan } from '../../src/core/trade.ts';
import { type EpochMs, epochMs, type Side, sideSign } from '../../src/core/units.ts';

/** smc.md (c): a signal holds for three bars, and while the price is no more than a quarter of its risk away. */
export const REQUEST_BARS = 3;
export const MAX_DRIFT_R = 0.25;

export interface EntryRequest {
  readonly ranked: RankedSignal;
  readonly plan: TradePlan;
  readonly askedMs: EpochMs;
  readonly expiresMs: EpochMs;
}

/** Null, or why the price of now does not fit the plan any more. */
export function priceFault(
  plan: { readonly side: Side; readonly entry: number; readonly stop: number; readonly target: number },
  price: number | undefined,
): string | null {
  if (price === undefined || !Number.isFinite(price)) return 'the price is not known';
  const sign = sideSign(plan.side);
  if ((price - plan.stop) * sign <= 0) return `the price of ${price} has passed the stop ${plan.stop}`;
  if ((plan.target - price) * sign <= 0) return `the price of ${price} has passed the target ${plan.target}`;
  const driftR = Math.abs(price - plan.entry) / Math.abs(plan.entry - plan.stop);
  return driftR <= MAX_DRIFT_R ? null : `the price of ${price} is ${driftR.toFixed(2)} R away from ${plan.entry}`;
}

export class EntryRequests {
  readonly #waiting = new Map<string, EntryRequest>();

  all(): readonly EntryRequest[] {
    return [...this.#waiting.values()];
  }

  plans(): readonly TradePlan[] {
    return this.all().map(({ plan }) => plan);
  }

  ask(ranked: RankedSignal, plan: TradePlan, askedMs: EpochMs): EntryRequest {
    const { signal } = ranked;
    const expiresMs = epochMs(signal.barCloseMs + REQUEST_BARS * timeframeMs(signal.entryTimeframe));
    const request = { ranked, plan, askedMs, expiresMs };
    this.#waiting.set(signal.id, request);
    return request;
  }

  /** Answered once: the request is gone whatever becomes of it. */
  take(signalId: string): EntryRequest | null {
    const request = this.#waiting.get(signalId) ?? null;
    this.#waiting.delete(signalId);
    return request;
  }

  expired(now: EpochMs): readonly EntryRequest[] {
    const over = this.all().filter(({ expiresMs }) => now >= expiresMs);
    for (const { plan } of over) this.#waiting.delete(plan.signal.id);
    return over;
  }
}
