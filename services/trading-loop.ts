// Services, the table of contents: one event at a time, from the queue through the four rooms, each to its end.
// Nothing here waits for the network; answers come back as events. A minute is acknowledged when all of it is dealt with.
import type { LoopEvent } from '../src/core/events.ts';
import type { MarketEvent } from '../src/core/market.ts';
import type { EpochMs } from '../src/core/units.ts';
import type { MarketClock, WallClock } from '../src/ports/clock.ts';
import type { Pacer } from '../src/ports/pacer.ts';
import type { DataService, SymbolMinute } from './data-service.ts';
import type { EventQueue } from './event-queue.ts';
import type { ExecutionService } from './execution-service.ts';
import type { MonitoringService } from './monitoring-service.ts';
import type { Overview } from './overview.ts';
import type { PreviewScan } from './preview-scan.ts';
import type { MinuteDecision, StrategyEngine } from './strategy-engine.ts';
import type { TraceKeeper } from './trace-keeper.ts';

export interface LoopRooms {
  readonly queue: EventQueue;
  readonly data: DataService;
  readonly strategy: StrategyEngine;
  /** Shows what bars that nobody has confirmed yet would say. */
  readonly preview?: Pick<PreviewScan, 'scan'>;
  readonly traces: Pick<TraceKeeper, 'onMinute'>;
  readonly execution: ExecutionService;
  readonly monitoring: MonitoringService;
  readonly pacer: Pacer;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
}

export interface LoopOptions {
  /** Market instant at which to stop in good order; Infinity = never. */
  readonly untilMs: () => number;
  /** The newest bar that was read as history: acknowledged once the account is known too, and not before. */
  readonly readyBarMs: EpochMs;
  /** Called after each decided minute, for whoever draws it. */
  readonly onMinute: (overview: () => Overview) => void;
  /** Called with the bars that the strategies were fed, for whoever checks them. */
  readonly onFed?: (closed: readonly SymbolMinute[]) => void;
}

export class TradingLoop {
  readonly #rooms: LoopRooms;
  readonly #options: LoopOptions;
  /** The minute that was heard out and waits to be decided. */
  #heard: EpochMs | null = null;
  #owed: EpochMs | null;
  #untraced: MinuteDecision[] = [];
  #state: 'running' | 'stopping' = 'running';

  constructor(rooms: LoopRooms, options: LoopOptions) {
    this.#rooms = rooms;
    this.#options = options;
    this.#owed = options.readyBarMs;
  }

