// Risk, room 5: the learned filter. What a model thinks of a signal, what that is worth in R, and whether it is enough for a real slot.
// Where there is no model every signal passes; a shadow says what it thinks and refuses nothing.
import type { SignalPlan } from '../core/signal.ts';

export type ModelFilterMode = 'off' | 'shadow' | 'on';

export interface ModelFilterSettings {
  readonly mode: ModelFilterMode;
  /** Least probability of target before stop. */
  readonly minProbability: number;
}

/** What one model said of one signal at its decision. */
export interface ModelOpinion {
  readonly version: string;
  /** Of target before stop, 0–1. */
  readonly probability: number;
  /** Expected net R of the plan. */
  readonly evR: number;
}

export type ModelVerdict =
  | { readonly kind: 'pass' }
  /** The filter is on, but nobody could be asked. */
  | { readonly kind: 'noModel' }
  | { readonly kind: 'refused'; readonly text: string };

/** `missR`: mean gross R of trades that did not reach their target; −1 where all of them were stopped out. */
export function expectedR(plan: Pick<SignalPlan, 'rewardToRisk' | 'costR'>, probability: number, missR: number): number {
  return probability * plan.rewardToRisk + (1 - probability) * missR - plan.costR;
}

export function modelVerdict(opinion: ModelOpinion | null, { mode, minProbability }: ModelFilterSettings): ModelVerdict {
  if (mode !== 'on') return { kind: 'pass' };
  // A number that is none is no opinion.
  if (opinion === null || Number.isNaN(opinion.probability)) return { kind: 'noModel' };
  if (opinion.probability >= minProbability) return { kind: 'pass' };
  const found = opinion.probability.toFixed(3);
  return { kind: 'refused', text: `${opinion.version} gives the target ${found}, ${minProbability} is asked for` };
}
