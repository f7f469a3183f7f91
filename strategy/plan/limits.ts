// Floor 1, room 4: every fixed number of a trade's plan in one place. Tunable points and tiers of the score live in
// confluence/factors.json; these are the rules of smc.md (c) and contract §8.

export const PLAN_LIMITS = {
  /** The stop stands this far beyond the zone or the trigger bar, in ATR of the entry timeframe. */
  stopBufferAtr: 0.25,
  /** A stop is never closer than this many ATR of the trend timeframe: closer ones drown in noise and fees. */
  minRiskTrendAtr: 1,
  /** A stop further away than this is no retest of a zone any more. */
  maxRiskTrendAtr: 3,
  /** Free way to the first obstacle, in R; with less the signal has no room. */
  minRoomR: 1,
  /** A pool counts as an obstacle from this weight on: one lone swing does not. */
  minPoolWeight: 2,
  /** Entry bars after which a position is closed whatever it earned; also the horizon of the label. */
  timeStopBars: 240,
  /** A signal may still be entered this many entry bars after its own … */
  validBars: 3,
  /** … while the price is not further from the planned entry than this part of the risk. */
  maxDriftR: 0.25,
  /** Entry bars of silence after a signal of the same symbol and side. */
  cooldownBars: 30,
  /** Entry bars that must have followed each other without a hole. */
  contiguousBars: 60,
} as const;

/** Reward to risk by score, best class first. */
export const REWARD_STEPS = [
  { minScore: 90, rewardToRisk: 2 },
  { minScore: 80, rewardToRisk: 1.5 },
  { minScore: 0, rewardToRisk: 1 },
] as const;

/** Closed bars before an entry (contract §8.4). */
export const WARMUP = { trendBars: 499, entryBars: 99 } as const;
