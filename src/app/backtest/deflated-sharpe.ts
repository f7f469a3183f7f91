// App, backtest: how likely a Sharpe ratio is to be more than the luck of the best of many tries.
// @see Bailey & López de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40 (2014)

export interface Moments {
  readonly n: number;
  /** Mean over standard deviation of the returns as they are given, not annualised. */
  readonly sharpe: number;
  readonly skewness: number;
  /** 3 for a normal distribution. */
  readonly kurtosis: number;
}

const EULER = 0.5772156649015329;

export function momentsOf(returns: readonly number[]): Moments {
  const n = returns.length;
  const mean = returns.reduce((a, b) => a + b, 0) / n;
  const central = (power: number): number => returns.reduce((sum, r) => sum + (r - mean) ** power, 0) / n;
  const deviation = Math.sqrt(central(2));
  return { n, sharpe: mean / deviation, skewness: central(3) / deviation ** 3, kurtosis: central(4) / deviation ** 4 };
}

/** Abramowitz and Stegun 7.1.26 for the error function: good to 1.5e-7. */
export function normalShare(z: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(z)) / Math.SQRT2);
  const tail =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp((-z * z) / 2);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

/** The z below which this share lies, by halving: nobody asks often. */
export function normalQuantile(share: number): number {
  let [low, high] = [-10, 10];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalShare(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The best Sharpe ratio that so many worthless variants are expected to show, each measured over n returns. */
export function luckiestSharpe(variants: number, n: number): number {
  if (variants <= 1) return 0;
  const spread = Math.sqrt(1 / (n - 1));
  return spread * ((1 - EULER) * normalQuantile(1 - 1 / variants) + EULER * normalQuantile(1 - 1 / (variants * Math.E)));
}

/** Probability that the true Sharpe ratio is above zero, given that this one is the best of so many. */
export function deflatedSharpe({ n, sharpe, skewness, kurtosis }: Moments, variants: number): number {
  const error = Math.sqrt(1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2);
  return normalShare(((sharpe - luckiestSharpe(variants, n)) * Math.sqrt(n - 1)) / error);
}
