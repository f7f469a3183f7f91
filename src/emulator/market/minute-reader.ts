// Emulator, the world behind the exchange: a generated minute as a bar. Ticks and steps become prices and quantities, and
// what a block does not hold (trades, taker volume) is drawn here, from the minute's own place.
import type { Grid } from '../../core/grid.ts';
import { type MinuteBlock, type MinuteSettings, takerShare } from './minute-block.ts';
import type { MarketBar } from './source.ts';
import { BLOCK_MINUTES } from './trading-time-tree.ts';

export type WritableBar = { -readonly [K in keyof MarketBar]: MarketBar[K] };

export const emptyBar = (): WritableBar => ({
  openMs: 0,
  open: 0,
  high: 0,
  low: 0,
  close: 0,
  volume: 0,
  quoteVolume: 0,
  trades: 0,
  takerBuyVolume: 0,
  takerBuyQuoteVolume: 0,
});

export class MinuteReader {
  readonly #settings: MinuteSettings;
  readonly #tickUnits: number;
  readonly #tickScale: number;
  readonly #stepUnits: number;
  readonly #stepScale: number;

  constructor(settings: MinuteSettings, grid: Grid) {
    this.#settings = settings;
    // The powers of ten are taken once: a cold start turns twenty million ticks into prices.
    this.#tickUnits = grid.tickUnits;
    this.#tickScale = 10 ** grid.tickDecimals;
    this.#stepUnits = grid.stepUnits;
    this.#stepScale = 10 ** grid.stepDecimals;
  }

  #price(column: Int32Array, i: number): number {
    return ((column[i] as number) * this.#tickUnits) / this.#tickScale;
  }

  #quantity(count: number): number {
    return (count * this.#stepUnits) / this.#stepScale;
  }

  /** Fills all but the open time of `into` with minute number `minute`, which lies in `block`. */
  read(block: MinuteBlock, minute: number, into: WritableBar): void {
    const i = minute - Math.floor(minute / BLOCK_MINUTES) * BLOCK_MINUTES;
    into.open = this.#price(block.open, i);
    into.high = this.#price(block.high, i);
    into.low = this.#price(block.low, i);
    into.close = this.#price(block.close, i);
    this.#readVolume(block.volume[i] as number, minute, into);
  }

  #readVolume(count: number, minute: number, into: WritableBar): void {
    const { open, high, low, close } = into;
    const meanPrice = (open + high + low + close) / 4;
    const share = takerShare(this.#settings.seed, minute, high > low ? (close - open) / (high - low) : 0);
    const volume = this.#quantity(count);
    const takerBuy = this.#quantity(Math.round(count * share));
    into.volume = volume;
    into.quoteVolume = volume * meanPrice;
    into.takerBuyVolume = takerBuy;
    into.takerBuyQuoteVolume = takerBuy * meanPrice;
    // No more trades than there are steps to trade, and at least one where anything was traded.
    into.trades = count === 0 ? 0 : Math.max(1, Math.min(count, Math.round(into.quoteVolume / this.#settings.tradeUsdt)));
  }
}
