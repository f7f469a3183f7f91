// Risk, room 5: from a signal to a plan on the grid. Order of work: round entry and stop to ticks, size from the rounded
// prices, round the quantity down, the venue's minima last. Every cap holds for the plan as it stands, not for the wish.

import { HARD_LOSS_FRACTION } from '../book/hard-close.ts';
import type { WinRecord } from '../book/stats.ts';
import { tradeIdOf } from '../core/client-id.ts';
import {
  type Grid,
  MAX_CELLS,
  priceToTicks,
  qtyToSteps,
  stepSize,
  stepsToQty,
  stopToTicks,
  targetToTicks,
  ticksToPrice,
} from '../core/grid.ts';
import type { Instrument } from '../core/market.ts';
import type { LeverageBracket } from '../core/orders.ts';
import type { Signal } from '../core/signal.ts';
import type { TradePlan } from '../core/trade.ts';
import { type Steps, sideSign, type Ticks } from '../core/units.ts';
import { type ChosenLeverage, chooseLeverage, plannedLeverage } from './leverage.ts';
import { type RiskTier, tierOf, tierRiskPct } from './profile.ts';
import { type ProfileInForce, type RiskSettings, roundTripCostFraction } from './settings.ts';
import { tierSize } from './tier-size.ts';
import { approved, type Refused, refused, type Verdict } from './verdict.ts';

export interface PlanInput {
  readonly signal: Signal;
  readonly instrument: Instrument;
  readonly equityUsdt: number;
  readonly availableUsdt: number;
  /** Sum of the planned risk of everything open, unresolved or armed. */
  readonly openRiskUsdt: number;
  /** Sum of the notional of everything open, unresolved or armed; 0 by default. */
  readonly openNotionalUsdt?: number;
  /** `confidence` by default. */
  readonly profile?: ProfileInForce;
  /** The last 200 closed real trades. */
  readonly winRate: WinRecord;
  readonly brackets: readonly LeverageBracket[];
  readonly settings: RiskSettings;
  /** Names the account in the trade id. */
  readonly account: string;
}

/** The score range over which the margin grows from its least to its most. */
export const SCORE_FOR_MIN_MARGIN = 70;
export const SCORE_FOR_MAX_MARGIN = 100;
/** The price moves between the plan and the fill: the venue's minimum must hold 2 % later too. */
export const MIN_NOTIONAL_SLACK = 1.02;
/** Margin, fees and the entry's slippage are paid from the same free balance. */
export const FREE_MARGIN_FACTOR = 1.2;

/** 0 at the least score, 1 at the highest. */
const placeOf = (score: number): number =>
  Math.min(1, Math.max(0, (score - SCORE_FOR_MIN_MARGIN) / (SCORE_FOR_MAX_MARGIN - SCORE_FOR_MIN_MARGIN)));

/** Percent of equity, linear in the score. */
export const marginPct = (score: number, settings: Pick<RiskSettings, 'marginMinPct' | 'marginMaxPct'>): number =>
  settings.marginMinPct + placeOf(score) * (settings.marginMaxPct - settings.marginMinPct);

interface Prices {
  readonly entryTicks: Ticks;
  readonly stopTicks: Ticks;
  readonly targetTicks: Ticks;
  readonly entry: number;
  /** Distance of the rounded stop, in price and as a fraction of the entry. */
  readonly stopDistance: number;
  readonly riskFraction: number;
}

function roundedPrices(signal: Signal, grid: Grid): Prices | Refused {
  const { plan, side } = signal;
  const cells = [plan.entry, plan.stop, plan.target].map((price) => (price * 10 ** grid.tickDecimals) / grid.tickUnits);
  if (!cells.every((count) => count >= 0 && count <= MAX_CELLS))
    return refused('geometry', `${plan.entry} / ${plan.stop} / ${plan.target} is no set of prices on the grid`);
  const entryTicks = priceToTicks(plan.entry, grid, 'nearest');
  const stopTicks = stopToTicks(plan.stop, side, grid);
  const targetTicks = targetToTicks(plan.target, side, grid);
  const sign = sideSign(side);
  if (stopTicks <= 0 || (entryTicks - stopTicks) * sign <= 0)
    return refused('geometry', `the stop ${plan.stop} is not on the loss side of ${plan.entry}`);
  if ((targetTicks - entryTicks) * sign <= 0)
    return refused('geometry', `the target ${plan.target} is not on the gain side of ${plan.entry}`);
  const entry = ticksToPrice(entryTicks, grid);
  const stopDistance = Math.abs(entry - ticksToPrice(stopTicks, grid));
  return { entryTicks, stopTicks, targetTicks, entry, stopDistance, riskFraction: stopDistance / entry };
}

/** What a stop costs in the worst planned case: the distance and the round trip. */
const lossFraction = (prices: Prices, settings: RiskSettings): number => prices.riskFraction + roundTripCostFraction(settings);

interface Size {
  readonly steps: Steps;
  readonly leverage: number;
  readonly leverageReason: string;
}

interface Caps {
  readonly riskCapUsdt: number;
  readonly heatCapUsdt: number;
}

