// Book: what is done with a position while it runs. One pure rule book for real and virtual trades, for every mode: asked once
// per closed entry bar, it answers with what should change. It remembers nothing, so that a restart cannot make it forget.
import type { Bar } from '../core/market.ts';
import { type EpochMs, type Side, sideSign } from '../core/units.ts';

export interface ManagementSettings {
  /** Gain in R at which the stop goes to where the trade costs nothing; 0 = never. */
  readonly breakEvenAtR: number;
  /** From then on the stop follows the close by this many ATR of the trend timeframe; 0 = never. */
  readonly trailAtr: number;
  readonly reversalExit: 'on' | 'off';
  /** Gain in % of the entry price at which half is taken off; 0 = never. */
  readonly partialTakePct: number;
  /** Both ways, fee and slippage, as a fraction of the notional: the break-even price pays for it. */
  readonly roundTripCostFraction: number;
}

export const UNMANAGED: ManagementSettings = {
  breakEvenAtR: 0,
  trailAtr: 0,
  reversalExit: 'off',
  partialTakePct: 0,
  roundTripCostFraction: 0.0012,
};

/** The trend timeframe as it stands at an entry bar's close; never a running bar. */
export interface TrendFacts {
  /** NaN where there is none yet. */
  readonly atr: number;
  /** The newest confirmed break of structure; `knownMs` is the close of the bar that made it. */
  readonly lastBreak: { readonly side: Side; readonly knownMs: EpochMs } | null;
}

export interface ManagedTrade {
  readonly side: Side;
  readonly entry: number;
  /** Planned risk of one unit, in price. */
  readonly risk: number;
  /** Where the stop stands now. */
  readonly stop: number;
  readonly openedMs: EpochMs;
  readonly partial: 'open' | 'taken';
}

export type StopCause = 'breakEven' | 'trail';

export type ManagementAct =
  | { readonly kind: 'exit' }
  | { readonly kind: 'partial' }
  | { readonly kind: 'moveStop'; readonly price: number; readonly cause: StopCause };

/** Where a stop would leave nothing but the costs of both ways paid. */
export const breakEvenPrice = (trade: Pick<ManagedTrade, 'side' | 'entry'>, roundTripCostFraction: number): number =>
  trade.entry * (1 + sideSign(trade.side) * roundTripCostFraction);

/** A break of structure against the position, known after it was opened. What was broken before is the strategy's business. */
const isReversed = ({ side, openedMs }: ManagedTrade, { lastBreak }: TrendFacts): boolean =>
  lastBreak !== null && lastBreak.side !== side && lastBreak.knownMs > openedMs;

/** A bar that reached the gain and closed beyond the break-even price: one that fell back below it would stop the trade out at once. */
function breakEvenStop(trade: ManagedTrade, bar: Bar, settings: ManagementSettings): number | null {
  if (settings.breakEvenAtR <= 0) return null;
  const sign = sideSign(trade.side);
  const best = trade.side === 'long' ? bar.high : bar.low;
  const price = breakEvenPrice(trade, settings.roundTripCostFraction);
  const reached = (best - trade.entry) * sign >= settings.breakEvenAtR * trade.risk;
  return reached && (bar.close - price) * sign > 0 ? price : null;
}

/** The trail begins where break-even ends: it never gives back what the costs need. */
function trailStop(trade: ManagedTrade, bar: Bar, trend: TrendFacts | null, settings: ManagementSettings): number | null {
  if (settings.trailAtr <= 0 || trend === null || !(trend.atr > 0)) return null;
  const sign = sideSign(trade.side);
  const free = breakEvenPrice(trade, settings.roundTripCostFraction);
  if ((trade.stop - free) * sign < 0) return null;
  return bar.close - sign * settings.trailAtr * trend.atr;
}

function stopMove(trade: ManagedTrade, bar: Bar, trend: TrendFacts | null, settings: ManagementSettings): ManagementAct | null {
  const sign = sideSign(trade.side);
  const free = breakEvenStop(trade, bar, settings);
  const nearer = (price: number | null): price is number => price !== null && (price - trade.stop) * sign > 0;
  if (nearer(free)) return { kind: 'moveStop', price: free, cause: 'breakEven' };
  const trail = trailStop(trade, bar, trend, settings);
  return nearer(trail) ? { kind: 'moveStop', price: trail, cause: 'trail' } : null;
}

/** What a closed bar asks for, in the order in which it is done. An exit makes the rest pointless. */
export function manage(
  trade: ManagedTrade,
  bar: Bar,
  trend: TrendFacts | null,
  settings: ManagementSettings,
): readonly ManagementAct[] {
  if (settings.reversalExit === 'on' && trend !== null && isReversed(trade, trend)) return [{ kind: 'exit' }];
  const acts: ManagementAct[] = [];
  const gainPct = (((bar.close - trade.entry) * sideSign(trade.side)) / trade.entry) * 100;
  if (settings.partialTakePct > 0 && trade.partial === 'open' && gainPct >= settings.partialTakePct)
    acts.push({ kind: 'partial' });
  const move = stopMove(trade, bar, trend, settings);
  if (move !== null) acts.push(move);
  return acts;
}
