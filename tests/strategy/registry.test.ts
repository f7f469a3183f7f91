import { describe, expect, it } from 'vitest';
import { STRATEGY_IDS, strategyById } from '../../strategy/registry.ts';

describe('the registry', () => {
  it('finds every strategy by its own id', () => {
    expect(STRATEGY_IDS).toEqual(['smc-confluence', 'price-action']);
    for (const id of STRATEGY_IDS) expect(strategyById(id).id).toBe(id);
  });

  it('lists the known ones when the id is unknown', () => {
    expect(() => strategyById('smc')).toThrow('unknown strategy "smc"; known: smc-confluence, price-action');
  });

  it('asks for the contract’s warm-up of 499 trend and 99 entry bars', () => {
    for (const id of STRATEGY_IDS) expect(strategyById(id).warmup).toEqual({ trendBars: 499, entryBars: 99 });
  });
});
