// Risk, room 5: the size of a trade in profile `tiers`. The risk of one trade sets the notional; heat, the leverage cap of the
// tier over everything that is open, and the venue's brackets cut it. The answer names what bound.
import type { LeverageBracket } from '../core/orders.ts';
import type { Side } from '../core/units.ts';
import { type ChosenLeverage, type LeverageReason, LIQUIDATION_STOP_DISTANCES, liquidationTooNear } from './leverage.ts';
import { maxLeverage, notionalCapUsdt } from './liquidation.ts';
import type { RiskTier } from './profile.ts';
import { approved, refused, type Verdict } from './verdict.ts';

export interface TierInput {
  readonly side: Side;
  readonly entryPrice: number;
  readonly stopDistance: number;
  readonly equityUsdt: number;
  /** Margin that is free and may be promised. */
  readonly freeUsdt: number;
  /** Notional of everything open, unresolved or granted. */
  readonly openNotionalUsdt: number;
  /** Greatest notional that the risk of one trade, and the heat left for all, allow. */
  readonly riskCapUsdt: number;
  readonly heatCapUsdt: number;
  readonly tier: RiskTier;
  readonly brackets: readonly LeverageBracket[];
}

interface Bound {
  readonly reason: LeverageReason;
  readonly notionalUsdt: number;
}

/** All positions together stay within the cap times the equity: no margin of ours ever carries more than the tier allows. */
export function tierSize(input: TierInput): Verdict<ChosenLeverage> {
  const { tier, brackets, equityUsdt, openNotionalUsdt } = input;
  const leverage = Math.min(Math.ceil(tier.leverageCap), maxLeverage(brackets));
  const cap = Math.min(tier.leverageCap, leverage);
  const leftUsdt = cap * equityUsdt - openNotionalUsdt;
  if (leverage < 1 || leftUsdt <= 0)
    return refused('leverageCap', `open positions of ${openNotionalUsdt.toFixed(2)} USDT use up the cap of ${cap}x the equity`);
  const bounds: readonly Bound[] = [
    { reason: 'risk', notionalUsdt: input.riskCapUsdt },
    { reason: 'heat', notionalUsdt: input.heatCapUsdt },
    { reason: 'tier', notionalUsdt: leftUsdt },
    { reason: 'margin', notionalUsdt: Math.max(0, input.freeUsdt) * leverage },
    { reason: 'bracket', notionalUsdt: notionalCapUsdt(leverage, brackets) },
  ];
  const least = bounds.reduce((a, b) => (b.notionalUsdt < a.notionalUsdt ? b : a));
  if (liquidationTooNear(input, leverage, least.notionalUsdt))
    return refused(
      'liquidationTooNear',
      `at ${leverage}x the liquidation is nearer than ${LIQUIDATION_STOP_DISTANCES} stop distances`,
    );
  return approved({ leverage, reason: least.reason, notionalUsdt: least.notionalUsdt });
}
