// Floor 1, room 4: every fixed number by which a signal is judged and planned, the rules of smc.md (c) and contract §8. Points and
// limits of the score live in confluence/factors.json; how long a signal may be entered or held is no business of a strategy.

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
