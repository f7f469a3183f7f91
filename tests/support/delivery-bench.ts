// Card delivery on the fake Discord with a driven clock: time jumps to the next timer whenever nothing is on its way, so an
// outage of minutes takes milliseconds and every order of events is the same on every machine.
import { Channel } from '../../src/adapters/discord/channel.ts';
import { Delivery } from '../../src/adapters/discord/delivery.ts';
import { Panels } from '../../src/adapters/discord/panels.ts';
import { type Call, DiscordRest, type RestResult } from '../../src/adapters/discord/rest.ts';
import { OutboxBox } from '../../src/adapters/journal/outbox-box.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { Outbox } from '../../src/ports/outbox.ts';
import { DrivenWallClock } from './fake-clock.ts';
import { rememberingLogger } from './fake-clocks.ts';
import { FakeDiscord } from './fake-discord.ts';
import { isJson } from './fake-discord-limits.ts';
import { IDS, type StoredMessage } from './fake-discord-store.ts';

export const BEGAN_MS = Date.parse('2026-11-21T00:00:00Z');

class CountingRest extends DiscordRest {
  inFlight = 0;

  override async send(call: Call): Promise<RestResult> {
    this.inFlight += 1;
    try {
      return await super.send(call);
    } finally {
      this.inFlight -= 1;
    }
  }
}

export class DeliveryBench {
  readonly clock = new DrivenWallClock(BEGAN_MS);
  readonly log = rememberingLogger();
  readonly faults: (string | null)[] = [];
  readonly fake: FakeDiscord;
  readonly outbox: Outbox;
  unauthorised = 0;
  #rest: CountingRest;
  delivery: Delivery;

  private constructor(fake: FakeDiscord, outbox: Outbox) {
    this.fake = fake;
    this.outbox = outbox;
    this.#rest = this.#newRest();
    this.delivery = this.#newDelivery();
  }

  static async start(outbox: Outbox = new OutboxBox()): Promise<DeliveryBench> {
    const box: { bench: DeliveryBench | null } = { bench: null };
    const fake = await FakeDiscord.start({ now: () => box.bench?.clock.now() ?? BEGAN_MS });
    box.bench = new DeliveryBench(fake, outbox);
    return box.bench;
  }

  /** The process ends without a word and another one begins on the same outbox. */
  restart(): void {
    this.delivery.stop();
    this.#rest.close();
    this.#rest = this.#newRest();
    this.delivery = this.#newDelivery();
  }

  /** Lets things happen until this holds and nothing is on its way; time passes only then. */
  async until(condition: () => boolean): Promise<void> {
    return this.#turn(() => this.#rest.inFlight === 0 && condition());
  }

  /** Until this holds, answers still on their way or not. */
  async untilAsked(condition: () => boolean): Promise<void> {
    return this.#turn(condition);
  }

  async #turn(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 20_000; turn++) {
      if (condition()) return;
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.#rest.inFlight === 0 && this.clock.pending > 0) this.clock.advance(this.clock.msToNext);
    }
    throw new Error('it did not come about');
  }

  async close(): Promise<void> {
    this.delivery.stop();
    this.#rest.close();
    await this.fake.close();
  }

  get passedMs(): number {
    return this.clock.now() - BEGAN_MS;
  }

  get titles(): readonly string[] {
    return this.fake.messages.map((message) => String(embedOf(message)['title']));
  }

  #newRest(): CountingRest {
    return new CountingRest({ apiUrl: this.fake.apiUrl, token: this.fake.token, timeoutMs: 6_000, redact: (text) => text });
  }

  #newDelivery(): Delivery {
    const { clock, outbox, log: logger } = this;
    const channel = new Channel(this.#rest, IDS.channel);
    return new Delivery({
      outbox,
      channel,
      panels: new Panels({ outbox, channel, channelId: IDS.channel, clock, logger }),
      clock,
      random: new SeededRandom(3),
      logger,
      words: (_language, word, values) => (word === 'repeats' ? `×${values?.['count']}` : word),
      language: 'zh-TW',
      onFault: (reason) => void this.faults.push(reason),
      onUnauthorised: () => {
        this.unauthorised += 1;
      },
    });
  }
}

export function embedOf({ body }: StoredMessage): Readonly<Record<string, unknown>> {
  const embeds = body['embeds'];
  const first: unknown = Array.isArray(embeds) ? embeds[0] : undefined;
  return isJson(first) ? first : {};
}

export function footerOf(message: StoredMessage): string {
  const footer = embedOf(message)['footer'];
  return isJson(footer) ? String(footer['text']) : '';
}
