// Emulator, memory: when the account goes to disk. At once before an acknowledgement, within 50 ms after a fill that
// nobody asked for, and the clock every second.
import { type HistoryMark, NOTHING_KEPT } from '../sim/history-rows.ts';
import type { OpenedAccount } from './account-file.ts';
import type { Desk } from './desk.ts';
import type { NakedWatch } from './naked-watch.ts';
import type { PriceScript } from './price-script.ts';
import type { HistoryLine, StateStore } from './state-store.ts';

const SOON_MS = 50;
const CLOCK_MS = 1_000;

export interface SaverOptions {
  readonly store: StateStore | null;
  readonly account: OpenedAccount;
  readonly script: PriceScript;
  readonly desk: Desk;
  readonly naked: NakedWatch;
  readonly now: () => number;
}

export class Saver {
  readonly #options: SaverOptions;
  #saved = '';
  #kept: HistoryMark;
  #keptSpans: number;
  #timer: NodeJS.Timeout | null = null;
  #clockTimer: NodeJS.Timeout | null = null;
  #onFailure: (error: unknown) => void = () => undefined;

  constructor(options: SaverOptions) {
    this.#options = options;
    const { account, desk } = options;
    // An account that was read whole from one file has its history still to be written.
    const { mark } = desk.venue.historySince(NOTHING_KEPT);
    this.#kept = account.history === 'kept' ? mark : NOTHING_KEPT;
    this.#keptSpans = account.history === 'kept' ? account.naked.length : 0;
  }

  start(onFailure: (error: unknown) => void): void {
    this.#onFailure = onFailure;
    this.now();
    this.#clockTimer = setInterval(() => this.#guard(() => this.#saveClock()), CLOCK_MS);
    this.#clockTimer.unref();
  }

  /** Writes if anything but the time has changed since the last write. */
  now(): void {
    const { store } = this.#options;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const mark = this.#mark();
    if (store === null || mark === this.#saved) return;
    this.#write(store);
    this.#saved = mark;
  }

  soon(): void {
    if (this.#options.store === null) return;
    this.#timer ??= setTimeout(() => this.#guard(() => this.now()), SOON_MS);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#clockTimer !== null) clearInterval(this.#clockTimer);
    const { store } = this.#options;
    if (store === null) return;
    this.#write(store);
    store.close();
  }

  /** What a write would tell beside the time. */
  #mark(): string {
    const { desk, script } = this.#options;
    const key = desk.userStream.state();
    return `${desk.venue.revision}|${script.all().length}|${key?.key ?? ''}|${key?.expiresMs ?? 0}`;
  }

  #write(store: StateStore): void {
    const { account, script, desk, naked, now } = this.#options;
    const { rows, mark } = desk.venue.historySince(this.#kept);
    const spans = naked.closed();
    const lines: HistoryLine[] = [...rows];
    for (const row of spans.slice(this.#keptSpans)) lines.push({ kind: 'nakedSpan', row });
    const living = {
      version: 2 as const,
      accountId: account.accountId,
      generation: account.generation,
      apiKey: account.credentials.apiKey,
      apiSecret: account.credentials.apiSecret,
      market: account.market,
      nowMs: now(),
      account: desk.venue.living(),
      scripts: script.all(),
      listenKey: desk.userStream.state(),
      naked: [],
    };
    store.save(living, lines);
    this.#kept = mark;
    this.#keptSpans = spans.length;
  }

  #saveClock(): void {
    const { store, account, now } = this.#options;
    store?.saveClock(account.accountId, now());
  }

  /** From a timer nobody can catch: a full disk is told, and the next acknowledgement will fail on it. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.#onFailure(cause);
    }
  }
}
