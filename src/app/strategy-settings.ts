// App: settings of a person turned into the words of the rooms, once, so that sim, scan and later backtests read them alike.

import type { DataSettings } from '../../services/data-service.ts';
import type { WatchSettings } from '../../services/execution/position-watch.ts';
import { strategyById } from '../../strategy/registry.ts';
import type { Strategy, StrategySettings } from '../../strategy/strategy.ts';
import type { ManagementSettings } from '../book/management.ts';
import { StartError } from '../ports/errors.ts';
import type { RiskSettings } from '../risk/settings.ts';
import { roundTripCostFraction } from '../risk/settings.ts';
import type { Settings } from './config.ts';

export function chosenStrategies(settings: Settings): Strategy[] {
  try {
    return settings.STRATEGIES.map(strategyById);
  } catch (cause) {
    throw new StartError(78, `STRATEGIES: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

export const strategySettings = (settings: Settings): StrategySettings => ({
  pair: { trend: settings.TREND_TF, entry: settings.ENTRY_TF },
  minConfidence: settings.MIN_CONFIDENCE,
  roundTripCostBps: roundTripCostFraction(riskSettings(settings)) * 10_000,
  costGateR: settings.COST_GATE_R,
});

export const dataSettings = (settings: Settings): DataSettings => ({
  pair: { trend: settings.TREND_TF, entry: settings.ENTRY_TF },
  policy: { quoteAsset: settings.UNIVERSE_QUOTE, tradifi: settings.UNIVERSE_INCLUDE_TRADFI ? 'include' : 'exclude' },
});

export const riskSettings = (settings: Settings): RiskSettings => ({
  riskProfile: settings.RISK_PROFILE,
  maxPositions: settings.MAX_POSITIONS,
  maxVirtualPositions: settings.MAX_VIRTUAL_POSITIONS,
  minConfidence: settings.MIN_CONFIDENCE,
  marginMinPct: settings.MARGIN_MIN_PCT,
  marginMaxPct: settings.MARGIN_MAX_PCT,
  leverageMin: settings.LEVERAGE_MIN,
  leverageMax: settings.LEVERAGE_MAX,
  riskPerTradePct: settings.RISK_PER_TRADE_PCT,
  portfolioHeatPct: settings.PORTFOLIO_HEAT_PCT,
  dailyLossLimitPct: settings.DAILY_LOSS_LIMIT_PCT,
  clusterMinutes: settings.CLUSTER_MINUTES,
  minQuoteVolume24hUsdt: settings.MIN_QUOTE_VOLUME_24H,
  takerFeeBps: settings.TAKER_FEE_BPS,
  slippageBps: settings.SLIPPAGE_BPS,
  maxSpreadBps: settings.MAX_SPREAD_BPS,
});

export const managementSettings = (settings: Settings): ManagementSettings => ({
  breakEvenAtR: settings.BREAK_EVEN_AT_R,
  trailAtr: settings.TRAIL_ATR,
  reversalExit: settings.REVERSAL_EXIT,
  partialTakePct: settings.PARTIAL_TAKE_PCT,
  roundTripCostFraction: roundTripCostFraction(riskSettings(settings)),
});

export const watchSettings = (settings: Settings): WatchSettings => ({
  highPct: settings.RISK_HIGH_PCT,
  criticalPct: settings.RISK_CRITICAL_PCT,
  profitablePct: settings.RISK_PROFITABLE_PCT,
  drawdownAlertPct: settings.DRAWDOWN_ALERT_PCT,
});
