// Book: what a span of closed trades amounts to, from rows alone. Money is added up exactly; a rate never comes without its
// interval, and fewer than MIN_OUTCOMES observations are named as too few.
import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  negate,
  parseDecimal,
  sign,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '../core/decimal.ts';
import type {
  BandReliability,
  CurvePoint,
  Drawdown,
  ExitShare,
  LabelFacts,
  MeanEstimate,
  MoneyLadder,
  PerformanceReport,
  RateEstimate,
  TradeFacts,
} from '../core/performance.ts';
import type { ExitClass } from '../core/trade.ts';
import { type EpochMs, invariant } from '../core/units.ts';
import { bandOf, MIN_OUTCOMES, SCORE_BANDS } from './hit-rates.ts';
import { wilsonInterval, winRecord } from './stats.ts';

/** More points than a picture has columns say nothing more. */
export const MAX_POINTS = 500;

const amount = (text: string): Decimal => parseDecimal(text);

/** Two-sided 95 % quantile of Student's t (Cornish–Fisher from the normal one; exact to 3 digits from 5 degrees on). */
export function t95(degrees: number): number {
  invariant(degrees >= 1, `Student's t with ${degrees} degrees of freedom`);
  const small = [12.706, 4.303, 3.182, 2.776];
  const z = 1.959963984540054;
  const exact = small[degrees - 1];
  if (exact !== undefined) return exact;
  const g1 = (z ** 3 + z) / 4;
  const g2 = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const g3 = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + g1 / degrees + g2 / degrees ** 2 + g3 / degrees ** 3;
}

export function meanEstimate(values: readonly number[]): MeanEstimate {
  const n = values.length;
  if (n === 0) return { n, mean: null, lower: null, upper: null };
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { n, mean, lower: null, upper: null };
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1);
  const half = t95(n - 1) * Math.sqrt(variance / n);
  return { n, mean, lower: mean - half, upper: mean + half };
}

export function rateEstimate(hits: number, n: number): RateEstimate {
  const { lower, upper } = wilsonInterval({ wins: hits, total: n });
  return { n, hits, rate: n === 0 ? null : hits / n, lower, upper, verdict: n < MIN_OUTCOMES ? 'tooFew' : 'measured' };
}

export function moneyLadder(trades: readonly TradeFacts[]): MoneyLadder {
  const net = sum(trades.map((trade) => amount(trade.netPnlUsdt)));
  const commission = sum(trades.map((trade) => amount(trade.feesUsdt)));
  const funding = sum(trades.map((trade) => amount(trade.fundingUsdt)));
  const slippage = sum(trades.map((trade) => amount(trade.slippageUsdt)));
  const gross = add(subtract(add(net, commission), funding), slippage);
  return {
    grossUsdt: formatDecimal(gross),
    commissionUsdt: formatDecimal(commission),
    fundingUsdt: formatDecimal(funding),
    slippageUsdt: formatDecimal(slippage),
    netUsdt: formatDecimal(net),
  };
}

/** Won over lost, of net results; null where nothing was lost. */
function profitFactor(trades: readonly TradeFacts[]): number | null {
  const results = trades.map((trade) => amount(trade.netPnlUsdt));
  const won = sum(results.filter((result) => sign(result) > 0));
  const lost = sum(results.filter((result) => sign(result) < 0));
  return sign(lost) === 0 ? null : toNumber(won) / -toNumber(lost);
}

function longestLosingStreak(trades: readonly TradeFacts[]): number {
  let longest = 0;
  let running = 0;
  for (const trade of trades) {
    running = sign(amount(trade.netPnlUsdt)) > 0 ? 0 : running + 1;
    longest = Math.max(longest, running);
  }
  return longest;
}

export function curveOf(trades: readonly TradeFacts[]): CurvePoint[] {
  let total = ZERO;
  return trades.map((trade) => {
    total = add(total, amount(trade.netPnlUsdt));
    return { at: trade.closedMs, usdt: formatDecimal(total) };
  });
}

const NO_FALL = { usdt: formatDecimal(ZERO), pct: null, peakMs: null, troughMs: null } as const;

