// Book: how a running position stands, in four words (contract §8.9: by unrealised result ÷ entry notional).

export const RISK_LEVELS = ['LOW', 'HIGH', 'CRITICAL', 'PROFITABLE'] as const;
export type RiskLevel = (typeof RISK_LEVELS)[number];

export interface RiskLevelSettings {
  /** RISK_HIGH_PCT, RISK_CRITICAL_PCT (both negative) and RISK_PROFITABLE_PCT. */
  readonly highPct: number;
  readonly criticalPct: number;
  readonly profitablePct: number;
}

export const DEFAULT_RISK_LEVELS: RiskLevelSettings = { highPct: -2.5, criticalPct: -5, profitablePct: 3 };

/** A limit belongs to the level that it names. */
export function riskLevel(pnlPct: number, settings: RiskLevelSettings): RiskLevel {
  if (pnlPct <= settings.criticalPct) return 'CRITICAL';
  if (pnlPct <= settings.highPct) return 'HIGH';
  return pnlPct >= settings.profitablePct ? 'PROFITABLE' : 'LOW';
}
