// Floor 0, the words: what is told to people and machines. Names and fields of `run --json` are the contract's (§4).
import type { EpochMs } from './units.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** One line of `run --json`; `at` is market time. Cards, terminal and log are drawn from the same values. */
export type Notice = { readonly event: string; readonly at: EpochMs; readonly severity?: Severity } & Readonly<
  Record<string, unknown>
>;
