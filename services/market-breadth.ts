// Services, room 4: how much of the market leans which way. Noted when a trend bar closes, so that a minute with signals need not ask
// every contract anew.
import type { SymbolStrategy } from '../strategy/strategy.ts';

const share = (part: number, whole: number): number => (whole === 0 ? Number.NaN : part / whole);

/** Over all contracts that one strategy follows, each at its place. */
export class MarketBreadth {
  /** +1, 0, −1 each: last trend close against its EMA200 (0 = unknown), and the direction of the last trend bar. */
  readonly #bias: number[] = [];
  readonly #direction: number[] = [];

  note(place: number, { trendBias, trendReturnSign }: Pick<SymbolStrategy, 'trendBias' | 'trendReturnSign'>): void {
    this.#bias[place] = trendBias;
    this.#direction[place] = trendReturnSign;
  }

  /** Share of those with an EMA200 whose last trend close is above it; NaN where none has one. */
  get aboveEma200(): number {
    let [known, above] = [0, 0];
    for (const bias of this.#bias) {
      if (bias !== 0) known += 1;
      if (bias > 0) above += 1;
    }
    return share(above, known);
  }

  /** Share of all whose last trend bar closed up; NaN where there are none. */
  get rising(): number {
    let rising = 0;
    for (const direction of this.#direction) if (direction > 0) rising += 1;
    return share(rising, this.#direction.length);
  }
}
