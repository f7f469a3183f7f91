// Ports: the learned filter. No model is a normal state: every signal passes through and p is unknown.
export interface Model {
  readonly version: string;
  /** Calibrated probability of target before stop from the feature vector, NaN cells missing. */
  probability(features: Float64Array): number;
}