/** `start`: what the curve stood at before its first point; for a balance, whose share of the peak has a meaning, null. */
export function maxDrawdown(
  curve: readonly CurvePoint[],
  start: { readonly at: EpochMs; readonly usdt: string } | null,
): Drawdown {
  let peak = start ?? curve[0] ?? null;
  let worst: Decimal = ZERO;
  let found: Drawdown = NO_FALL;
  for (const point of curve) {
    if (peak === null) return NO_FALL;
    const fall = subtract(amount(peak.usdt), amount(point.usdt));
    if (sign(fall) <= 0) peak = point;
    else if (compare(fall, worst) > 0) {
      worst = fall;
      const top = toNumber(amount(peak.usdt));
      const pct = start === null && top > 0 ? (toNumber(fall) / top) * 100 : null;
      found = { usdt: formatDecimal(fall), pct, peakMs: peak.at, troughMs: point.at };
    }
  }
  return found;
}

/** Keeps the ends, and of every stretch its lowest and highest point, so that no fall is smoothed away. */
export function thinned(curve: readonly CurvePoint[], limit = MAX_POINTS): readonly CurvePoint[] {
  if (curve.length <= limit) return curve;
  const stretches = Math.floor((limit - 2) / 2);
  const inner = curve.slice(1, -1);
  const kept: CurvePoint[] = curve.slice(0, 1);
  for (let i = 0; i < stretches; i++) {
    const part = inner.slice(Math.floor((i * inner.length) / stretches), Math.floor(((i + 1) * inner.length) / stretches));
    const sorted = part.toSorted((a, b) => compare(amount(a.usdt), amount(b.usdt)));
    const ends = new Set([sorted[0], sorted.at(-1)]);
    kept.push(...part.filter((point) => ends.has(point)));
  }
  return [...kept, ...curve.slice(-1)];
}

function exitShares(trades: readonly TradeFacts[]): ExitShare[] {
  const shares = new Map<ExitClass, TradeFacts[]>();
  for (const trade of trades) shares.set(trade.exitClass, [...(shares.get(trade.exitClass) ?? []), trade]);
  return [...shares]
    .map(([exitClass, held]) => ({
      exitClass,
      trades: held.length,
      netUsdt: formatDecimal(sum(held.map((trade) => amount(trade.netPnlUsdt)))),
    }))
    .sort((a, b) => b.trades - a.trades);
}

function reliability(labels: readonly LabelFacts[]): BandReliability[] {
  return SCORE_BANDS.map((band) => {
    const inside = labels.filter((label) => bandOf(label.score) === band);
    const hits = inside.filter((label) => label.hit === 'oneR').length;
    return { ...band, hitRate: rateEstimate(hits, inside.length), netR: meanEstimate(inside.map((label) => label.netR)) };
  });
}

const meanOf = (values: readonly number[]): number | null => meanEstimate(values).mean;

/** Trades in the order of their closing. */
export function performance(trades: readonly TradeFacts[], labels: readonly LabelFacts[]): PerformanceReport {
  const netR = trades.map((trade) => trade.netR);
  const { wins, total } = winRecord(netR);
  const curve = curveOf(trades);
  const first = trades[0];
  const start = first === undefined ? null : { at: first.openedMs, usdt: '0' };
  return {
    trades: trades.length,
    verdict: trades.length < MIN_OUTCOMES ? 'tooFew' : 'measured',
    money: moneyLadder(trades),
    expectancyR: meanEstimate(netR),
    winRate: rateEstimate(wins, total),
    profitFactor: profitFactor(trades),
    meanWinR: meanOf(netR.filter((r) => r > 0)),
    meanLossR: meanOf(netR.filter((r) => r <= 0)),
    longestLosingStreak: longestLosingStreak(trades),
    maxDrawdown: maxDrawdown(curve, start),
    curve: thinned(curve),
    exits: exitShares(trades),
    bands: reliability(labels),
    signals: labels.length,
  };
}

/** Cost of worse prices than intended on one leg, exact; `buys` is +1 where the leg buys, −1 where it sells. */
export function slippageCost(leg: {
  readonly intended: string;
  readonly actual: string;
  readonly qty: string;
  readonly buys: 1 | -1;
}): Decimal {
  const worse = subtract(amount(leg.actual), amount(leg.intended));
  const signed = leg.buys === 1 ? worse : negate(worse);
  const qty = amount(leg.qty);
  return { digits: signed.digits * qty.digits, scale: signed.scale + qty.scale };
}
