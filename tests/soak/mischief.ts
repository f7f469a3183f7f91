// Soak: what goes wrong meanwhile. Streams are cut, refused, silenced, made to stutter and to forget frames at random moments of
// the wall; with order faults also answers are lost. The plan comes from a seed, what it hits is the run's own luck.
import { SeededRandom } from '../../src/core/random.ts';
import type { VenueDoor } from './venue-door.ts';

type Fault = Readonly<Record<string, string | number>>;

/** Troubles in a row, and then as many turns without any on the streams (about 90 s). */
const BURST = 8;
const CALM = 24;
const EVERY_MS = { least: 1_500, most: 6_000 };

const STREAM_FAULTS: readonly (readonly Fault[])[] = [
  [{ switch: 'ws.drop', path: '/market' }],
  [{ switch: 'ws.drop', path: '', durationMs: 1_500 }],
  [{ switch: 'ws.drop', path: '/private' }],
  [{ switch: 'ws.silent', path: '/market', durationMs: 2_500 }],
  [{ switch: 'ws.silent', path: '/private', durationMs: 2_500 }],
  [{ switch: 'ws.half', path: '/market', durationMs: 3_000 }],
  [{ switch: 'ws.skip', path: '/market', probability: 0.05, durationMs: 5_000 }],
  [{ switch: 'ws.dup', path: '/market', probability: 0.2, durationMs: 5_000 }],
  [{ switch: 'ws.reorder', path: '/market', probability: 0.05, durationMs: 5_000 }],
  [{ switch: 'ws.replay', path: '/market', probability: 0.02, durationMs: 5_000 }],
  [{ switch: 'ws.bad', path: '/market', probability: 0.02, durationMs: 3_000 }],
  [
    { switch: 'ws.ackSilent', path: '/market', count: 1, durationMs: 3_000 },
    { switch: 'ws.drop', path: '/market' },
  ],
  [{ switch: 'key.expire' }],
  [{ switch: 'res.code', value: -1001, method: 'GET', probability: 0.2, durationMs: 3_000 }],
];

const ORDER_FAULTS: readonly (readonly Fault[])[] = [
  [{ switch: 'res.drop', method: 'POST', path: '/fapi/v1/order', probability: 0.3, durationMs: 8_000 }],
  [{ switch: 'res.503u', value: 0.5, method: 'POST', path: '/fapi/v1/order', probability: 0.3, durationMs: 8_000 }],
  [{ switch: 'res.drop', method: 'POST', path: '/fapi/v1/algoOrder', probability: 0.3, durationMs: 8_000 }],
  [{ switch: 'res.503f', method: 'POST', path: '/fapi/v1/algoOrder', probability: 0.2, durationMs: 8_000 }],
  [{ switch: 'res.late', value: 800, path: '/fapi/v1', probability: 0.1, durationMs: 5_000 }],
];

export class Mischief {
  readonly #door: VenueDoor;
  readonly #random: SeededRandom;
  readonly #faults: readonly (readonly Fault[])[];
  readonly #calmFaults: readonly (readonly Fault[])[];
  #timer: NodeJS.Timeout | null = null;
  #done = 0;
  /** Seconds of the run's wall, and what was armed then. */
  readonly armed: string[] = [];
  #failed: string | null = null;

  constructor(door: VenueDoor, seed: number, kind: 'streams' | 'orders') {
    this.#door = door;
    this.#random = new SeededRandom(seed);
    this.#faults = STREAM_FAULTS;
    this.#calmFaults = kind === 'orders' ? ORDER_FAULTS : [];
  }

  get done(): number {
    return this.armed.length;
  }

  start(): void {
    const { least, most } = EVERY_MS;
    this.#timer = setTimeout(() => void this.#once(), least + this.#random.next() * (most - least));
  }

  /** The quiet tail: what is broken heals, and stays whole. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#failed !== null) throw new Error(`a fault could not be armed: ${this.#failed}`);
    await this.#door.control('faults', { clear: true });
  }

  /** How often each switch struck. */
  async hits(): Promise<Readonly<Record<string, number>>> {
    const { hits } = await this.#door.control<{ hits: Record<string, number> }>('faults');
    return Object.fromEntries(Object.entries(hits).filter(([, count]) => count > 0));
  }

  /** Troubled streams and calm by turns: entries come back only after a minute without a fault. */
  #next(): readonly Fault[] {
    const calm = this.#done % (BURST + CALM) >= BURST;
    const kinds = calm ? this.#calmFaults : this.#faults;
    return kinds[Math.floor(this.#random.next() * kinds.length)] ?? [];
  }

  async #once(): Promise<void> {
    const fault = this.#next();
    try {
      if (fault.length > 0) await this.#door.control('faults', fault);
      this.#done += 1;
      if (fault.length > 0)
        this.armed.push(
          `${Math.round(performance.now() / 1_000)} ${fault.map((one) => `${one['switch']} ${one['path'] ?? ''}`.trim()).join(' + ')}`,
        );
    } catch (error) {
      this.#failed = error instanceof Error ? error.message : String(error);
    }
    if (this.#timer !== null) this.start();
  }
}
