// App, Discord: the best live set-ups of the whole market, for people who look. Drawing up the market at once would hold the loop up
// for a tenth of a second, so it is done in slices between other work, and once for all who ask within a moment.
import { compareSetups } from '../../../services/strategy-engine.ts';
import type { Evaluation } from '../../core/signal.ts';
import type { SymbolId } from '../../core/units.ts';
import type { WallClock } from '../../ports/clock.ts';

/** Contracts looked at without a pause are as many as fit this; one of them takes a fraction of a millisecond. */
const SLICE_MS = 3;
/** Somebody who turns the page sees the same list. */
const GOOD_FOR_MS = 10_000;
const KEPT = 20;

export interface SetupSource {
  symbols(): readonly SymbolId[];
  setupsOf(symbols: readonly SymbolId[]): readonly Evaluation[];
}

export class LiveSetups {
  readonly #source: SetupSource;
  readonly #clock: Pick<WallClock, 'now' | 'after'>;
  #drawn: { readonly list: Promise<readonly Evaluation[]>; readonly atMs: number } | null = null;

  constructor(source: SetupSource, clock: Pick<WallClock, 'now' | 'after'>) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The best score first; those that became signals are not among them. */
  best(): Promise<readonly Evaluation[]> {
    const now = this.#clock.now();
    if (this.#drawn !== null && now - this.#drawn.atMs < GOOD_FOR_MS) return this.#drawn.list;
    const list = this.#drawUp();
    this.#drawn = { list, atMs: now };
    list.catch(() => {
      this.#drawn = null;
    });
    return list;
  }

  async #drawUp(): Promise<readonly Evaluation[]> {
    const found: Evaluation[] = [];
    let sliceMs = this.#clock.now();
    for (const symbol of this.#source.symbols()) {
      for (const setup of this.#source.setupsOf([symbol])) if (!setup.emitted) found.push(setup);
      if (this.#clock.now() - sliceMs < SLICE_MS) continue;
      await new Promise<void>((resolve) => void this.#clock.after(0, resolve));
      sliceMs = this.#clock.now();
    }
    return found.toSorted(compareSetups).slice(0, KEPT);
  }
}
