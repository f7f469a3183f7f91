import { describe, expect, it } from 'vitest';
import { type LimitReport, type Permit, WeightGate } from '../../../src/adapters/binance/limiter.ts';
import { simulateStart, simulateStarts } from '../../../src/app/bench/start-simulation.ts';
import { SeededRandom } from '../../../src/core/random.ts';
import { epochMs } from '../../../src/core/units.ts';
import { DrivenWallClock } from '../../support/fake-clock.ts';

const QUIET: LimitReport = { status: 200, usedWeight: null, dateMs: null, retryAfterMs: null, bannedUntilMs: null };
/** A whole minute of venue time, so that hand arithmetic stays readable. */
const MINUTE = 29_000_000 * 60_000;

function gateAt(wall: DrivenWallClock, clockErrorMs = 0): WeightGate {
  const clock = { now: () => epochMs(wall.now() + clockErrorMs) };
  return new WeightGate({ clock, wall, pacing: 'realTime' });
}

async function granted(gate: WeightGate, lane: 'protect' | 'account' | 'history', weight: number): Promise<Permit> {
  const grant = await gate.take(lane, weight, 1_000);
  if (grant.kind === 'refused') throw new Error(grant.reason);
  return grant.permit;
}

describe('the weight gate', () => {
  it('meets no 429 in 1,000 cold starts at any second, with earlier use and a wrong clock', async () => {
    const { refusals, slowestSeconds } = await simulateStarts(1_000, 648);
    expect(refusals).toBe(0);
    // Two turns of the minute at most: 60 s to the next one plus the 8 s of work.
    expect(slowestSeconds).toBeLessThan(70);
  }, 120_000);

  it('finishes a cold start in an empty minute without waiting for the next', async () => {
    const run = await simulateStart({ secondMs: 1_000, earlier: 0, clockErrorMs: 0 }, new SeededRandom(1));
    expect(run.refusals).toBe(0);
    // 1,296 requests, 20 in flight, 120 ms each: 1296 / 20 × 0.12 s = 7.8 s, plus this test's 20 ms steps.
    expect(run.seconds).toBeLessThan(10);
  });

  it('gives history 1,200 and accounts 480 once running, and keeps 720 for protection', async () => {
    const wall = new DrivenWallClock(MINUTE + 10_000);
    const gate = gateAt(wall);
    gate.setPhase('running');
    for (let i = 0; i < 12; i++) await granted(gate, 'history', 100);
    for (let i = 0; i < 12; i++) await granted(gate, 'account', 40);
    expect(gate.used).toBe(1_680);
    const late = gate.take('account', 1, 500);
    wall.advance(500);
    expect(await late).toEqual({ kind: 'refused', reason: 'the rest of the minute is kept for protection' });
    for (let i = 0; i < 139; i++) await granted(gate, 'protect', 5);
    expect(await gate.take('protect', 5, 1_000)).toEqual({ kind: 'refused', reason: 'the minute is spent' });
    // Orders weigh nothing and always pass.
    expect((await gate.take('protect', 0, 0)).kind).toBe('granted');
  });

  it('believes the header of this minute over its own count', async () => {
    const wall = new DrivenWallClock(MINUTE + 10_000);
    const gate = gateAt(wall);
    gate.done(await granted(gate, 'account', 1), { ...QUIET, usedWeight: 1_900, dateMs: MINUTE + 10_000 });
    expect(gate.used).toBe(1_900);
    gate.done(await granted(gate, 'account', 1), { ...QUIET, usedWeight: 17, dateMs: MINUTE - 1_000 });
    expect(gate.used).toBe(1_901);
  });

  it('keeps a header that is already of the next minute until it gets there itself', async () => {
    const wall = new DrivenWallClock(MINUTE + 60_100);
    const gate = gateAt(wall);
    const permit = await granted(gate, 'history', 2);
    gate.done(permit, { ...QUIET, usedWeight: 77, dateMs: MINUTE + 60_000 });
    wall.advance(200);
    expect(gate.used).toBe(77);
  });

  it('waits for the next minute after 429 and for Retry-After where it is given', async () => {
    const wall = new DrivenWallClock(MINUTE + 50_000);
    const gate = gateAt(wall);
    gate.done(await granted(gate, 'account', 1), { ...QUIET, status: 429 });
    expect(gate.heldUntilMs).toBe(MINUTE + 60_250);
    expect((await gate.take('protect', 0, 0)).kind).toBe('refused');
    wall.advance(10_251);
    gate.done(await granted(gate, 'account', 1), { ...QUIET, status: 429, retryAfterMs: 3_000 });
    expect(gate.heldUntilMs).toBe(MINUTE + 63_251);
  });

  it('holds everything until a ban ends, tells it once, and honours one from an earlier run', async () => {
    const wall = new DrivenWallClock(MINUTE);
    const told: number[] = [];
    const clock = { now: () => epochMs(wall.now()) };
    const gate = new WeightGate({ clock, wall, pacing: 'realTime', heldUntilMs: MINUTE + 5_000, onBan: (ms) => told.push(ms) });
    const waiting = gate.take('history', 1, 60_000);
    wall.advance(5_001);
    const grant = await waiting;
    if (grant.kind === 'refused') throw new Error(grant.reason);
    gate.done(grant.permit, { ...QUIET, status: 418, bannedUntilMs: MINUTE + 125_000 });
    gate.done(grant.permit, { ...QUIET, status: 418, bannedUntilMs: MINUTE + 125_000 });
    expect(told).toEqual([MINUTE + 125_000]);
    expect(await gate.take('protect', 0, 0)).toMatchObject({ kind: 'refused' });
    wall.advance(120_000);
    expect((await gate.take('protect', 0, 0)).kind).toBe('granted');
  });

  it('scales its shares to the limit the venue declares', async () => {
    const gate = gateAt(new DrivenWallClock(MINUTE + 1_000));
    gate.setLimit(6_000);
    // 2,208 / 2,400 of 6,000 are 5,520.
    await granted(gate, 'history', 5_520);
    expect(await gate.take('protect', 1_000, 0)).toMatchObject({ kind: 'refused' });
  });
});

