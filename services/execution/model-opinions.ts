// Services, room 6: what the model thinks of a minute's signals. One model is asked for the whole minute, whatever is loaded meanwhile;
// opinions of signals that wait for a person are kept until they are answered.
import type { Model, ModelSource } from '../../src/ports/model.ts';
import { expectedR, type ModelFilterSettings, type ModelOpinion } from '../../src/risk/model-filter.ts';
import type { MinuteDecision } from '../strategy-engine.ts';

export interface ModelFilter extends ModelFilterSettings {
  readonly source: ModelSource;
}

export class ModelOpinions {
  readonly #filter: ModelFilter | null;
  readonly #kept = new Map<string, ModelOpinion>();

  constructor(filter: ModelFilter | null) {
    this.#filter = filter;
  }

  /** `waiting`: ids of signals that are still to be answered. */
  ask({ ranked, features }: Pick<MinuteDecision, 'ranked' | 'features'>, waiting: ReadonlySet<string>): void {
    for (const id of this.#kept.keys()) if (!waiting.has(id)) this.#kept.delete(id);
    const model = this.#filter === null || this.#filter.mode === 'off' ? null : this.#filter.source.current();
    if (model === null) return;
    for (const { signal } of ranked) {
      const vector = features.get(signal.id);
      if (vector !== undefined) this.#kept.set(signal.id, opinionOf(model, signal.plan, vector));
    }
  }

  of(signalId: string): ModelOpinion | null {
    return this.#kept.get(signalId) ?? null;
  }
}

function opinionOf(model: Model, plan: Parameters<typeof expectedR>[0], features: Float64Array): ModelOpinion {
  const probability = model.probability(features);
  return { version: model.version, probability, evR: expectedR(plan, probability, model.missR) };
}
