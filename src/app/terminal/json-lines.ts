// App, the terminal: the machine-readable run, one JSON object a line on stdout (contract §4).
import type { Notice } from '../../core/notice.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Writable } from './screen.ts';

export class JsonLines implements Notifier {
  readonly #out: Writable;

  constructor(out: Writable) {
    this.#out = out;
  }

  publish(notice: Notice): void {
    this.#out.write(`${JSON.stringify(notice)}\n`);
  }

  async flush(): Promise<void> {}
}
