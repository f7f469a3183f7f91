// App, the terminal: who writes where. On a terminal a live block is redrawn in place and events scroll above it; in a pipe
// there are plain lines only. JSON goes to stdout alone, people's text to stderr then.
import type { Overview } from '../../../services/overview.ts';
import type { Notice } from '../../core/notice.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Text } from '../text/catalogue.ts';
import { cellsOf } from './columns.ts';
import { eventLine } from './event-line.ts';
import { REPORT_CELLS, renderReport, scanLine } from './report.ts';

export interface Writable {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The live block is redrawn at most this often, in wall ms. */
const REDRAW_MS = 250;

export class Screen implements Notifier {
  readonly #out: Writable;
  readonly #text: Text;
  readonly #now: () => number;
  #block = 0;
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(out: Writable, text: Text, now: () => number) {
    this.#out = out;
    this.#text = text;
    this.#now = now;
  }

  get live(): boolean {
    return this.#out.isTTY === true;
  }

  publish(notice: Notice): void {
    const line = eventLine(notice, this.#text);
    if (line !== null) this.line(line);
  }

  async flush(): Promise<void> {}

  /** One line that stays; the live block moves below it. */
  line(text: string): void {
    this.#erase();
    this.#out.write(`${text}\n`);
  }

  /** After each decided minute: a redrawn block on a terminal, one plain line for a minute with signals or each full hour. */
  minute(overview: () => Overview): void {
    if (!this.live) {
      const view = overview();
      if (view.scan !== null && (view.scan.signals > 0 || view.scan.barOpenMs % 3_600_000 === 0))
        this.#out.write(`${scanLine(view, this.#text)}\n`);
      return;
    }
    if (this.#now() - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = this.#now();
    this.#draw(renderReport(overview(), this.#text));
  }

  /** A progress bar on a terminal, nothing in a pipe. */
  progress(label: string, done: number, total: number): void {
    if (!this.live) return;
    const width = 40;
    const filled = total === 0 ? width : Math.round((done / total) * width);
    this.#draw([`${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`]);
  }

  /** Leaves the block as it stands and goes on below it. */
  settle(): void {
    this.#block = 0;
  }

  #erase(): void {
    if (this.#block > 0) this.#out.write(`\x1b[${this.#block}A\x1b[J`);
    this.#block = 0;
  }

  #draw(lines: readonly string[]): void {
    const { columns = 0 } = this.#out;
    // A terminal without a size of its own says 0.
    const width = columns > 0 ? columns : REPORT_CELLS;
    this.#erase();
    this.#out.write(`${lines.join('\n')}\n`);
    // A line wider than the window wraps and takes more rows of the screen.
    this.#block = lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(cellsOf(line) / width)), 0);
  }
}
