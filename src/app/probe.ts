// App, `run --probe FILE`: what an outside observer needs to judge a long run: every bar the strategies were fed, and every few
// seconds the memory after a forced collection and the delay of the event loop. NDJSON, appended; decides nothing.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { memoryUsage, resourceUsage } from 'node:process';
import type { Bar } from '../core/market.ts';
import type { WallClock } from '../ports/clock.ts';

/** A bar as [symbol, open ms, open, high, low, close, volume], then the same six numbers of the trend bar it completed. */
export type ProbedBar = readonly [string, ...number[]];

export interface FedBars {
  readonly symbol: string;
  readonly bars: readonly { readonly entryBar: Bar; readonly trendBar: Bar | null }[];
}

export interface Vitals {
  readonly wallMs: number;
  /** Megabytes; `rss` after a collection where Node was started with --expose-gc. */
  readonly rss: number;
  readonly peakRss: number;
  readonly heapUsed: number;
  readonly arrayBuffers: number;
  readonly external: number;
  readonly collected: boolean;
  /** Delay of the event loop since the last line, beyond the monitor's own 1 ms. */
  readonly loopDelayP50Ms: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayP999Ms: number;
  readonly loopDelayMaxMs: number;
  readonly cpuMs: number;
  /** How long the main thread has waited for a core since the last line: delay that is the machine's, not ours. Null where unknown. */
  readonly starvedMs: number | null;
}

const VITALS_EVERY_MS = 5_000;
const MONITOR_MS = 1;
/** Linux: ns on a core, ns in the queue for one, turns; of the main thread. */
const SCHEDULER_FILE = '/proc/self/schedstat';

export class Probe {
  readonly #file: number;
  readonly #wallClock: WallClock;
  readonly #delay: IntervalHistogram;
  readonly #cancel: () => void;
  #queuedMs = queuedMs();

  constructor(path: string, wallClock: WallClock) {
    this.#file = openSync(path, 'a', 0o600);
    this.#wallClock = wallClock;
    this.#delay = monitorEventLoopDelay({ resolution: MONITOR_MS });
    this.#delay.enable();
    this.#cancel = wallClock.every(VITALS_EVERY_MS, () => this.#write({ vitals: this.#vitals() }));
  }

  /** The newest bars of the history that a symbol starts with: a running one among them would show. */
  warmed(symbol: string, before: readonly Bar[], closed: FedBars['bars']): void {
    const trend = closed.findLast(({ trendBar }) => trendBar !== null)?.trendBar ?? before.at(-1) ?? null;
    const entryBar = closed.at(-1)?.entryBar;
    if (entryBar !== undefined) this.#write({ warmed: rowOf(symbol, entryBar, trend) });
  }

  fed(closed: readonly FedBars[]): void {
    const rows = closed.flatMap(({ symbol, bars }) => bars.map(({ entryBar, trendBar }) => rowOf(symbol, entryBar, trendBar)));
    if (rows.length > 0) this.#write({ fed: rows });
  }

  close(): void {
    this.#cancel();
    this.#delay.disable();
    this.#write({ vitals: this.#vitals() });
    closeSync(this.#file);
  }

  #write(line: object): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  #vitals(): Vitals {
    const delayed = (percentile: number): number => Math.max(0, this.#delay.percentile(percentile) / 1e6 - MONITOR_MS);
    const loop = {
      loopDelayP50Ms: delayed(50),
      loopDelayP99Ms: delayed(99),
      loopDelayP999Ms: delayed(99.9),
      loopDelayMaxMs: Math.max(0, this.#delay.max / 1e6 - MONITOR_MS),
    };
    globalThis.gc?.();
    const memory = memoryUsage();
    const { maxRSS, userCPUTime, systemCPUTime } = resourceUsage();
    // The collection was our own doing: its pause belongs to no figure of the loop.
    this.#delay.reset();
    return {
      wallMs: this.#wallClock.now(),
      rss: megabytes(memory.rss),
      peakRss: megabytes(maxRSS * 1024),
      heapUsed: megabytes(memory.heapUsed),
      arrayBuffers: megabytes(memory.arrayBuffers),
      external: megabytes(memory.external),
      collected: globalThis.gc !== undefined,
      ...loop,
      cpuMs: (userCPUTime + systemCPUTime) / 1_000,
      starvedMs: this.#starvedMs(),
    };
  }

  #starvedMs(): number | null {
    const before = this.#queuedMs;
    this.#queuedMs = queuedMs();
    return before === null || this.#queuedMs === null ? null : this.#queuedMs - before;
  }
}

/** Since the process began. */
function queuedMs(): number | null {
  if (!existsSync(SCHEDULER_FILE)) return null;
  const queuedNs = Number(readFileSync(SCHEDULER_FILE, 'utf8').split(' ')[1]);
  return Number.isFinite(queuedNs) ? queuedNs / 1e6 : null;
}

const megabytes = (bytes: number): number => Math.round((bytes / 1_048_576) * 10) / 10;
const six = (bar: Bar): readonly number[] => [bar.openMs, bar.open, bar.high, bar.low, bar.close, bar.volume];
const rowOf = (symbol: string, entryBar: Bar, trendBar: Bar | null): ProbedBar => [
  symbol,
  ...six(entryBar),
  ...(trendBar === null ? [] : six(trendBar)),
];
