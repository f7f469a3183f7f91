// Services, room 3: the barrier of one minute. It falls when the last awaited final frame is in, or when the market clock has
// passed the close by three seconds; then once, and not again before the next minute begins.
import { barClose, type Timeframe } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../src/core/units.ts';

/** The barrier waits this long for the minute's last final frame (contract §5). */
export const BARRIER_MS = 3_000;

export class MinuteBarrier {
  readonly #entry: Timeframe;
  #openMs = Number.NaN;
  readonly #arrived = new Set<SymbolId>();
  #lastFrameWallMs = 0;
  #state: 'collecting' | 'announced' = 'collecting';

  constructor(entry: Timeframe) {
    this.#entry = entry;
  }

  /** Open of the entry bar that runs now; NaN before the first. */
  get openMs(): number {
    return this.#openMs;
  }
  /** Wall time at which the minute's last final frame came in. */
  get lastFrameWallMs(): number {
    return this.#lastFrameWallMs;
  }

  /** `arrived`: whose bar of this minute is here already. */
  begin(openMs: number, arrived: readonly SymbolId[]): void {
    this.#openMs = openMs;
    this.#arrived.clear();
    for (const symbol of arrived) this.#arrived.add(symbol);
    this.#state = 'collecting';
  }

  /** A final frame; one that comes twice counts once. */
  arrive(symbol: SymbolId, barOpenMs: number, wallMs: number): void {
    if (barOpenMs !== this.#openMs) return;
    this.#arrived.add(symbol);
    this.#lastFrameWallMs = wallMs;
  }

  /** The minute to be closed, told once; null while it is collecting or was told. */
  complete(awaited: number, nowMs: EpochMs): EpochMs | null {
    if (this.#state === 'announced' || Number.isNaN(this.#openMs)) return null;
    if (this.#arrived.size < awaited && nowMs < barClose(this.#openMs, this.#entry) + BARRIER_MS) return null;
    this.#state = 'announced';
    return epochMs(this.#openMs);
  }
}
