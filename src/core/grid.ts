// Floor 0, the words: the only place where a price becomes ticks and ticks become the exact string on the wire.
import { type DecimalString, decimalString, invariant, type Side, type Steps, type Ticks } from './units.ts';

/**
 * A contract's price and quantity grid. `tick` = tickUnits × 10^-tickDecimals, likewise the step, so that
 * a tick of 0.05 is { units: 5, decimals: 2 } and no float ever stands for it.
 */
export interface Grid {
  readonly tickUnits: number;
  readonly tickDecimals: number;
  readonly stepUnits: number;
  readonly stepDecimals: number;
}

/** Above this many cells a double can no longer tell a cell's edge from its error (found by the property test). */
export const MAX_CELLS = 1e10;
// A double's relative error may leave 4.35 / 0.01 at 434.99999999999994; a slack of this many cells brings it home.
const SLACK_CELLS = 1e-6;

function unitOf(text: string): { units: number; decimals: number } {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text);
  invariant(found, `not a positive decimal: "${text}"`);
  const fraction = (found[2] ?? '').replace(/0+$/, '');
  const units = Number((found[1] ?? '0') + fraction);
  invariant(units > 0, `a grid of zero width: "${text}"`);
  return { units, decimals: fraction.length };
}

/** The grid from the venue's own strings, e.g. gridOf('0.10', '0.001'). */
export function gridOf(tickSize: string, stepSize: string): Grid {
  const tick = unitOf(tickSize);
  const step = unitOf(stepSize);
  return { tickUnits: tick.units, tickDecimals: tick.decimals, stepUnits: step.units, stepDecimals: step.decimals };
}

export const tickSize = (grid: Grid): number => grid.tickUnits / 10 ** grid.tickDecimals;
export const stepSize = (grid: Grid): number => grid.stepUnits / 10 ** grid.stepDecimals;

type Rounding = 'down' | 'up' | 'nearest';

function cells(value: number, units: number, decimals: number, rounding: Rounding): number {
  invariant(Number.isFinite(value) && value >= 0, `a grid takes finite values from 0 up, not ${value}`);
  const exact = (value * 10 ** decimals) / units;
  invariant(exact <= MAX_CELLS, `${value} is more than ${MAX_CELLS} grid cells`);
  if (rounding === 'nearest') return Math.round(exact);
  return rounding === 'down' ? Math.floor(exact + SLACK_CELLS) : Math.ceil(exact - SLACK_CELLS);
}

export const priceToTicks = (price: number, grid: Grid, rounding: Rounding): Ticks =>
  cells(price, grid.tickUnits, grid.tickDecimals, rounding) as Ticks;
/** Quantities only round down: a size above the plan is never ours to take. */
export const qtyToSteps = (qty: number, grid: Grid): Steps => cells(qty, grid.stepUnits, grid.stepDecimals, 'down') as Steps;

export const ticksToPrice = (ticks: Ticks, grid: Grid): number => (ticks * grid.tickUnits) / 10 ** grid.tickDecimals;
export const stepsToQty = (steps: Steps, grid: Grid): number => (steps * grid.stepUnits) / 10 ** grid.stepDecimals;

function wire(count: number, units: number, decimals: number): DecimalString {
  invariant(Number.isSafeInteger(count) && count >= 0, `a wire number is a whole count of cells, not ${count}`);
  const digits = (BigInt(count) * BigInt(units)).toString().padStart(decimals + 1, '0');
  if (decimals === 0) return decimalString(digits);
  return decimalString(`${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`);
}

/** Exact wire strings, e.g. stepsToWire(435, grid) is '4.35'. */
export const ticksToWire = (ticks: Ticks, grid: Grid): DecimalString => wire(ticks, grid.tickUnits, grid.tickDecimals);
export const stepsToWire = (steps: Steps, grid: Grid): DecimalString => wire(steps, grid.stepUnits, grid.stepDecimals);

function fromWire(text: string, units: number, decimals: number, what: string): number {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text);
  invariant(found, `not an unsigned decimal: "${text}"`);
  const fraction = (found[2] ?? '').padEnd(decimals, '0');
  invariant(/^0*$/.test(fraction.slice(decimals)), `${text} is finer than the ${what} grid`);
  const whole = BigInt((found[1] ?? '0') + fraction.slice(0, decimals));
  invariant(whole % BigInt(units) === 0n, `${text} is off the ${what} grid`);
  return Number(whole / BigInt(units));
}

/** A venue's string back into cells, exactly; a value off the grid is an invariant failure. */
export const wireToTicks = (text: string, grid: Grid): Ticks =>
  fromWire(text, grid.tickUnits, grid.tickDecimals, 'price') as Ticks;
export const wireToSteps = (text: string, grid: Grid): Steps =>
  fromWire(text, grid.stepUnits, grid.stepDecimals, 'quantity') as Steps;

export const ticks = (count: number): Ticks => {
  invariant(Number.isSafeInteger(count) && count >= 0, `not a tick count: ${count}`);
  return count as Ticks;
};
export const steps = (count: number): Steps => {
  invariant(Number.isSafeInteger(count) && count >= 0, `not a step count: ${count}`);
  return count as Steps;
};

/** A stop rounds away from entry (never a tighter stop than the plan), a target rounds toward entry. */
export const stopToTicks = (price: number, side: Side, grid: Grid): Ticks =>
  priceToTicks(price, grid, side === 'long' ? 'down' : 'up');
export const targetToTicks = (price: number, side: Side, grid: Grid): Ticks =>
  priceToTicks(price, grid, side === 'long' ? 'down' : 'up');
