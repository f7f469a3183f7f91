// Services, the table of contents: one event at a time, from the queue through the four rooms, each to its end.
// Nothing here waits for the network; answers come back as events. A minute is acknowledged when all of it is dealt with.
import type { LoopEvent } from '../src/core/events.ts';
import { barClose } from '../src/core/timeframe.ts';
import type { EpochMs } from '../src/core/units.ts';
import type { MarketClock, WallClock } from '../src/ports/clock.ts';
import type { Pacer } from '../src/ports/pacer.ts';
import type { DataService } from './data-service.ts';
import type { EventQueue } from './event-queue.ts';
import type { ExecutionService } from './execution-service.ts';
import type { MonitoringService } from './monitoring-service.ts';
import type { Overview } from './overview.ts';
import type { StrategyEngine } from './strategy-engine.ts';

export interface LoopRooms {
  readonly queue: EventQueue;
  readonly data: DataService;
  readonly strategy: StrategyEngine;
  readonly execution: ExecutionService;
  readonly monitoring: MonitoringService;
  readonly pacer: Pacer;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
}

export interface LoopOptions {
  /** Market instant at which to stop in good order; Infinity = never. */
  readonly untilMs: () => number;
  /** Called after each decided minute, for whoever draws it. */
  readonly onMinute: (overview: () => Overview) => void;
}

export class TradingLoop {
  readonly #rooms: LoopRooms;
  readonly #options: LoopOptions;
  #owed: EpochMs | null = null;
  #state: 'running' | 'stopping' = 'running';

  constructor(rooms: LoopRooms, options: LoopOptions) {
    this.#rooms = rooms;
    this.#options = options;
  }

  /** Runs until a stop was asked for and every request of ours has been answered. */
  async run(): Promise<void> {
    const { queue } = this.#rooms;
    while ((await queue.ready()) === 'event') {
      for (let event = queue.take(); event !== undefined; event = queue.take()) {
        this.#handle(event);
        this.#acknowledgeWhenDone();
        if (this.#state === 'stopping' && this.#rooms.execution.idle() && this.#rooms.data.idle()) queue.close();
      }
    }
  }

  overview(): Overview {
    const { monitoring, execution, marketClock } = this.#rooms;
    return monitoring.overview(marketClock.now(), execution.liveState());
  }

  #handle(event: LoopEvent): void {
    const { data, execution } = this.#rooms;
    switch (event.kind) {
      case 'market':
        if (event.event.kind === 'marks') execution.onMarks(event.event.marks);
        if (event.event.kind === 'feed') execution.onFeed(event.event);
        this.#announce(data.onMarket(event.event));
        return;
      case 'account':
        execution.onAccount(event.event);
        return;
      case 'snapshot':
        execution.onSnapshot(event.snapshot);
        return;
      case 'answer':
        event.apply();
        this.#decideLate();
        return;
      case 'settled':
        this.#decide(event.barOpenMs);
        return;
      case 'command':
        if (event.command.kind === 'stop') this.#state = 'stopping';
        execution.onCommand(event.command, event.by);
        return;
      case 'tick':
        this.#announce(data.onTick());
        execution.onTick();
        return;
    }
  }

  /** The minute's barrier was reached: hear out the venue up to it, then decide. */
  #announce(barOpenMs: EpochMs | null): void {
    if (barOpenMs === null) return;
    this.#rooms.pacer.settle(barOpenMs, () => this.#rooms.queue.push({ kind: 'settled', barOpenMs }));
  }

  #decide(barOpenMs: EpochMs): void {
    const { data, strategy, execution, monitoring, wallClock } = this.#rooms;
    const begun = wallClock.now();
    const minute = data.closeMinute(barOpenMs);
    const decision = strategy.onMinute(barOpenMs, minute.closed);
    const ranked = wallClock.now();
    monitoring.onScan(minute, decision, {
      scanMs: ranked - begun,
      closeToRankMs: ranked - minute.lastFrameWallMs,
      symbols: data.symbols().length,
    });
    execution.onBars(minute.closed);
    if (this.#state === 'running') {
      const fates = execution.decide({ ...decision, mood: strategy.marketMood() });
      monitoring.onDecided(decision.ranked, fates);
    }
    this.#owed = barOpenMs;
    this.#options.onMinute(() => this.overview());
    const closeMs = barClose(barOpenMs, decision.ranked[0]?.signal.entryTimeframe ?? '1m');
    if (closeMs >= this.#options.untilMs() && this.#state === 'running') {
      this.#rooms.queue.push({ kind: 'command', command: { kind: 'stop', reason: 'the asked time has passed' }, by: 'clock' });
    }
  }

  /** Latecomers are scanned alone: they move virtual trades and time stops, and their signals are ranked among themselves. */
  #decideLate(): void {
    const { data, strategy, execution, monitoring } = this.#rooms;
    const late = data.takeLate();
    if (late.length === 0) return;
    execution.onBars(late);
    const newest = Math.max(...late.flatMap((s) => s.bars.map((b) => b.entryBar.openMs)));
    const decision = strategy.onMinute(newest as EpochMs, late);
    if (decision.ranked.length === 0 || this.#state !== 'running') return;
    monitoring.onDecided(decision.ranked, execution.decide({ ...decision, mood: strategy.marketMood() }));
  }

  #acknowledgeWhenDone(): void {
    if (this.#owed === null || !this.#rooms.execution.idle() || !this.#rooms.data.idle()) return;
    this.#rooms.pacer.acknowledge(this.#owed);
    this.#owed = null;
  }
}
