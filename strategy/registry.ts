// Floor 1, room 4: the strategies by name, as `STRATEGIES` in the settings spells them.
import { priceAction } from './price-action.ts';
import { smcConfluence } from './smc-confluence.ts';
import type { Strategy } from './strategy.ts';

const STRATEGIES: readonly Strategy[] = [smcConfluence, priceAction];

export const STRATEGY_IDS: readonly string[] = STRATEGIES.map((strategy) => strategy.id);

/** Throws for an unknown id and lists the known ones: a typing mistake in the settings, to be told at the start. */
export function strategyById(id: string): Strategy {
  const found = STRATEGIES.find((strategy) => strategy.id === id);
  if (found === undefined) throw new Error(`unknown strategy "${id}"; known: ${STRATEGY_IDS.join(', ')}`);
  return found;
}
