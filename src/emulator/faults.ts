// Emulator, faults: the plan of what goes wrong, and the count of what did. Luck is seeded; each switch knows its family.
import { unitAt } from '../core/random.ts';

/** Before the venue sees the request; `queued`: the gateway let it in, the matching engine sees it so much later. */
const BEFORE = ['req.drop', 'req.late', 'req.queued'] as const;
/** The venue answers so instead of doing it (503u and 1007: after doing it with probability `value`). */
const INSTEAD = ['res.code', 'res.503u', 'res.503f', 'res.1008', 'res.1007', 'res.html'] as const;
/** Done, and the answer suffers. */
const AFTER = ['res.drop', 'res.late', 'res.reset', 'res.trunc'] as const;
/** Every frame on its way out. */
const FRAME = ['ws.silent', 'ws.half', 'ws.skip', 'ws.dup', 'ws.bad', 'ws.delay', 'ws.reorder', 'ws.replay'] as const;
/** Sockets: `ws.drop` closes now (and refuses for `durationMs`), `ws.ackSilent` makes subscriptions deaf. */
const SOCKET = ['ws.drop', 'ws.ackSilent'] as const;
const KEY = ['key.expire'] as const;
/** Reads that do not tell all; `q.stale` and `list.partial` concern positions as well. */
const READ = ['q.lag', 'q.forget', 'q.stale', 'list.partial'] as const;
const READ_POSITION = ['pos.lag', 'q.stale', 'list.partial'] as const;
/** Done when armed: `value` ms of a step, or parts in a million of a drift. */
const CLOCK = ['clk.jump', 'clk.drift'] as const;
/** Acts of the venue under the names of the fault catalogue; done when armed. */
const VENUE = [
  'v.manualClose',
  'v.manualOpen',
  'v.manualFlip',
  'v.cancelStop',
  'v.adl',
  'v.liq',
  'v.settle',
  'v.halt',
  'v.delist',
  'v.tick',
  'v.mode',
  'v.margin',
  'v.funding',
  'v.ban',
  'v.outage',
  'v.orphans',
  'v.partial',
  'v.thinBook',
] as const;

export const FAMILIES = {
  before: BEFORE,
  instead: INSTEAD,
  after: AFTER,
  frame: FRAME,
  socket: SOCKET,
  key: KEY,
  read: READ,
  readPosition: READ_POSITION,
  clock: CLOCK,
  venue: VENUE,
} as const;
export type Family = keyof typeof FAMILIES;
export type FaultSwitch = (typeof FAMILIES)[Family][number];
export const FAULT_SWITCHES: readonly FaultSwitch[] = [...new Set(Object.values(FAMILIES).flat())];

/** Absent filters match everything; `path` matches from the front; without `count` a switch stays until cleared. */
export interface FaultRule {
  readonly switch: FaultSwitch;
  readonly value?: number;
  readonly method?: string;
  readonly path?: string;
  readonly symbol?: string;
  readonly count?: number;
  readonly probability?: number;
  /** Wall ms from now. */
  readonly durationMs?: number;
}

/** What a rule is compared with. */
export interface FaultSubject {
  readonly method?: string;
  readonly path?: string;
  readonly symbol?: string;
}

interface Armed {
  readonly rule: FaultRule;
  readonly untilWallMs: number;
  left: number;
}

export class FaultPlan {
  readonly #seed: number;
  readonly #wallNow: () => number;
  readonly #hits = new Map<string, number>();
  #armed: Armed[] = [];
  #drawn = 0;

  constructor(seed: number, wallNow: () => number) {
    this.#seed = seed;
    this.#wallNow = wallNow;
  }

  arm(rule: FaultRule): void {
    const untilWallMs = rule.durationMs === undefined ? Number.POSITIVE_INFINITY : this.#wallNow() + rule.durationMs;
    this.#armed.push({ rule, untilWallMs, left: rule.count ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#armed = [];
  }

  count(fault: FaultSwitch): void {
    this.#hits.set(fault, (this.#hits.get(fault) ?? 0) + 1);
  }

  hits(): Record<string, number> {
    return Object.fromEntries(FAULT_SWITCHES.map((name) => [name, this.#hits.get(name) ?? 0]));
  }

  armed(): readonly FaultRule[] {
    return this.#live().map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, count: left } : rule));
  }

  /** The first live rule of the family that matches and whose luck agrees; it is used up by one and counted. */
  strike(family: Family, subject: FaultSubject): FaultRule | null {
    if (this.#armed.length === 0) return null;
    const names: readonly string[] = FAMILIES[family];
    for (const armed of this.#live()) {
      const { rule } = armed;
      if (!names.includes(rule.switch) || !matches(rule, subject)) continue;
      if (rule.probability !== undefined && this.luck() >= rule.probability) continue;
      armed.left -= 1;
      this.count(rule.switch);
      return rule;
    }
    return null;
  }

  luck(): number {
    this.#drawn += 1;
    return unitAt(this.#seed, this.#drawn, 77);
  }

  #live(): Armed[] {
    const wallMs = this.#wallNow();
    this.#armed = this.#armed.filter((armed) => armed.left > 0 && wallMs < armed.untilWallMs);
    return this.#armed;
  }
}

function matches(rule: FaultRule, subject: FaultSubject): boolean {
  if (rule.method !== undefined && rule.method.toUpperCase() !== subject.method) return false;
  if (rule.path !== undefined && !(subject.path ?? '').startsWith(rule.path)) return false;
  return rule.symbol === undefined || rule.symbol.toUpperCase() === (subject.symbol ?? '').toUpperCase();
}
