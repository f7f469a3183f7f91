// Services, room 4: what a provisional bar would say. A copy of the symbol's strategy is built from the bars that are held and
// shown the bar; the strategy itself hears of it only when the venue has confirmed it, so there is nothing to take back.
import type { Signal } from '../src/core/signal.ts';
import type { EpochMs } from '../src/core/units.ts';
import type { Strategy, StrategySettings } from '../strategy/strategy.ts';
import { SymbolBars } from './data/symbol-bars.ts';
import type { ProvisionalBar } from './data-service.ts';
import { type ContextSource, StrategyEngine } from './strategy-engine.ts';

/** A copy costs milliseconds: where a whole connection fell silent, the rest of its symbols wait for the venue unseen. */
const MAX_SYMBOLS = 20;

export class PreviewScan {
  readonly #strategies: readonly Strategy[];
  readonly #settings: StrategySettings;
  readonly #source: ContextSource;

  constructor(strategies: readonly Strategy[], settings: StrategySettings, source: ContextSource) {
    this.#strategies = strategies;
    this.#settings = settings;
    this.#source = source;
  }

  /** Signals that these bars would give; for people who look, never for trading. */
  scan(barOpenMs: EpochMs, provisional: readonly ProvisionalBar[]): Signal[] {
    return provisional.slice(0, MAX_SYMBOLS).flatMap((seen) => this.#signals(barOpenMs, seen));
  }

  #signals(barOpenMs: EpochMs, { symbol, bar, held }: ProvisionalBar): Signal[] {
    const engine = new StrategyEngine(this.#strategies, this.#settings, this.#source);
    engine.open(held.instrument);
    const capacity = { trendBars: held.trend.capacity, entryBars: held.entry.capacity };
    const copy = new SymbolBars(held.instrument, this.#settings.pair, capacity);
    const { before, closed } = copy.load(held.trend.tail(held.trend.length), held.entry.tail(held.entry.length));
    engine.warm(symbol, before, closed);
    copy.offer(bar);
    return engine.onMinute(barOpenMs, [{ symbol, bars: copy.advance(barOpenMs) }]).ranked.map(({ signal }) => signal);
  }
}
