import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gridOf,
  MAX_CELLS,
  priceToTicks,
  qtyToSteps,
  steps,
  stepsToWire,
  stopToTicks,
  targetToTicks,
  tickSize,
  ticksToPrice,
  ticksToWire,
  wireToSteps,
  wireToTicks,
} from '../../src/core/grid.ts';
import { InvariantError } from '../../src/core/units.ts';

const decimals = fc.integer({ min: 0, max: 8 });
const units = fc.constantFrom(1, 2, 5, 10, 25);
const unitText = (n: number, places: number): string => (places === 0 ? String(n) : (n / 10 ** places).toFixed(places));
const anyGrid = fc
  .record({ tick: units, tickPlaces: decimals, step: units, stepPlaces: decimals })
  .map((g) => gridOf(unitText(g.tick, g.tickPlaces), unitText(g.step, g.stepPlaces)));
/** Cells small enough that a double still tells the edge of a cell from its own error. */
const cell = fc.integer({ min: 0, max: 1_000_000_000 });

describe('the grid', () => {
  it('writes 4.35 on a 0.01 step as 4.35 although 4.35 / 0.01 is 434.99999999999994 in floats', () => {
    const grid = gridOf('0.10', '0.01');
    expect(stepsToWire(qtyToSteps(4.35, grid), grid)).toBe('4.35');
  });

  it('writes tiny ticks without an exponent', () => {
    const grid = gridOf('0.00000001', '1');
    expect(ticksToWire(priceToTicks(0.00000012, grid, 'nearest'), grid)).toBe('0.00000012');
  });

  it('reads the tick of the wire without its trailing zeros', () => {
    expect(gridOf('0.10', '0.001')).toEqual({ tickUnits: 1, tickDecimals: 1, stepUnits: 1, stepDecimals: 3 });
    expect(tickSize(gridOf('0.05', '1'))).toBe(0.05);
  });

  it('brings every cell back from its own wire string, on any grid', () => {
    fc.assert(
      fc.property(anyGrid, cell, (grid, n) => {
        expect(wireToSteps(stepsToWire(steps(n), grid), grid)).toBe(n);
      }),
    );
  });

  it('brings every cell back from its own price, on any grid', () => {
    fc.assert(
      fc.property(anyGrid, cell, fc.constantFrom('down', 'up', 'nearest' as const), (grid, n, rounding) => {
        const ticks = wireToTicks(
          ticksToWire(priceToTicks(ticksToPrice(n as never, grid), grid, rounding as 'down'), grid),
          grid,
        );
        expect(ticks).toBe(n);
      }),
    );
  });

  it('never rounds a quantity up by more than the slack of a millionth of a step', () => {
    fc.assert(
      fc.property(anyGrid, fc.double({ min: 0, max: 1e6, noNaN: true }), (grid, qty) => {
        fc.pre((qty * 10 ** grid.stepDecimals) / grid.stepUnits < 1e9);
        const count = qtyToSteps(qty, grid);
        const exact = (qty * 10 ** grid.stepDecimals) / grid.stepUnits;
        expect(count).toBeLessThanOrEqual(exact + 1e-6);
        expect(count).toBeGreaterThan(exact - 1 - 1e-6);
      }),
    );
  });

  it('rounds a stop away from the entry and a target toward it', () => {
    const grid = gridOf('0.5', '1');
    expect(ticksToPrice(stopToTicks(99.7, 'long', grid), grid)).toBe(99.5);
    expect(ticksToPrice(stopToTicks(100.2, 'short', grid), grid)).toBe(100.5);
    expect(ticksToPrice(targetToTicks(101.9, 'long', grid), grid)).toBe(101.5);
    expect(ticksToPrice(targetToTicks(98.2, 'short', grid), grid)).toBe(98.5);
  });

  it('refuses what no grid can hold: NaN, negative, off the grid, beyond the bound', () => {
    const grid = gridOf('0.1', '0.1');
    for (const bad of [Number.NaN, -1, Number.POSITIVE_INFINITY, MAX_CELLS])
      expect(() => qtyToSteps(bad, grid)).toThrow(InvariantError);
    expect(() => wireToTicks('0.15', grid)).toThrow(/grid/);
    expect(() => gridOf('0', '1')).toThrow(/zero width/);
  });
});
