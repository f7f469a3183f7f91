// App, `perpscout bench`: the shipped rooms 3 and 4 over the measured market, minute after minute. Frames arrive before the clock
// is started, as they do in life; closing, folding, indicators, detectors, score and rank are what is timed.
import { DataService } from '../../../services/data-service.ts';
import type { ScannedMinute } from '../../../services/decision-traces.ts';
import { Dispatcher } from '../../../services/dispatcher.ts';
import { EventQueue } from '../../../services/event-queue.ts';
import { type MinuteDecision, StrategyEngine } from '../../../services/strategy-engine.ts';
import { strategyById } from '../../../strategy/registry.ts';
import type { StrategySettings } from '../../../strategy/strategy.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { barClose, MINUTE_MS } from '../../core/timeframe.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Logger } from '../../ports/logger.ts';
import { BENCH_POLICY, type BenchMarket } from './bench-market.ts';

/** The published settings. */
const STRATEGY: StrategySettings = {
  pair: { trend: '15m', entry: '1m' },
  minConfidence: 70,
  roundTripCostBps: 12,
  costGateR: 0.1,
};
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export class MarketRun {
  readonly #market: BenchMarket;
  readonly #data: DataService;
  readonly #engine: StrategyEngine;
  #nextMs: EpochMs;
  signals = 0;

  private constructor(market: BenchMarket) {
    this.#market = market;
    this.#nextMs = market.startMs;
    this.#data = new DataService(
      { pair: STRATEGY.pair, policy: BENCH_POLICY },
      {
        feed: market,
        marketClock: { now: () => this.#nextMs },
        wallClock: systemClock,
        logger: silent,
        dispatcher: new Dispatcher(new EventQueue(), silent),
      },
    );
    this.#engine = new StrategyEngine([strategyById('smc-confluence')], STRATEGY, this.#data);
  }

  static async open(market: BenchMarket): Promise<MarketRun> {
    const run = new MarketRun(market);
    const universe = await run.#data.chooseUniverse();
    for (const instrument of universe.included) run.#engine.open(instrument);
    await run.#data.load(new AbortController().signal, ({ symbol, before, closed }) => {
      run.#engine.warm(symbol, before, closed);
    });
    return run;
  }

  get data(): DataService {
    return this.#data;
  }

  /** Open of the minute that comes next. */
  get nextMs(): EpochMs {
    return this.#nextMs;
  }

  /** The final frames of the next minute come in. */
  hearMinute(): void {
    const openMs = this.#nextMs;
    this.#nextMs = barClose(openMs, STRATEGY.pair.entry);
    for (const symbol of this.#data.symbols()) {
      const bar = this.#market.minute(symbol, openMs);
      this.#data.onMarket({ kind: 'bar', at: this.#nextMs, symbol, timeframe: STRATEGY.pair.entry, bar, final: true });
    }
  }

  /** Closes the minute that was heard: what the bot does between the last frame and the ranked list. */
  decide(): MinuteDecision {
    const barOpenMs = epochMs(this.#nextMs - MINUTE_MS);
    const minute = this.#data.closeMinute(barOpenMs);
    const decision = this.#engine.onMinute(barOpenMs, minute.closed);
    this.signals += decision.ranked.length;
    return decision;
  }

  /** What was thought of every contract in the minute decided last, as the traces keep it. */
  scanned({ barCloseMs, scanned }: MinuteDecision): ScannedMinute {
    return { barCloseMs, scanned, evaluations: scanned.flatMap((symbol) => this.#engine.evaluationsOf(symbol)) };
  }
}
