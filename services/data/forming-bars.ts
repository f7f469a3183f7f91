// Services, room 3: the newest frames of the running candles. At the barrier they say what a bar without its final frame looked
// like: whole, when trade numbers prove that nothing is missing before the next bar's first trade, else provisional.
import type { Bar, MarketEvent } from '../../src/core/market.ts';
import type { SymbolId } from '../../src/core/units.ts';

type BarEvent = Extract<MarketEvent, { kind: 'bar' }>;

export type Standing =
  | { readonly kind: 'unseen' }
  /** The next bar began with the trade after this bar's last one. */
  | { readonly kind: 'whole'; readonly bar: Bar }
  /** Trades after its newest frame may be missing. */
  | { readonly kind: 'provisional'; readonly bar: Bar };

const UNSEEN: Standing = { kind: 'unseen' };

export class FormingBars {
  readonly #newest = new Map<SymbolId, BarEvent>();
  /** The last frame of the bar before the newest one. */
  readonly #before = new Map<SymbolId, { readonly frame: BarEvent; readonly next: BarEvent }>();

  hear(frame: BarEvent): void {
    const newest = this.#newest.get(frame.symbol);
    if (newest !== undefined && frame.bar.openMs < newest.bar.openMs) return;
    if (newest !== undefined && frame.bar.openMs > newest.bar.openMs) {
      this.#before.set(frame.symbol, { frame: newest, next: frame });
    }
    this.#newest.set(frame.symbol, frame);
  }

  /** What is known of this bar. */
  standing(symbol: SymbolId, openMs: number): Standing {
    const newest = this.#newest.get(symbol);
    if (newest?.bar.openMs === openMs) return { kind: 'provisional', bar: newest.bar };
    const before = this.#before.get(symbol);
    if (before?.frame.bar.openMs !== openMs) return UNSEEN;
    return { kind: joined(before.frame, before.next) ? 'whole' : 'provisional', bar: before.frame.bar };
  }

  forget(symbol: SymbolId): void {
    this.#newest.delete(symbol);
    this.#before.delete(symbol);
  }
}

function joined(frame: BarEvent, next: BarEvent): boolean {
  if (frame.tradeIds === undefined || next.tradeIds === undefined) return false;
  return frame.tradeIds.last >= 0 && next.tradeIds.first === frame.tradeIds.last + 1;
}
