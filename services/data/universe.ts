// Services, room 3: which contracts we follow, and why the others are left out.
import type { Instrument } from '../../src/core/market.ts';
import { DAY_MS } from '../../src/core/timeframe.ts';
import type { EpochMs } from '../../src/core/units.ts';

export interface UniversePolicy {
  readonly quoteAsset: string;
  /** TradFi contracts need a signed agreement and keep session hours: off unless asked for. */
  readonly tradifi: 'include' | 'exclude';
}

/** A delisting is announced by a delivery date; nothing is opened in its last days (reliability.md G08). */
export const DELIVERY_DISTANCE_MS = 3 * DAY_MS;

export interface Universe {
  readonly included: readonly Instrument[];
  /** Reason → how many contracts it left out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

export function reasonToLeaveOut(instrument: Instrument, policy: UniversePolicy, now: EpochMs): string | null {
  const perpetual =
    instrument.contractType === 'PERPETUAL' || (policy.tradifi === 'include' && instrument.contractType === 'TRADIFI_PERPETUAL');
  if (!perpetual) return `contract type ${instrument.contractType}`;
  if (instrument.quoteAsset !== policy.quoteAsset || instrument.marginAsset !== policy.quoteAsset)
    return `quoted in ${instrument.quoteAsset}`;
  if (instrument.status !== 'TRADING') return `status ${instrument.status}`;
  if (instrument.deliveryMs - now < DELIVERY_DISTANCE_MS) return 'delivery date near';
  return null;
}

export function chooseUniverse(all: readonly Instrument[], policy: UniversePolicy, now: EpochMs): Universe {
  const leftOut = new Map<string, number>();
  const included = all.filter((instrument) => {
    const reason = reasonToLeaveOut(instrument, policy, now);
    if (reason !== null) leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
    return reason === null;
  });
  return { included, leftOut };
}