/** Greatest notional by the risk of one trade and by the heat that the open ones leave; a stop costs its distance and the round trip. */
function capsOf(input: PlanInput, prices: Prices, pct: { readonly risk: number; readonly heat: number }): Caps | Refused {
  const { equityUsdt, openRiskUsdt } = input;
  const loss = lossFraction(prices, input.settings);
  const heatLeftUsdt = (equityUsdt * pct.heat) / 100 - openRiskUsdt;
  if (heatLeftUsdt <= 0)
    return refused('heat', `open trades already risk ${openRiskUsdt.toFixed(2)} USDT, ${pct.heat} % of equity is the limit`);
  return { riskCapUsdt: (equityUsdt * pct.risk) / 100 / loss, heatCapUsdt: heatLeftUsdt / loss };
}

function sizeByConfidence(input: PlanInput, prices: Prices): Verdict<ChosenLeverage> {
  const { settings } = input;
  const caps = capsOf(input, prices, { risk: settings.riskPerTradePct, heat: settings.portfolioHeatPct });
  if ('kind' in caps) return caps;
  return chooseLeverage({
    ...caps,
    side: input.signal.side,
    entryPrice: prices.entry,
    stopDistance: prices.stopDistance,
    marginUsdt: (input.equityUsdt * marginPct(input.signal.score, settings)) / 100,
    planned: plannedLeverage(input.winRate, settings),
    leverageMin: settings.leverageMin,
    brackets: input.brackets,
  });
}

function sizeByTier(input: PlanInput, prices: Prices, tier: RiskTier): Verdict<ChosenLeverage> {
  const { signal } = input;
  const risk = tierRiskPct(tier, placeOf(signal.score), input.winRate, signal.plan);
  const caps = capsOf(input, prices, { risk, heat: tier.heatPct });
  if ('kind' in caps) return caps;
  return tierSize({
    ...caps,
    side: signal.side,
    entryPrice: prices.entry,
    stopDistance: prices.stopDistance,
    equityUsdt: input.equityUsdt,
    openNotionalUsdt: input.openNotionalUsdt ?? 0,
    freeUsdt: input.availableUsdt / FREE_MARGIN_FACTOR,
    tier,
    brackets: input.brackets,
  });
}

function size(input: PlanInput, prices: Prices): Size | Refused {
  const { instrument } = input;
  const tiers = input.profile === 'tiers';
  const chosen = tiers ? sizeByTier(input, prices, tierOf(input.equityUsdt)) : sizeByConfidence(input, prices);
  if (chosen.kind === 'refused') return chosen;
  const grid = instrument.grid;
  const most = Math.min(chosen.value.notionalUsdt / prices.entry, instrument.marketMaxQty, MAX_CELLS * stepSize(grid));
  return { steps: qtyToSteps(most, grid), leverage: chosen.value.leverage, leverageReason: chosen.value.reason };
}

/** The venue's minima, last: a plan that is too small is refused, never blown up to fit. */
function minimaFault(input: PlanInput, qty: number, notionalUsdt: number, leverage: number): Refused | null {
  const { instrument } = input;
  if (qty <= 0 || qty < instrument.marketMinQty)
    return refused('belowMinQty', `${qty} ${instrument.baseAsset} is below the venue's minimum of ${instrument.marketMinQty}`);
  if (notionalUsdt < instrument.minNotionalUsdt * MIN_NOTIONAL_SLACK)
    return refused(
      'belowMinNotional',
      `${notionalUsdt.toFixed(2)} USDT is below the venue's minimum of ${instrument.minNotionalUsdt} plus 2 %`,
    );
  const neededUsdt = (notionalUsdt / leverage) * FREE_MARGIN_FACTOR;
  if (neededUsdt > input.availableUsdt)
    return refused(
      'freeMargin',
      `${neededUsdt.toFixed(2)} USDT of free margin are needed, ${input.availableUsdt.toFixed(2)} are there`,
    );
  return null;
}

export function planTrade(input: PlanInput): Verdict<TradePlan> {
  const { signal, instrument, equityUsdt } = input;
  if (!(equityUsdt > 0)) return refused('noEquity', `equity is ${equityUsdt} USDT`);
  if (input.brackets.length === 0) return refused('bracketsUnknown', `the leverage brackets of ${signal.symbol} are not known`);
  const prices = roundedPrices(signal, instrument.grid);
  if ('kind' in prices) return prices;
  const loss = lossFraction(prices, input.settings);
  if (loss >= HARD_LOSS_FRACTION)
    return refused(
      'stopBeyondHardClose',
      `the stop costs ${(loss * 100).toFixed(2)} % of the notional, the hard close would come first at ${HARD_LOSS_FRACTION * 100} %`,
    );
  const sized = size(input, prices);
  if ('kind' in sized) return sized;
  const qty = stepsToQty(sized.steps, instrument.grid);
  const notionalUsdt = qty * prices.entry;
  const fault = minimaFault(input, qty, notionalUsdt, sized.leverage);
  if (fault !== null) return fault;
  return approved({
    tradeId: tradeIdOf(input.account, signal.strategy, signal.symbol, signal.side, signal.barCloseMs),
    signal,
    symbol: signal.symbol,
    side: signal.side,
    steps: sized.steps,
    entry: prices.entryTicks,
    stop: prices.stopTicks,
    target: prices.targetTicks,
    leverage: sized.leverage,
    leverageReason: sized.leverageReason,
    marginPct: (notionalUsdt / sized.leverage / equityUsdt) * 100,
    notionalUsdt,
    riskUsdt: qty * prices.stopDistance,
    grid: instrument.grid,
  });
}