describe('a gate whose clock stood ahead of the venue before it was measured', () => {
  it('goes on opening a new share each minute', async () => {
    const wall = new DrivenWallClock(MINUTE);
    let aheadMs = 300 * 24 * 60 * 60_000;
    const gate = new WeightGate({ clock: { now: () => epochMs(wall.now() + aheadMs) }, wall, pacing: 'realTime' });
    gate.setPhase('running');
    gate.done(await granted(gate, 'account', 1), QUIET);
    aheadMs = 0;
    for (let minute = 0; minute < 10; minute++) {
      gate.done(await granted(gate, 'account', 300), QUIET);
      wall.advance(60_000);
    }
    expect(gate.used).toBe(0);
  });
});

describe('a wait that the venue asks for', () => {
  const asked = async (said: Partial<LimitReport>): Promise<{ untilMs: number[]; grant: string }> => {
    const wall = new DrivenWallClock(MINUTE + 10_000);
    const untilMs: number[] = [];
    const clock = { now: () => epochMs(wall.now()) };
    const gate = new WeightGate({ clock, wall, pacing: 'realTime', onHold: (until) => untilMs.push(until) });
    gate.done(await granted(gate, 'account', 1), { ...QUIET, ...said });
    return { untilMs, grant: (await gate.take('protect', 1, 0)).kind };
  };

  it('is told for whoever keeps it: a ban until its instant, a 429 until its Retry-After or the next minute', async () => {
    expect(await asked({ status: 418, bannedUntilMs: MINUTE + 130_000 })).toEqual({
      untilMs: [MINUTE + 130_000],
      grant: 'refused',
    });
    expect(await asked({ status: 429, retryAfterMs: 7_000 })).toEqual({ untilMs: [MINUTE + 17_000], grant: 'refused' });
    expect(await asked({ status: 429 })).toEqual({ untilMs: [MINUTE + 60_250], grant: 'refused' });
  });

  it('of an earlier run is kept to from the first request on', async () => {
    const wall = new DrivenWallClock(MINUTE);
    const clock = { now: () => epochMs(wall.now()) };
    const gate = new WeightGate({ clock, wall, pacing: 'realTime', heldUntilMs: MINUTE + 5_000 });
    expect(await gate.take('protect', 0, 0)).toEqual({ kind: 'refused', reason: 'the venue asked us to wait 5000 ms' });
    wall.advance(5_000);
    expect((await gate.take('protect', 0, 0)).kind).toBe('granted');
  });
});
