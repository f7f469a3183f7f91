// Ports: the learned filter. No model is a normal state: every signal passes through and p is unknown.
export interface Model {
  readonly version: string;
  /** Mean gross R of trades that did not reach their target, from the training rows: −1 where all of them were stopped out. */
  readonly missR: number;
  /** Calibrated probability of target before stop from the feature vector, NaN cells missing. */
  probability(features: Float64Array): number;
}

/** The model of this moment: it may be another one at the next minute, never half of each. */
export interface ModelSource {
  current(): Model | null;
}
