// Floor 1, room 4: the confluence score. Points, limits and sentences stand in factors.json; here stands only which level
// a number reaches. A score says how much agrees, never how likely a win is.
import type { Factor } from '../../src/core/signal.ts';
import type { Side } from '../../src/core/units.ts';
import type { TimeframePair } from '../strategy.ts';
import table from './factors.json' with { type: 'json' };

export const FACTOR_IDS = ['A1', 'A2', 'A3', 'B', 'C1', 'C2', 'C3', 'D1', 'D2', 'E', 'F', 'P1', 'P2', 'P3', 'P4'] as const;
export type FactorId = (typeof FACTOR_IDS)[number];

interface FactorRule {
  readonly max: number;
  readonly levels: Readonly<Record<string, { readonly points: number; readonly text: string }>>;
}
const RULES: Readonly<Record<FactorId, FactorRule>> = table.factors;

export const FACTORS_VERSION: number = table.version;
export const SCORE_LIMITS = table.limits;

/** What is judged. Directional numbers are signed by the trade: above 0 agrees with it. NaN = not known. */
export interface ScoreInput {
  readonly side: Side;
  readonly legAtr: number;
  readonly displaced: boolean;
  readonly imbalanceAtr: number;
  /** Size an imbalance needs: more where the imbalance itself is the zone. */
  readonly imbalanceLimitAtr: number;
  /** The leg closed beyond a confirmed swing. */
  readonly brokeStructure: boolean;
  readonly msbGrade: 0 | 1 | 2;
  readonly trendDistancePct: number;
  readonly trendDistanceAtr: number;
  readonly trendSlopeAtr: number;
  readonly macdHistAtr: number;
  readonly macdHistChangeAtr: number;
  readonly emaGapAtr: number;
  readonly sweep: 'none' | 'single' | 'strong' | 'onZone';
  readonly sweepBars: number;
  /** Place in the dealing range: 0 = at its extreme, 1 = at its origin, the best price. */
  readonly rangePos: number;
  readonly touches: number;
  readonly ageBars: number;
  /** Distance of the nearest opposing zone of the trend timeframe in R; NaN where there is none. */
  readonly opposingR: number;
  readonly volumePercentile: number;
}

/** One judged factor, before it is put into words. */
export interface Finding {
  readonly id: FactorId;
  readonly level: string;
  readonly value: number;
}

const hit = (condition: boolean): 'hit' | 'miss' => (condition ? 'hit' : 'miss');

function zoneFindings(input: ScoreInput): Finding[] {
  return [
    { id: 'A1', level: hit(input.displaced), value: input.legAtr },
    { id: 'A2', level: hit(input.imbalanceAtr >= input.imbalanceLimitAtr), value: input.imbalanceAtr },
    { id: 'A3', level: hit(input.brokeStructure), value: input.legAtr },
    { id: 'B', level: `grade${input.msbGrade}`, value: input.msbGrade },
  ];
}

function trendFindings(input: ScoreInput): Finding[] {
  const { trendDistancePct, trendDistanceAtr, trendSlopeAtr } = input;
  const rightSide = trendDistancePct > 0;
  const distance = Math.abs(trendDistanceAtr);
  return [
    { id: 'C1', level: Number.isNaN(trendDistancePct) ? 'unknown' : hit(rightSide), value: trendDistancePct },
    { id: 'C2', level: hit(rightSide && trendSlopeAtr > 0), value: trendSlopeAtr },
    { id: 'C3', level: hit(rightSide && distance <= SCORE_LIMITS.trendNearAtr), value: distance },
    { id: 'D1', level: hit(input.macdHistAtr > 0 || input.macdHistChangeAtr > 0), value: input.macdHistAtr },
    { id: 'D2', level: hit(input.emaGapAtr > 0), value: input.emaGapAtr },
  ];
}

function rangeLevel(pos: number): string {
  if (Number.isNaN(pos)) return 'unknown';
  if (pos >= SCORE_LIMITS.oteFrom && pos <= SCORE_LIMITS.oteTo) return 'ote';
  return pos >= SCORE_LIMITS.discount ? 'half' : 'none';
}

