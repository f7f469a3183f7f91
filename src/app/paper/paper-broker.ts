// App, paper mode: the simulated broker whose account is on disk before anybody hears what happened to it.
import { SimBroker, type SimBrokerOptions } from '../../adapters/sim-broker/sim-broker.ts';
import type { AccountEvent } from '../../core/orders.ts';

export interface PaperBrokerOptions extends SimBrokerOptions {
  readonly save: () => void;
  /** Prices that went by while nobody looked are held against what rests, before the account is spoken of. */
  readonly catchUp: () => Promise<void>;
}

export class PaperBroker extends SimBroker {
  readonly #save: () => void;
  readonly #catchUp: () => Promise<void>;

  constructor(options: PaperBrokerOptions) {
    super(options);
    this.#save = options.save;
    this.#catchUp = options.catchUp;
  }

  override async follow(sink: (event: AccountEvent) => void, signal: AbortSignal): Promise<void> {
    await this.#catchUp();
    this.tell();
    await super.follow((event) => {
      this.#save();
      sink(event);
    }, signal);
  }
}
