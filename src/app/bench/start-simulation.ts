// App, `perpscout bench`: starts at random moments against a venue that counts weight per minute of its own clock: random earlier
// use, clock error and round trips. The weight gate under test is the one that ships; nothing else is real.
import { type LimitReport, type Permit, WeightGate } from '../../adapters/binance/limiter.ts';
import { SeededRandom } from '../../core/random.ts';
import { epochMs } from '../../core/units.ts';
import { DrivenWallClock } from './driven-wall-clock.ts';
import { atMost, type Figure } from './figure.ts';

/** A whole minute of venue time, so that seconds within it are easy to read. */
const MINUTE = 29_000_000 * 60_000;
const SYMBOLS = 648;
const IN_FLIGHT = 20;
const LIMIT = 2_400;
const STARTS = 1_000;
const STEP_MS = 20;

/** Counts weight per clock minute at arrival, on top of what somebody used before. */
class MinuteServer {
  refusals = 0;
  #minute: number;
  #used: number;

  constructor(earlier: number, nowMs: number) {
    this.#used = earlier;
    this.#minute = Math.floor(nowMs / 60_000);
  }

  arrive(weight: number, nowMs: number): LimitReport {
    const minute = Math.floor(nowMs / 60_000);
    if (minute !== this.#minute) [this.#minute, this.#used] = [minute, 0];
    this.#used += weight;
    const over = this.#used > LIMIT;
    if (over) this.refusals += 1;
    const dateMs = nowMs - (nowMs % 1_000);
    return { status: over ? 429 : 200, usedWeight: this.#used, dateMs, retryAfterMs: null, bannedUntilMs: null };
  }
}

export interface SimulatedStart {
  /** Into the venue's minute. */
  readonly secondMs: number;
  /** Weight that an earlier run has used in it. */
  readonly earlier: number;
  readonly clockErrorMs: number;
}

export interface StartOutcome {
  readonly seconds: number;
  readonly refusals: number;
}

/** Both pages of every contract, as the loader asks for them: weight 2 and 1, twenty in flight. */
export async function simulateStart(start: SimulatedStart, random: SeededRandom): Promise<StartOutcome> {
  const wall = new DrivenWallClock(MINUTE + start.secondMs);
  const server = new MinuteServer(start.earlier, wall.now());
  const clock = { now: () => epochMs(wall.now() + start.clockErrorMs) };
  const gate = new WeightGate({ clock, wall, pacing: 'realTime' });
  const begunMs = wall.now();
  // The first answer tells what an earlier run has used: nobody starts before it is read.
  const first = await permitOf(gate, 'account', 1);
  gate.done(first, server.arrive(1, wall.now()));
  let left = SYMBOLS * 2;
  const ask = async (): Promise<void> => {
    while (left > 0) {
      const weight = left % 2 === 0 ? 2 : 1;
      left -= 1;
      const permit = await permitOf(gate, 'history', weight);
      const oneWayMs = 30 + random.next() * 60;
      await pause(wall, oneWayMs);
      const report = server.arrive(weight, wall.now());
      await pause(wall, oneWayMs);
      gate.done(permit, report);
    }
  };
  let working = IN_FLIGHT;
  const workers = Array.from({ length: IN_FLIGHT }, () => ask().finally(() => (working -= 1)));
  while (working > 0) {
    for (let i = 0; i < 6; i++) await Promise.resolve();
    if (working > 0) wall.advance(Math.max(STEP_MS, Math.min(wall.msToNext, 60_000)));
  }
  await Promise.all(workers);
  return { seconds: (wall.now() - begunMs) / 1_000, refusals: server.refusals };
}

async function permitOf(gate: WeightGate, lane: 'account' | 'history', weight: number): Promise<Permit> {
  const grant = await gate.take(lane, weight, 300_000);
  if (grant.kind === 'refused') throw new Error(grant.reason);
  return grant.permit;
}

const pause = (wall: DrivenWallClock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    wall.after(ms, resolve);
  });

/** `count` starts of any second of a minute, up to 2,000 weight used before, and a clock up to 200 ms off. */
export async function simulateStarts(
  count: number,
  seed: number,
): Promise<{ readonly refusals: number; readonly slowestSeconds: number }> {
  const random = new SeededRandom(seed);
  let refusals = 0;
  let slowestSeconds = 0;
  for (let i = 0; i < count; i++) {
    const start = {
      secondMs: random.next() * 60_000,
      earlier: Math.floor(random.next() * 2_000),
      clockErrorMs: random.next() * 400 - 200,
    };
    const outcome = await simulateStart(start, random);
    refusals += outcome.refusals;
    slowestSeconds = Math.max(slowestSeconds, outcome.seconds);
  }
  return { refusals, slowestSeconds };
}

export async function simulationFigures(): Promise<Figure[]> {
  const { refusals } = await simulateStarts(STARTS, SYMBOLS);
  return [atMost('simulatedStarts429', { value: refusals, unit: `of ${STARTS} starts`, bound: 0 })];
}
