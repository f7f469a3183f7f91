// Risk, room 5: the two answers of a judge. A refusal names its reason from a closed list, because refusals are
// journaled and counted like trades.

export const REFUSAL_REASONS = [
  'rank',
  'maxPositions',
  'perSymbol',
  'cooldown',
  'losingStreak',
  'dailyLoss',
  'cluster',
  'liquidity',
  'funding',
  'delisting',
  'contractStatus',
  'marketSafety',
  'confidence',
  'model',
  'blacklist',
  'spread',
  'geometry',
  'stopBeyondHardClose',
  'leverageCap',
  'bracketsUnknown',
  'noEquity',
  'liquidationTooNear',
  'heat',
  'belowMinQty',
  'belowMinNotional',
  'freeMargin',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface Approved<T> {
  readonly kind: 'approved';
  readonly value: T;
}

export interface Refused {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** One English sentence with the numbers that decided. */
  readonly text: string;
}

export type Verdict<T> = Approved<T> | Refused;

export const approved = <T>(value: T): Approved<T> => ({ kind: 'approved', value });
export const refused = (reason: RefusalReason, text: string): Refused => ({ kind: 'refused', reason, text });
