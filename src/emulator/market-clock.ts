// Emulator, time: the held clock. Market time advances event by event under a speed ceiling; with an attached bot at any
// speed but 1 it stands still while that bot starts, is being served, or has not dealt with the last minute.
import { AttachedBot, HOLD_OFFSET_MS, type HoldReason, MINUTE_MS } from './attached-bot.ts';
import type { WallTime } from './wall-time.ts';

/** What happens in the market, in the order of time. */
export interface Agenda {
  /** The first event after this instant. */
  nextAfter(atMs: number): number;
  run(atMs: number): void;
}

export interface ClockState {
  readonly nowMs: number;
  readonly speed: number;
  readonly achievedSpeed: number;
  readonly attached: boolean;
  readonly held: HoldReason | null;
  readonly holdTimeouts: number;
}

export interface ClockStart {
  readonly fromMs: number;
  readonly endMs: number;
  readonly speed: number;
  readonly begin?: 'running' | 'paused' | 'whenAttached';
}

interface Waiter {
  readonly untilMs: number;
  readonly answer: (held: boolean) => void;
}

/** Events handled in one go before sockets get their turn, in wall ms. */
const SLICE_MS = 10;
/** A faster clock does not make up for a slow machine: more than this behind, it lets the time go. */
const MAX_LAG_MS = 100;
const LONG_POLL_MS = 10_000;

export class MarketClock {
  readonly #agenda: Agenda;
  readonly #wall: WallTime;
  readonly #endMs: number;
  readonly #bot: AttachedBot;
  #nowMs: number;
  #speed: number;
  #paused: boolean;
  #awaitsBot: boolean;
  #stopped = true;
  /** Inside an event its own time is the time, however late it is handled. */
  #running = false;
  #stepUntilMs = 0;
  #anchorMarketMs: number;
  #anchorWallMs: number;
  #heldBy: HoldReason | null = null;
  #cancelTimer: (() => void) | null = null;
  #waiters: Waiter[] = [];
  #since: { readonly marketMs: number; readonly wallMs: number };

  constructor(agenda: Agenda, wall: WallTime, start: ClockStart) {
    this.#agenda = agenda;
    this.#wall = wall;
    this.#nowMs = start.fromMs;
    // The last bar's final frames are still owed when the recording ends.
    this.#endMs = start.endMs + HOLD_OFFSET_MS;
    this.#speed = start.speed;
    this.#paused = start.begin === 'paused';
    this.#awaitsBot = start.begin === 'whenAttached';
    this.#bot = new AttachedBot(wall);
    this.#anchorMarketMs = start.fromMs;
    this.#anchorWallMs = wall.now();
    this.#since = { marketMs: start.fromMs, wallMs: wall.now() };
  }

  start(): void {
    this.#since = { marketMs: this.#nowMs, wallMs: this.#wall.now() };
    this.#reanchor();
    this.#stopped = false;
    this.#pump();
  }

