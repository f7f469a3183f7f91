// Risk, room 5: the numbers a person may set, by the names of contract.md §3. Parsed once by the application's schema.

export const RISK_PROFILES = ['confidence', 'tiers', 'auto'] as const;
export type RiskProfile = (typeof RISK_PROFILES)[number];
export type ProfileInForce = Exclude<RiskProfile, 'auto'>;

export interface RiskSettings {
  readonly riskProfile: RiskProfile;
  readonly maxPositions: number;
  readonly maxVirtualPositions: number;
  readonly minConfidence: number;
  readonly marginMinPct: number;
  readonly marginMaxPct: number;
  readonly leverageMin: number;
  readonly leverageMax: number;
  readonly riskPerTradePct: number;
  readonly portfolioHeatPct: number;
  readonly dailyLossLimitPct: number;
  readonly clusterMinutes: number;
  readonly minQuoteVolume24hUsdt: number;
  readonly takerFeeBps: number;
  readonly slippageBps: number;
  /** Bid to ask, as a share of the price, above which nothing is entered. */
  readonly maxSpreadBps: number;
}

/** The defaults of contract.md §3. */
export const DEFAULT_RISK_SETTINGS: RiskSettings = {
  riskProfile: 'confidence',
  maxPositions: 3,
  maxVirtualPositions: 10,
  minConfidence: 70,
  marginMinPct: 3,
  marginMaxPct: 13,
  leverageMin: 3,
  leverageMax: 20,
  riskPerTradePct: 1,
  portfolioHeatPct: 5,
  dailyLossLimitPct: 6,
  clusterMinutes: 15,
  minQuoteVolume24hUsdt: 20_000_000,
  takerFeeBps: 5,
  slippageBps: 1,
  maxSpreadBps: 10,
};

/** Contract §8.2: both ways, fee and slippage, as a fraction of the notional (12 bp by default). */
export const roundTripCostFraction = (settings: Pick<RiskSettings, 'takerFeeBps' | 'slippageBps'>): number =>
  (2 * settings.takerFeeBps + 2 * settings.slippageBps) / 10_000;
