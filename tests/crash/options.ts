// Crash: what the command was asked for.
import { parseArgs } from 'node:util';

export interface CrashOptions {
  readonly kills: number;
  readonly symbols: number;
  readonly seed: number;
  /** Pairs of exchange and bot that run beside each other: at real speed nearly all of a run is waiting. */
  readonly lanes: number;
  /** No kill is begun after so many minutes; what was killed until then is judged. */
  readonly minutes: number;
  /** Instead of killing anything: so many entries, and how long each stood without a stop. */
  readonly naked: number | null;
  readonly report: string;
  readonly keep: 'keep' | 'remove';
}

function whole(found: string | undefined, fallback: number, most: number): number {
  const value = found === undefined ? fallback : Number(found);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`a whole number from 1 to ${most}, not ${found}`);
  return value;
}

export function crashOptions(words: readonly string[]): CrashOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      kills: { type: 'string' },
      symbols: { type: 'string' },
      seed: { type: 'string' },
      lanes: { type: 'string' },
      minutes: { type: 'string' },
      naked: { type: 'string' },
      report: { type: 'string' },
      keep: { type: 'boolean' },
    },
    strict: true,
  });
  const kills = whole(values.kills, 200, 100_000);
  return {
    kills,
    symbols: whole(values.symbols, 40, 648),
    seed: whole(values.seed, 3, 1_000_000),
    lanes: Math.min(kills, whole(values.lanes, 3, 3)),
    minutes: whole(values.minutes, 600, 10_000),
    naked: values.naked === undefined ? null : whole(values.naked, 200, 10_000),
    report: values.report ?? 'data/crash-report.json',
    keep: values.keep === true ? 'keep' : 'remove',
  };
}