  /** Runs until a stop was asked for and every request of ours has been answered. */
  async run(): Promise<void> {
    const { queue } = this.#rooms;
    while ((await queue.ready()) === 'event') {
      for (let event = queue.take(); event !== undefined; event = queue.take()) {
        this.#handle(event);
        this.#decideWhenReady();
        this.#acknowledgeWhenDone();
        if (this.#untraced.length > 0 && this.#rooms.execution.idle()) this.#trace();
        if (this.#state === 'stopping' && this.#rooms.execution.idle() && this.#rooms.data.idle()) queue.close();
      }
    }
  }

  overview(): Overview {
    const { monitoring, execution, marketClock } = this.#rooms;
    return monitoring.overview(marketClock.now(), execution.liveState());
  }

  #handle(event: LoopEvent): void {
    const { data, execution, monitoring } = this.#rooms;
    switch (event.kind) {
      case 'market':
        if (event.event.kind === 'marks') execution.onMarks(event.event.marks);
        if (event.event.kind === 'feed') this.#onFeed(event.event);
        this.#announce(data.onMarket(event.event));
        return;
      case 'account':
        if (event.event.kind === 'userStream') monitoring.onStream('user stream', event.event.state, event.event);
        execution.onAccount(event.event);
        return;
      case 'answer':
        event.apply();
        this.#beginAnew();
        this.#decideLate();
        return;
      case 'settled':
        this.#heard = event.barOpenMs;
        // What only time brings about (a funding row is posted a minute after the close) is due by the barrier, not by
        // whichever heartbeat of this machine comes first.
        execution.onTick();
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

  #onFeed(event: Extract<MarketEvent, { kind: 'feed' }>): void {
    this.#rooms.monitoring.onStream(event.stream, event.state, event);
    this.#rooms.execution.onFeed(event);
  }

  /** The minute's barrier was reached: hear out the venue up to it, then decide. */
  #announce(barOpenMs: EpochMs | null): void {
    if (barOpenMs === null) return;
    this.#rooms.pacer.settle(barOpenMs, () => this.#rooms.queue.push({ kind: 'settled', barOpenMs }));
  }

  #decideWhenReady(): void {
    if (this.#heard === null) return;
    if (this.#rooms.pacer.decideWhen === 'idle' && !this.#rooms.execution.idle()) return;
    const barOpenMs = this.#heard;
    this.#heard = null;
    this.#decide(barOpenMs);
  }

  #decide(barOpenMs: EpochMs): void {
    const { data, strategy, execution, monitoring, wallClock } = this.#rooms;
    // A strategy remembers its newest bar only: what still waits to be traced goes first.
    this.#trace();
    const begun = wallClock.now();
    const minute = data.closeMinute(barOpenMs);
    const decision = strategy.onMinute(barOpenMs, minute.closed);
    const ranked = wallClock.now();
    monitoring.onPreview(this.#rooms.preview?.scan(barOpenMs, minute.provisional) ?? [], decision.ranked);
    monitoring.onScan(minute, decision, {
      scanMs: ranked - begun,
      closeToRankMs: ranked - minute.lastFrameWallMs,
      symbols: data.symbols().length,
    });
    this.#options.onFed?.(minute.closed);
    execution.onBars(minute.closed);
    if (this.#state === 'running') {
      const fates = execution.decide({ ...decision, mood: strategy.marketMood() });
      monitoring.onDecided(decision.ranked, fates);
    }
    this.#untraced.push(decision);
    this.#owed = barOpenMs;
    this.#options.onMinute(() => this.overview());
    if (decision.barCloseMs >= this.#options.untilMs() && this.#state === 'running') {
      this.#rooms.queue.push({ kind: 'command', command: { kind: 'stop', reason: 'the asked time has passed' }, by: 'clock' });
    }
  }

  /** Contracts whose candles were read anew: what their strategies heard before does not hold. */
  #beginAnew(): void {
    const { data, strategy } = this.#rooms;
    for (const { symbol, before, closed } of data.takeReloaded()) {
      const instrument = data.instrument(symbol);
      if (instrument === undefined) continue;
      strategy.open(instrument);
      strategy.warm(symbol, before, closed);
    }
  }

  /** Latecomers are scanned alone: they move virtual trades and time stops, and their signals are ranked among themselves. */
  #decideLate(): void {
    const { data, strategy, execution, monitoring } = this.#rooms;
    const late = data.takeLate();
    if (late.length === 0) return;
    execution.onBars(late);
    this.#options.onFed?.(late);
    const newest = Math.max(...late.flatMap((s) => s.bars.map((b) => b.entryBar.openMs)));
    const decision = strategy.onMinute(newest as EpochMs, late);
    this.#untraced.push(decision);
    if (decision.ranked.length === 0 || this.#state !== 'running') return;
    monitoring.onDecided(decision.ranked, execution.decide({ ...decision, mood: strategy.marketMood() }));
  }

  /** Explanations come last: while an order is on its way nothing else takes its time. */
  #trace(): void {
    const { strategy, traces } = this.#rooms;
    for (const { barOpenMs, barCloseMs, scanned } of this.#untraced) {
      const evaluations = scanned.flatMap((symbol) => strategy.evaluationsOf(symbol)).filter((e) => e.barOpenMs === barOpenMs);
      traces.onMinute({ barCloseMs, scanned, evaluations });
    }
    this.#untraced = [];
  }

  #acknowledgeWhenDone(): void {
    if (this.#owed === null || !this.#rooms.execution.idle() || !this.#rooms.data.idle()) return;
    this.#rooms.pacer.acknowledge(this.#owed);
    this.#owed = null;
  }
}