  stop(): void {
    this.#settleTime();
    this.#stopped = true;
    this.#cancelTimer?.();
    for (const waiter of this.#waiters.splice(0)) waiter.answer(false);
  }

  /**
   * Market time. Beside a lock-stepped bot it moves by events only, so that what is stamped on an answer does not depend
   * on how fast this machine is; otherwise it flows between two events without ever reaching the next.
   */
  now(): number {
    if (this.#stopped || this.#running || this.#heldBy !== null || this.#lockStepped()) return this.#nowMs;
    const next = this.#agenda.nextAfter(this.#nowMs);
    return Math.floor(Math.max(this.#nowMs, Math.min(this.#targetMs(), next - 1)));
  }

  get speed(): number {
    return this.#speed;
  }

  /** How much wider time windows are: a free-running fast clock must not turn the bot's own delays into refusals. */
  get windowScale(): number {
    return this.#bot.attached ? 1 : Math.max(1, this.#speed);
  }

  /** A request is being served from here until the returned function is called. */
  serving(): () => void {
    this.#settleTime();
    const done = this.#bot.serving();
    return () => {
      done();
      this.#pump();
    };
  }

  /** Fixes the flowing time as the standing time and says it: what happens now happens at this instant. */
  fixNow(): number {
    this.#settleTime();
    return this.#nowMs;
  }

  /** Something new stands on the agenda: the timer that waits for the next event may be too late for it. */
  rearm(): void {
    this.#pump();
  }

  /** Something went out that a bot may answer: give it the same quiet moment as after a request. */
  stirred(): void {
    this.#bot.stirred();
  }

  /** The bot was told to wait for the next minute, so the next minute must come, whatever else is owed. */
  letMinuteTurn(): void {
    this.#bot.excuseUntil(this.now() - (this.now() % MINUTE_MS) + MINUTE_MS);
    this.#pump();
  }

  attach(): void {
    this.#settleTime();
    this.#awaitsBot = false;
    this.#bot.attach();
    this.#since = { marketMs: this.#nowMs, wallMs: this.#wall.now() };
    this.#pump();
  }

  detach(): void {
    this.#bot.detach();
    this.#pump();
  }

  acknowledge(barOpenMs: number): void {
    this.#bot.acknowledge(barOpenMs, this.#nowMs);
    this.#pump();
  }

  /** Settles once everything up to that bar's hold point has been written to the sockets, or after 10 s of wall time. */
  awaitBar(barOpenMs: number): Promise<{ readonly held: boolean; readonly at: number }> {
    return this.#until(barOpenMs + MINUTE_MS + HOLD_OFFSET_MS);
  }

  setSpeed(speed: number): void {
    this.#settleTime();
    this.#speed = speed;
    this.#since = { marketMs: this.#nowMs, wallMs: this.#wall.now() };
    this.#reanchor();
    this.#pump();
  }

  setPause(state: 'paused' | 'running'): void {
    this.#settleTime();
    this.#paused = state === 'paused';
    this.#pump();
  }

  /** Goes forward by so much as fast as it can, paused or not; holds are kept. */
  async step(stepMs: number): Promise<void> {
    this.#settleTime();
    const untilMs = this.#nowMs + stepMs;
    this.#stepUntilMs = untilMs;
    this.#pump();
    await this.#until(untilMs);
  }

  state(): ClockState {
    const wallMs = this.#wall.now() - this.#since.wallMs;
    return {
      nowMs: this.now(),
      speed: this.#speed,
      achievedSpeed: wallMs <= 0 ? 0 : (this.now() - this.#since.marketMs) / wallMs,
      attached: this.#bot.attached,
      held: this.#heldBy,
      holdTimeouts: this.#bot.holdTimeouts,
    };
  }

  #lockStepped(): boolean {
    return this.#bot.attached && this.#speed !== 1;
  }

  #targetMs(): number {
    return this.#anchorMarketMs + (this.#wall.now() - this.#anchorWallMs) * this.#speed;
  }

  /** Fixes the flowing time as the standing time. */
  #settleTime(): void {
    this.#nowMs = this.now();
  }

  #reanchor(): void {
    this.#anchorMarketMs = this.#nowMs;
    this.#anchorWallMs = this.#wall.now();
  }

  #holdReason(): HoldReason | null {
    if (this.#nowMs >= this.#endMs) return 'end';
    if (this.#nowMs < this.#stepUntilMs) return this.#lockStepped() ? this.#bot.holdReason(this.#nowMs) : null;
    if (this.#paused) return 'paused';
    if (this.#awaitsBot) return 'noBot';
    return this.#lockStepped() ? this.#bot.holdReason(this.#nowMs) : null;
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const sliceStart = this.#wall.now();
    while (!this.#stopped) {
      const reason = this.#holdReason();
      if (reason !== null) {
        this.#hold(reason);
        return;
      }
      if (this.#heldBy !== null) {
        this.#heldBy = null;
        this.#reanchor();
      }
      const stepping = this.#nowMs < this.#stepUntilMs;
      const nextMs = Math.min(this.#agenda.nextAfter(this.#nowMs), stepping ? this.#stepUntilMs : Number.POSITIVE_INFINITY);
      if (!stepping && !this.#isDue(nextMs)) return;
      this.#runEvent(nextMs);
      this.#answerWaiters();
      if (stepping) this.#reanchor();
      if (this.#wall.now() - sliceStart > SLICE_MS) {
        this.#resumeIn(0);
        return;
      }
    }
  }

  #runEvent(atMs: number): void {
    this.#nowMs = atMs;
    this.#running = true;
    try {
      this.#agenda.run(atMs);
    } finally {
      this.#running = false;
    }
  }

  /** False where the wall has not come so far yet; then a timer is set. */
  #isDue(nextMs: number): boolean {
    const aheadMs = (nextMs - this.#targetMs()) / this.#speed;
    if (aheadMs > 0) {
      this.#resumeIn(aheadMs);
      return false;
    }
    if (this.#speed !== 1 && -aheadMs > MAX_LAG_MS) this.#reanchor();
    return true;
  }

  /** Time stands where the last event, or whoever asked for the hold, has fixed it. */
  #hold(reason: HoldReason): void {
    this.#heldBy = reason;
    const retryMs = this.#bot.retryInMs(reason);
    if (retryMs !== null) this.#resumeIn(retryMs);
  }

  #resumeIn(delayMs: number): void {
    this.#cancelTimer = this.#wall.after(delayMs, () => this.#pump());
  }

  #until(untilMs: number): Promise<{ readonly held: boolean; readonly at: number }> {
    if (this.#nowMs >= untilMs) return Promise.resolve({ held: true, at: this.#nowMs });
    return new Promise((resolve) => {
      const waiter: Waiter = {
        untilMs,
        answer: (held) => {
          cancel();
          resolve({ held, at: this.#nowMs });
        },
      };
      const cancel = this.#wall.after(LONG_POLL_MS, () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        waiter.answer(false);
      });
      this.#waiters.push(waiter);
    });
  }

  #answerWaiters(): void {
    if (this.#waiters.length === 0) return;
    const due = this.#waiters.filter((waiter) => waiter.untilMs <= this.#nowMs);
    this.#waiters = this.#waiters.filter((waiter) => waiter.untilMs > this.#nowMs);
    for (const waiter of due) waiter.answer(true);
  }
}