function placeFindings(input: ScoreInput): Finding[] {
  const { volumePercentile, opposingR } = input;
  const swept = input.sweep !== 'none' && input.sweepBars <= SCORE_LIMITS.sweepBars;
  const penalty = (condition: boolean): string => (condition ? 'hit' : 'none');
  const thin = penalty(volumePercentile < SCORE_LIMITS.thinVolumePercentile);
  return [
    { id: 'E', level: swept ? input.sweep : 'none', value: input.sweepBars },
    { id: 'F', level: rangeLevel(input.rangePos), value: input.rangePos * 100 },
    { id: 'P1', level: penalty(input.touches >= 2), value: input.touches },
    { id: 'P2', level: penalty(input.ageBars > SCORE_LIMITS.oldZoneBars), value: input.ageBars },
    { id: 'P3', level: penalty(opposingR < SCORE_LIMITS.opposingR), value: opposingR },
    { id: 'P4', level: Number.isNaN(volumePercentile) ? 'unknown' : thin, value: volumePercentile },
  ];
}

/** Every factor of the table judged, in its order. */
export function judge(input: ScoreInput): readonly Finding[] {
  return [...zoneFindings(input), ...trendFindings(input), ...placeFindings(input)];
}

const levelOf = (finding: Finding) => {
  const level = RULES[finding.id].levels[finding.level];
  if (level === undefined) throw new Error(`factors.json has no level "${finding.level}" for factor ${finding.id}`);
  return level;
};

export function totalScore(findings: readonly Finding[]): number {
  let sum = 0;
  for (const finding of findings) sum += levelOf(finding).points;
  return Math.min(100, Math.max(0, sum));
}

const LIMIT_OF: Readonly<Partial<Record<FactorId, number>>> = {
  C3: SCORE_LIMITS.trendNearAtr,
  E: SCORE_LIMITS.sweepBars,
  P2: SCORE_LIMITS.oldZoneBars,
  P3: SCORE_LIMITS.opposingR,
  P4: SCORE_LIMITS.thinVolumePercentile,
};

// C2 tells a movement, the others a position: "moved 0.4 ATR up" but "1.8 % above".
function whereWord(finding: Finding, side: Side): string {
  const up = finding.value > 0 === (side === 'long');
  if (finding.id === 'C2') return up ? 'up' : 'down';
  return up ? 'above' : 'below';
}

/** Two decimals for what is read, none for counts: 1.8, 0.25, 3. */
const readable = (value: number): string => (Number.isNaN(value) ? 'unknown' : String(Math.round(Math.abs(value) * 100) / 100));

/** A sentence cut at its blanks: text, blank, text, blank … so that nothing is searched for while the market runs. */
const SENTENCES: Readonly<Record<FactorId, Readonly<Record<string, readonly string[]>>>> = mapRules((levels) =>
  Object.fromEntries(Object.entries(levels).map(([level, { text }]) => [level, text.split(/[{}]/)])),
);

function mapRules<T>(map: (levels: FactorRule['levels']) => T): Readonly<Record<FactorId, T>> {
  return Object.fromEntries(FACTOR_IDS.map((id) => [id, map(RULES[id].levels)])) as Record<FactorId, T>;
}

function fill(blank: string, finding: Finding, input: ScoreInput, pair: TimeframePair): string {
  if (blank === 'n') return readable(finding.value);
  if (blank === 'where') return whereWord(finding, input.side);
  if (blank === 'trend') return pair.trend;
  if (blank === 'entry') return pair.entry;
  return String(finding.id === 'A2' ? input.imbalanceLimitAtr : LIMIT_OF[finding.id]);
}

function sentenceOf(finding: Finding, input: ScoreInput, pair: TimeframePair): string {
  const parts = SENTENCES[finding.id][finding.level] ?? [];
  let sentence = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as string;
    sentence += i % 2 === 0 ? part : fill(part, finding, input, pair);
  }
  return sentence;
}

/** The findings in words, one English sentence each, with the number that decided. */
export function explain(findings: readonly Finding[], input: ScoreInput, pair: TimeframePair): Factor[] {
  return findings.map((finding) => ({
    id: finding.id,
    points: levelOf(finding).points,
    maxPoints: RULES[finding.id].max,
    value: finding.value,
    text: sentenceOf(finding, input, pair),
  }));
}
