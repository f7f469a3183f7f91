// Crash: one life of the shipped bot, from its start to the SIGKILL. It is the same command that a user types; what it says on stdout is
// only used to choose moments, never to judge.
import { type Environment, type Product, startProduct } from '../soak/processes.ts';

/** Three crashes within ten minutes are a reason to stop entering; these are killed on purpose, and each start says so. */
const GO_ON = ['--allow-entries'];

type Spoken = Readonly<Record<string, unknown>>;

/** A life as the judge needs it, in market time: at 1× that is wall time, and while no bot lives the clock is moved on. */
export interface LifeSpan {
  readonly fromMs: number;
  readonly toMs: number;
  /** Wall ms from the start of the process to its `ready`; null for one that was killed before. */
  readonly readyAfterMs: number | null;
}

export class Life {
  readonly #product: Product;
  readonly #heard: Spoken[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #startedWallMs = performance.now();
  #readyWallMs: number | null = null;

  constructor(rest: string, environment: Environment) {
    this.#product = startProduct(['run', '--json', '--exchange', rest, ...GO_ON], environment, (line) => this.#hear(line));
  }

  get readyAfterMs(): number | null {
    return this.#readyWallMs === null ? null : this.#readyWallMs - this.#startedWallMs;
  }

  get ageMs(): number {
    return performance.now() - this.#startedWallMs;
  }

  get stderr(): string {
    return this.#product.stderr();
  }

  /** Its events in order, without the ones of every minute. */
  said(): readonly string[] {
    return this.#heard.map((spoken) => String(spoken['event'])).filter((event) => event !== 'scan' && event !== 'balance');
  }

  has(event: string): boolean {
    return this.#heard.some((spoken) => spoken['event'] === event);
  }

  /** Whether it was said within so long; a process that ends by itself meanwhile is a fault of its own. */
  async says(event: string, withinMs: number): Promise<boolean> {
    if (this.has(event)) return true;
    let listener: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    const said = new Promise<boolean>((resolve) => {
      listener = () => {
        if (this.has(event)) resolve(true);
      };
      this.#listeners.add(listener);
      timer = setTimeout(() => resolve(false), Math.max(0, withinMs));
    });
    try {
      return await Promise.race([said, this.#died()]);
    } finally {
      this.#listeners.delete(listener);
      clearTimeout(timer);
    }
  }

  /** kill -9: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    this.#product.child.kill('SIGKILL');
    await this.#product.exited;
  }

  /** An end in good order, and its exit code. */
  async end(withinMs: number): Promise<number | null> {
    this.#product.child.kill('SIGTERM');
    const insist = setTimeout(() => this.#product.child.kill('SIGKILL'), withinMs);
    const code = await this.#product.exited;
    clearTimeout(insist);
    return code;
  }

  async #died(): Promise<never> {
    const code = await this.#product.exited;
    throw new Error(`the bot ended by itself with ${code}: ${this.stderr.slice(-800)}`);
  }

  #hear(line: string): void {
    if (!line.startsWith('{')) return;
    const spoken = JSON.parse(line) as Spoken;
    this.#heard.push(spoken);
    if (spoken['event'] === 'ready') this.#readyWallMs = performance.now();
    for (const listener of this.#listeners) listener();
  }
}
