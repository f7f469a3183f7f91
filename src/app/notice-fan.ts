// App: notices to everybody who listens, in the order in which they began to. One listener's trouble is not the next one's.
import type { Notice } from '../core/notice.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier } from '../ports/notifier.ts';

export class NoticeFan implements Notifier {
  readonly #listeners: Notifier[];
  readonly #logger: Logger;

  constructor(first: Notifier, logger: Logger) {
    this.#listeners = [first];
    this.#logger = logger;
  }

  add(listener: Notifier): void {
    this.#listeners.push(listener);
  }

  publish(notice: Notice): void {
    for (const listener of this.#listeners) {
      try {
        listener.publish(notice);
      } catch (error) {
        this.#logger.error({ error, event: notice.event }, 'a listener failed on a notice');
      }
    }
  }

  async flush(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.flush()));
  }
}
