// Book: what a trade earned, exactly, from its fills as the venue reported them. Decimals to the end; only R is a float.
import {
  add,
  compare,
  type Decimal,
  divide,
  formatDecimal,
  isZero,
  multiply,
  negate,
  parseDecimal,
  subtract,
  sum,
  toNumber,
  ZERO,
} from '../core/decimal.ts';
import type { Fill } from '../core/orders.ts';
import { type DecimalString, invariant, openingAction, type Side } from '../core/units.ts';

/** Averages are quotients and must end somewhere: four places finer than any price of the venue. */
export const AVERAGE_SCALE = 12;

export interface TradeFills {
  readonly side: Side;
  /** Any order; each (symbol, tradeNo) counts once. */
  readonly fills: readonly Fill[];
  /** Funding received (+) or paid (−) while the position was open, in USDT. */
  readonly fundingUsdt: readonly string[];
  /** Planned risk of one unit of the contract: |entry − stop| of the plan, in USDT. */
  readonly riskPerUnitUsdt: string;
  /** Price in USDT of other assets in which fees were taken (BNB). */
  readonly feePricesUsdt?: ReadonlyMap<string, string>;
}

export interface TradeResult {
  readonly entryQty: DecimalString;
  readonly exitQty: DecimalString;
  /** Entry minus exit: '0' when every fill is there. */
  readonly openQty: DecimalString;
  readonly averageEntry: DecimalString;
  readonly averageExit: DecimalString;
  /** Σ sign · price · quantity of the closed part, before fees. */
  readonly realisedUsdt: DecimalString;
  readonly feesUsdt: DecimalString;
  readonly fundingUsdt: DecimalString;
  /** realised − fees + funding. */
  readonly netPnlUsdt: DecimalString;
  readonly netR: number;
  /** Fees in assets without a price: they are missing in `feesUsdt`, and a complete row must not have any. */
  readonly unpricedFees: ReadonlyMap<string, DecimalString>;
}

interface Leg {
  readonly qty: Decimal;
  readonly notional: Decimal;
}

function leg(fills: readonly Fill[]): Leg {
  const qty = sum(fills.map((fill) => parseDecimal(fill.qty)));
  const notional = sum(fills.map((fill) => multiply(parseDecimal(fill.price), parseDecimal(fill.qty))));
  return { qty, notional };
}

const average = ({ qty, notional }: Leg): Decimal => (isZero(qty) ? ZERO : divide(notional, qty, AVERAGE_SCALE));

/** Each venue trade once, however often it was told (invariant I11). */
export function distinctFills(fills: readonly Fill[]): readonly Fill[] {
  const byNumber = new Map<string, Fill>();
  for (const fill of fills)
    if (!byNumber.has(`${fill.symbol}|${fill.tradeNo}`)) byNumber.set(`${fill.symbol}|${fill.tradeNo}`, fill);
  return [...byNumber.values()];
}

function feesOf(fills: readonly Fill[], prices: ReadonlyMap<string, string>): { usdt: Decimal; unpriced: Map<string, Decimal> } {
  let usdt = ZERO;
  const unpriced = new Map<string, Decimal>();
  for (const fill of fills) {
    const fee = parseDecimal(fill.fee);
    const price = fill.feeAsset === 'USDT' ? '1' : prices.get(fill.feeAsset);
    if (price !== undefined) usdt = add(usdt, multiply(fee, parseDecimal(price)));
    else if (!isZero(fee)) unpriced.set(fill.feeAsset, add(unpriced.get(fill.feeAsset) ?? ZERO, fee));
  }
  return { usdt, unpriced };
}

/** Gain of the closed part: the exact flow of money when flat, else against the average entry. */
function realisedOf(side: Side, entry: Leg, exit: Leg): Decimal {
  if (isZero(exit.qty)) return ZERO;
  const cost = compare(entry.qty, exit.qty) === 0 ? entry.notional : multiply(average(entry), exit.qty);
  const gain = subtract(exit.notional, cost);
  return side === 'long' ? gain : negate(gain);
}

export function tradeResult(input: TradeFills): TradeResult {
  const fills = distinctFills(input.fills);
  const entry = leg(fills.filter((fill) => fill.action === openingAction(input.side)));
  const exit = leg(fills.filter((fill) => fill.action !== openingAction(input.side)));
  const realised = realisedOf(input.side, entry, exit);
  const fees = feesOf(fills, input.feePricesUsdt ?? new Map());
  const funding = sum(input.fundingUsdt.map(parseDecimal));
  const net = add(subtract(realised, fees.usdt), funding);
  const risk = multiply(entry.qty, parseDecimal(input.riskPerUnitUsdt));
  invariant(risk.digits >= 0n, `a negative risk per unit: ${input.riskPerUnitUsdt}`);
  return {
    entryQty: formatDecimal(entry.qty),
    exitQty: formatDecimal(exit.qty),
    openQty: formatDecimal(subtract(entry.qty, exit.qty)),
    averageEntry: formatDecimal(average(entry)),
    averageExit: formatDecimal(average(exit)),
    realisedUsdt: formatDecimal(realised),
    feesUsdt: formatDecimal(fees.usdt),
    fundingUsdt: formatDecimal(funding),
    netPnlUsdt: formatDecimal(net),
    netR: isZero(risk) ? Number.NaN : toNumber(net) / toNumber(risk),
    unpricedFees: new Map([...fees.unpriced].map(([asset, amount]) => [asset, formatDecimal(amount)])),
  };
}

/** Unrealised result of an open position at a mark price, before fees. */
export function unrealisedUsdt(side: Side, qty: string, averageEntry: string, markPrice: string): DecimalString {
  const move = subtract(parseDecimal(markPrice), parseDecimal(averageEntry));
  return formatDecimal(multiply(side === 'long' ? move : negate(move), parseDecimal(qty)));
}
