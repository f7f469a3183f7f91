// App, Discord: what `/status` and the autocomplete need and nobody else keeps: latencies of the newest minutes, streams that are
// away, and the best score of each contract today. It listens to the notices; nothing of it decides.
import type { Notice } from '../../core/notice.ts';
import { DAY_MS } from '../../core/timeframe.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** Minutes whose latencies are remembered: one day. */
const LATENCIES = 1_440;

export interface Latency {
  readonly n: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `text` tells which streams and why. */
export type StreamState =
  | { readonly kind: 'up'; readonly sinceMs: number | null }
  | { readonly kind: 'down'; readonly sinceMs: number; readonly text: string };

export class StatusWatch implements Notifier {
  readonly #latencies: number[] = [];
  #next = 0;
  #streams: StreamState = { kind: 'up', sinceMs: null };
  #day = Number.NaN;
  readonly #bestScores = new Map<string, number>();
  readonly #listeners = new Set<(notice: Notice) => void>();

  publish(notice: Notice): void {
    for (const listener of this.#listeners) listener(notice);
    switch (notice.event) {
      case 'scan':
        this.#onLatency(notice['closeToRankMs']);
        break;
      case 'signal':
        this.#onSignal(notice);
        break;
      case 'alarm':
        this.#onAlarm(notice);
        break;
      default:
        break;
    }
  }

  async flush(): Promise<void> {}

  /** The next notice of this kind, or null when the time is up: what the bot says to a command. */
  heard(
    wanted: (notice: Notice) => boolean,
    { waitMs, after }: { readonly waitMs: number; readonly after: WallClock['after'] },
  ): Promise<Notice | null> {
    return new Promise((resolve) => {
      const settle = (found: Notice | null): void => {
        this.#listeners.delete(listener);
        cancel();
        resolve(found);
      };
      const listener = (notice: Notice): void => {
        if (wanted(notice)) settle(notice);
      };
      const cancel = after(waitMs, () => settle(null));
      this.#listeners.add(listener);
    });
  }

  #onLatency(ms: unknown): void {
    if (typeof ms !== 'number' || !Number.isFinite(ms)) return;
    this.#latencies[this.#next] = ms;
    this.#next = (this.#next + 1) % LATENCIES;
  }

  #onSignal({ at, symbol, score }: Notice & { readonly symbol?: unknown; readonly score?: unknown }): void {
    const day = Math.floor(at / DAY_MS);
    if (day !== this.#day) this.#bestScores.clear();
    this.#day = day;
    if (typeof symbol !== 'string' || typeof score !== 'number') return;
    this.#bestScores.set(symbol, Math.max(score, this.#bestScores.get(symbol) ?? Number.NEGATIVE_INFINITY));
  }

  #onAlarm({ at, code, text }: Notice & { readonly code?: unknown; readonly text?: unknown }): void {
    if (code === 'streamDown') this.#streams = { kind: 'down', sinceMs: at, text: String(text ?? '') };
    if (code === 'streamUp') this.#streams = { kind: 'up', sinceMs: at };
  }

  /** Null before the first minute. */
  get latency(): Latency | null {
    const sorted = this.#latencies.toSorted((a, b) => a - b);
    if (sorted.length === 0) return null;
    const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
    return { n: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
  }

  get streams(): StreamState {
    return this.#streams;
  }

  /** Contracts that gave a signal today, the best score first. */
  rankedToday(): readonly string[] {
    return [...this.#bestScores].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([symbol]) => symbol);
  }
}
