// Floor 1, room 4: how a hard gate is written down. Value, threshold and margin stand in every trace, so that "why not"
// is answered by a number.
import type { Gate } from '../../src/core/signal.ts';

interface Measured {
  readonly value: number;
  readonly threshold: number;
  readonly unit: string;
}

export function atLeast(id: string, { value, threshold, unit }: Measured): Gate {
  return { id, pass: value >= threshold, value, threshold, margin: value - threshold, unit };
}

/** Strictly more: equality fails. */
export function moreThan(id: string, { value, threshold, unit }: Measured): Gate {
  return { id, pass: value > threshold, value, threshold, margin: value - threshold, unit };
}

export function atMost(id: string, { value, threshold, unit }: Measured): Gate {
  return { id, pass: value <= threshold, value, threshold, margin: threshold - value, unit };
}

/**
 * The gates as they are shown: up to the first whose value could not be computed. That one fails as well, for what is
 * not known is not passed.
 */
export function judgeGates(gates: readonly Gate[]): { readonly gates: readonly Gate[]; readonly firstFailed: string | null } {
  const unknownAt = gates.findIndex((gate) => Number.isNaN(gate.value));
  const shown = unknownAt === -1 ? gates : gates.slice(0, unknownAt);
  const firstFailed = gates.find((gate) => !gate.pass)?.id ?? null;
  return { gates: shown, firstFailed };
}
