// Risk, room 5: the three ways of sizing a trade. `confidence` grows the margin with the score; `tiers` takes its risk, its heat
// and its leverage cap from the size of the account; `auto` chooses one of the two by the balance at start.
import type { WinRecord } from '../book/stats.ts';
import type { SignalPlan } from '../core/signal.ts';
import { MIN_TRADES_FOR_LEVERAGE } from './leverage.ts';
import type { ProfileInForce, RiskProfile } from './settings.ts';

export interface RiskTier {
  /** Equity from which the tier holds, USDT. */
  readonly fromUsdt: number;
  /** Risk of one trade in % of equity at score 70 and at score 100, cost included. */
  readonly riskMinPct: number;
  readonly riskMaxPct: number;
  /** Cap on notional ÷ margin. It need not be whole; the venue is given its ceiling (contract §8.9). */
  readonly leverageCap: number;
  readonly heatPct: number;
  readonly kelly: 'none' | 'half';
}

const LOWEST: RiskTier = { fromUsdt: 0, riskMinPct: 0.3, riskMaxPct: 3, leverageCap: 2, heatPct: 10, kelly: 'none' };

/** Half-Kelly begins at 50 USDT, inside the second tier: that tier stands here twice. */
export const RISK_TIERS: readonly RiskTier[] = [
  LOWEST,
  { fromUsdt: 20, riskMinPct: 0.5, riskMaxPct: 4, leverageCap: 2, heatPct: 10, kelly: 'none' },
  { fromUsdt: 50, riskMinPct: 0.5, riskMaxPct: 4, leverageCap: 2, heatPct: 10, kelly: 'half' },
  { fromUsdt: 100, riskMinPct: 0.8, riskMaxPct: 3, leverageCap: 2.5, heatPct: 12, kelly: 'half' },
  { fromUsdt: 500, riskMinPct: 0.8, riskMaxPct: 2.5, leverageCap: 3, heatPct: 12, kelly: 'half' },
];

export const tierOf = (equityUsdt: number): RiskTier => RISK_TIERS.findLast((tier) => equityUsdt >= tier.fromUsdt) ?? LOWEST;

/** From here on 3 % of margin at 3× is worth several times the venue's usual minimum order; below it `confidence` is mostly refused. */
export const AUTO_CONFIDENCE_FROM_USDT = 500;

export function profileInForce(profile: RiskProfile, equityAtStartUsdt: number): ProfileInForce {
  if (profile !== 'auto') return profile;
  return equityAtStartUsdt >= AUTO_CONFIDENCE_FROM_USDT ? 'confidence' : 'tiers';
}

/** The stake that half of Kelly's formula allows, in % of equity; negative where the record loses at this reward. */
export function halfKellyPct(record: WinRecord, plan: Pick<SignalPlan, 'rewardToRisk' | 'costR'>): number {
  const odds = (plan.rewardToRisk - plan.costR) / (1 + plan.costR);
  const won = record.wins / record.total;
  return 50 * (won - (1 - won) / odds);
}

/**
 * Percent of equity that a stop may cost, linear in the score. A record of thirty trades or more may only lower it, and not
 * below the tier's least: a record of losses makes the stake small, the daily limit ends the day.
 */
export function tierRiskPct(
  tier: RiskTier,
  place: number,
  record: WinRecord,
  plan: Pick<SignalPlan, 'rewardToRisk' | 'costR'>,
): number {
  const linear = tier.riskMinPct + Math.min(1, Math.max(0, place)) * (tier.riskMaxPct - tier.riskMinPct);
  if (tier.kelly === 'none' || record.total < MIN_TRADES_FOR_LEVERAGE) return linear;
  return Math.max(tier.riskMinPct, Math.min(linear, halfKellyPct(record, plan)));
}
