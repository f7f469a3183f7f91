// Ports: luck. Seeded, the seed logged, so that a run can be told again.
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}
