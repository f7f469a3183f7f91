// Services, room 6: timeouts on their way to the second label. Their rows join the training stream when it is known; until then
// the outcome counts, and the row waits.
import { advanceLongLabel } from '../../src/book/long-label.ts';
import type { JournalRow } from '../../src/core/journal.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import type { LongLabel } from '../../src/core/trade.ts';
import { outcomeRow, type RowQuality, type RowSchemas } from '../../src/core/training-rows.ts';
import type { SymbolId } from '../../src/core/units.ts';

export class LongLabels {
  readonly #timeframe: Timeframe;
  readonly #schemas: RowSchemas;
  readonly #bySymbol = new Map<SymbolId, LongLabel[]>();

  constructor(timeframe: Timeframe, schemas: RowSchemas) {
    this.#timeframe = timeframe;
    this.#schemas = schemas;
  }

  restore(labels: readonly LongLabel[]): void {
    for (const label of labels) this.add(label);
  }

  add(label: LongLabel): void {
    const { symbol } = label.outcome;
    this.#bySymbol.set(symbol, [...(this.#bySymbol.get(symbol) ?? []), label]);
  }

  /** The rows that this bar completes. */
  onBar(symbol: SymbolId, bar: Bar, quality: RowQuality): JournalRow[] {
    const labels = this.#bySymbol.get(symbol);
    if (labels === undefined) return [];
    const rows: JournalRow[] = [];
    const open = labels.filter((label) => {
      const step = advanceLongLabel(label, bar, this.#timeframe);
      if (step.kind === 'open') return true;
      const { outcome } = label;
      const row = outcomeRow(this.#schemas.outcomes, outcome, { y720: step.y720, quality });
      rows.push({ table: 'outcomeRow', signalId: outcome.signalId, row });
      return false;
    });
    if (open.length === 0) this.#bySymbol.delete(symbol);
    else this.#bySymbol.set(symbol, open);
    return rows;
  }
}
