// Services, room 6: how one position stands at a mark.
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import { type RiskLevel, type RiskLevelSettings, riskLevel } from '../../src/book/risk-level.ts';
import type { Mark } from '../../src/core/market.ts';
import { sideSign } from '../../src/core/units.ts';

export interface Standing {
  readonly level: RiskLevel;
  readonly pnlPct: number;
  readonly pnlUsdt: number;
  readonly mark: number;
}

/** Unrealised result at the mark, in % of the entry notional; null where there is no position or no price. */
export function standingOf(trade: LiveTrade, mark: Mark | undefined, settings: RiskLevelSettings): Standing | null {
  const entry = Number(trade.position.entryPrice);
  if (trade.position.holding !== 'open' || !(entry > 0) || mark === undefined) return null;
  const move = (mark.markPrice - entry) * sideSign(trade.plan.side);
  const pnlPct = (move / entry) * 100;
  return {
    level: riskLevel(pnlPct, settings),
    pnlPct,
    pnlUsdt: move * Number(trade.position.qty),
    mark: mark.markPrice,
  };
}
