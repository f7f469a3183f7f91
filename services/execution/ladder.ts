// Services, room 6: the degradation ladder. Anything may push the level down at once; it climbs again only when the cause
// has been gone for a minute, and from PROTECT_ONLY on only when a person says so (reliability.md §6.4).
import { LADDER, type LadderLevel } from '../../src/core/trade.ts';

const CALM_MS = 60_000;

interface Cause {
  readonly level: LadderLevel;
  readonly reason: string;
  readonly goneSinceMs: number | null;
}

const rank = (level: LadderLevel): number => LADDER.indexOf(level);

export class Ladder {
  readonly #causes = new Map<string, Cause>();

  raise(name: string, level: LadderLevel, reason: string): void {
    this.#causes.set(name, { level, reason, goneSinceMs: null });
  }

  /** The cause is gone; the level follows when it has stayed away long enough. */
  ease(name: string, wallMs: number): void {
    const cause = this.#causes.get(name);
    if (cause !== undefined && cause.goneSinceMs === null) this.#causes.set(name, { ...cause, goneSinceMs: wallMs });
  }

  tick(wallMs: number): void {
    for (const [name, cause] of this.#causes) {
      const calm = cause.goneSinceMs !== null && wallMs - cause.goneSinceMs >= CALM_MS;
      if (calm && rank(cause.level) < rank('PROTECT_ONLY')) this.#causes.delete(name);
    }
  }

  /** A person takes responsibility: causes that are gone, and those that only a person set, are forgotten. */
  release(names: readonly string[]): void {
    for (const name of names) this.#causes.delete(name);
    for (const [name, cause] of this.#causes) if (cause.goneSinceMs !== null) this.#causes.delete(name);
  }

  /** This cause is over at once; others stay as they are, also those that are only quiet. */
  drop(name: string): void {
    this.#causes.delete(name);
  }

  has(name: string): boolean {
    return this.#causes.has(name);
  }

  level(): LadderLevel {
    let worst = 0;
    for (const { level } of this.#causes.values()) worst = Math.max(worst, rank(level));
    return LADDER[worst] ?? 'HALTED';
  }

  reasons(): readonly string[] {
    return [...this.#causes].map(([name, cause]) => `${name}: ${cause.reason}`);
  }
}
