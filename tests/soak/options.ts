// Soak: what the command was asked for.
import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly hours: number;
  readonly symbols: number;
  readonly speed: number;
  readonly seed: number;
  /** `orders`: answers to orders are lost and refused as well. */
  readonly faults: 'streams' | 'orders';
  /** Where the JSON report goes. */
  readonly report: string;
  /** Keep the data folders for a look afterwards. */
  readonly keep: 'keep' | 'remove';
}

const number = (found: string | undefined, fallback: number): number => {
  const value = found === undefined ? fallback : Number(found);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`not a number above 0: ${found}`);
  return value;
};

export function soakOptions(words: readonly string[]): SoakOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      hours: { type: 'string' },
      symbols: { type: 'string' },
      speed: { type: 'string' },
      seed: { type: 'string' },
      faults: { type: 'boolean' },
      report: { type: 'string' },
      keep: { type: 'boolean' },
    },
    strict: true,
  });
  return {
    hours: number(values.hours, 24),
    symbols: Math.min(648, Math.round(number(values.symbols, 648))),
    speed: number(values.speed, 60),
    seed: Math.round(number(values.seed, 1)),
    faults: values.faults === true ? 'orders' : 'streams',
    report: values.report ?? 'data/soak-report.json',
    keep: values.keep === true ? 'keep' : 'remove',
  };
}
