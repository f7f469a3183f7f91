import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/core/units.ts';
import { A, aMinute, aSignal, ExecutionBench } from '../support/execution-bench.ts';

const started = (): Promise<ExecutionBench> => new ExecutionBench().start();
const placed = (bench: ExecutionBench, role: string): number =>
  bench.broker.calls.filter((call) => call.startsWith('place') && call.includes(`-${role}`)).length;

describe('an entry without an answer', () => {
  it('that was filled is found, protected and never sent again', async () => {
    const bench = await started();
    bench.broker.script('place', 'lost');
    await bench.decide(aSignal());
    expect(bench.state()).toBe('protected');
    expect(placed(bench, 'e')).toBe(1);
  });

  it('that was filled while the stream was deaf is found by reading the position', async () => {
    const bench = await started();
    bench.broker.script('place', 'lost');
    bench.broker.stream = 'deaf';
    await bench.decide(aSignal());
    await bench.pass(3_000);
    expect(bench.state()).toBe('protected');
    expect(bench.liveStops()).toEqual([98]);
    expect(placed(bench, 'e')).toBe(1);
  });

  it.each(['deaf', 'killed'])('that was filled by a clock 400 ms behind ours is found all the same (%s)', async (how) => {
    const bench = await started();
    bench.venueLagMs = 400;
    bench.broker.script('place', 'lost');
    bench.broker.stream = 'deaf';
    // Nobody can be asked for the order by its name.
    bench.broker.find = async () => ({ kind: 'absent' });
    bench.service.decide(aMinute(aSignal()));
    await bench.pass(100);
    if (how === 'killed') await bench.restart();
    await bench.pass(4_000);
    expect(bench.state()).toBe('protected');
    bench.broker.moveTo(98);
    await bench.pass(40_000, 250);
    expect(bench.told('closed')).toHaveLength(1);
  });

  it('that never arrived is given up only after the fence, and the symbol stays closed for ten minutes', async () => {
    const bench = await started();
    bench.broker.script('place', 'dropped');
    await bench.decide(aSignal());
    await bench.pass(32_000, 250);
    expect(bench.state()).toBe('unknown');
    await bench.pass(20_000, 250);
    expect(bench.state()).toBe('voidFenced');
    expect(placed(bench, 'e')).toBe(1);
    const again = await bench.decide(aSignal({ side: 'short', barCloseMs: bench.venueMs }));
    expect([...again.values()]).toEqual(['virtual: gate:unresolved']);
    expect(bench.alarms()).toContain('entryFenced');
  });

  it('that appears after it was given up is protected first', async () => {
    const bench = await started();
    bench.broker.script('place', 'dropped');
    await bench.decide(aSignal());
    await bench.pass(60_000, 250);
    expect(bench.state()).toBe('voidFenced');
    const id = bench.service.trades()[0]?.entry.clientId ?? '';
    bench.broker.trade(A, 'buy', '1', id);
    await bench.settle();
    expect(bench.state()).toBe('protected');
    expect(bench.liveStops()).toEqual([98]);
  });

  it('is not proven absent while the stream is broken', async () => {
    const bench = await started();
    bench.broker.script('place', 'dropped');
    await bench.decide(aSignal());
    bench.service.onAccount({ kind: 'userStream', at: bench.venueMs as never, state: 'down', detail: 'cut' });
    await bench.pass(90_000, 250);
    expect(bench.state()).toBe('unknown');
    expect(bench.alarms()).toContain('entryUnresolved');
  });
});

describe('an entry that is refused', () => {
  it('ends as void with the code, and nothing rests on the venue', async () => {
    const bench = await started();
    bench.broker.script('place', -2019);
    await bench.decide(aSignal());
    await bench.pass(2_000);
    expect(bench.state()).toBe('voidRejected');
    expect(bench.service.trades()[0]?.entry.code).toBe(-2019);
    expect(bench.broker.conditionals).toEqual([]);
  });

  it('is not even sent when the margin type could not be set', async () => {
    const bench = await started();
    bench.broker.script('setIsolated', -4067);
    await bench.decide(aSignal());
    expect(bench.state()).toBe('voidUnsent');
    expect(placed(bench, 'e')).toBe(0);
  });

  it('is not sent when its intent could not be written', async () => {
    const bench = await started();
    bench.journal.inner.failWith('disk full');
    const fates = await bench.decide(aSignal());
    expect([...fates.values()]).toEqual(['label: journal']);
    expect(placed(bench, 'e')).toBe(0);
    expect(bench.alarms()).toContain('journal');
  });
});

describe('protection', () => {
  it('survives a lost answer of the stop: it is seen, not sent twice', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', 'lost');
    await bench.decide(aSignal());
    expect(bench.state()).toBe('protected');
    expect(placed(bench, 'a')).toBe(1);
  });

  it('finds a stop whose answer and event were both lost in the list of open orders', async () => {
    const bench = await started();
    bench.broker.stream = 'deaf';
    bench.broker.script('placeConditional', 'lost');
    await bench.decide(aSignal());
    await bench.pass(3_000);
    expect(bench.state()).toBe('protected');
    expect(bench.liveStops()).toEqual([98]);
  });

  it('places again a stop that never arrived', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', 'dropped');
    await bench.decide(aSignal());
    await bench.pass(2_500);
    expect(bench.state()).toBe('protected');
    expect(placed(bench, 'a')).toBe(2);
  });

  it('is not held up by a stop whose answer does not come: it looks at once and sends another after a second', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    let asked = 0;
    bench.broker.placeConditional = (order) => {
      asked += 1;
      return asked === 1 ? new Promise(() => undefined) : place(order);
    };
    await bench.decide(aSignal());
    await bench.pass(900);
    expect(bench.state()).toBe('openNaked');
    await bench.pass(400);
    expect(bench.state()).toBe('protected');
    expect(bench.liveStops()).toEqual([98]);
  });

  it('finds a stop on the list while its answer is still out', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.stream = 'deaf';
    bench.broker.placeConditional = async (order) => {
      await place(order);
      return new Promise(() => undefined);
    };
    bench.service.decide(aMinute(aSignal()));
    await bench.pass(100);
    bench.broker.stream = 'deaf';
    await bench.pass(1_500);
    expect(bench.state()).toBe('protected');
    expect(placed(bench, 'a')).toBe(1);
  });

  it('tries again after -4509 and is protected within a second', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', -4509);
    await bench.decide(aSignal());
    expect(bench.state()).toBe('openNaked');
    await bench.pass(1_000);
    expect(bench.state()).toBe('protected');
    expect(bench.liveStops()).toEqual([98]);
    const [told] = bench.told('protected');
    expect(told?.['ms']).toBeLessThan(1_000);
  });

  it('covers the quantity with a second stop while the first keeps being refused (-4509)', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = (order) =>
      order.coverage.kind === 'closePosition' && order.type === 'stopMarket'
        ? Promise.resolve({ kind: 'rejected', code: -4509, reason: 'later' })
        : place(order);
    await bench.decide(aSignal());
    await bench.pass(12_000);
    expect(bench.state()).toBe('protected');
    const stop = bench.broker.conditionals.find((order) => order.type === 'STOP_MARKET' && order.status === 'new');
    expect(stop?.reduceOnly).toBe(true);
    expect(Number(stop?.qty)).toBe(Number(bench.broker.positions.get(A)?.signedQty));
  });

  it('covers the quantity beside a closePosition stop of somebody else (-4130)', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = (order) =>
      order.coverage.kind === 'closePosition' && order.type === 'stopMarket'
        ? Promise.resolve({ kind: 'rejected', code: -4130, reason: 'twin' })
        : place(order);
    await bench.decide(aSignal());
    await bench.pass(3_000);
    expect(bench.state()).toBe('protected');
  });

  it('closes at market when the price is past the stop (-2021)', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', -2021);
    await bench.decide(aSignal());
    await bench.pass(500);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['stopPassed']);
  });

  it('closes at market after ten seconds of refusals, whatever the code', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', ...Array.from({ length: 200 }, () => -1102));
    await bench.decide(aSignal());
    await bench.pass(9_500);
    expect(bench.broker.positions.size).toBe(1);
    await bench.pass(1_500);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['naked']);
    expect(bench.alarms()).toContain('naked');
  });

  it('repeats a close that gets no answer under a new name at most every two seconds', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.script('place', 'dropped', 'dropped', 'dropped');
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(7_000);
    expect(bench.broker.positions.size).toBe(0);
    const names = bench.broker.calls.filter((call) => call.startsWith('place ') && call.includes('-x'));
    expect(new Set(names).size).toBe(4);
  });

  it('does not flip a position when the lost answer hid a fill', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.stream = 'deaf';
    bench.broker.script('place', 'lost');
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(8_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['command']);
  });

  it('puts back a stop that the venue cancelled', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const stop = bench.broker.conditionals[0]?.clientId ?? '';
    bench.broker.setConditional(stop, 'canceled');
    await bench.settle();
    expect(bench.liveStops()).toEqual([98]);
    expect(bench.state()).toBe('protected');
    expect(bench.alarms()).toContain('stopRestored');
  });

  it('puts back a stop that vanished without an event within 35 s', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.stream = 'deaf';
    bench.broker.setConditional(bench.broker.conditionals[0]?.clientId ?? '', 'canceled');
    await bench.pass(35_000, 250);
    expect(bench.liveStops()).toEqual([98]);
  });

  it('takes a failing target for a nuisance, not for a danger', async () => {
    const bench = await started();
    bench.broker.script('placeConditional');
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = (order) =>
      order.type === 'takeProfitMarket' ? Promise.resolve({ kind: 'rejected', code: -4045, reason: 'limit' }) : place(order);
    await bench.decide(aSignal());
    await bench.pass(30_000, 250);
    expect(bench.state()).toBe('protected');
    expect(bench.alarms()).toEqual(['targetFailing']);
  });

  it('closes when a stop fired and the position is still there two seconds later', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.setConditional(bench.broker.conditionals[0]?.clientId ?? '', 'triggered');
    await bench.pass(1_000);
    expect(bench.broker.positions.size).toBe(1);
    await bench.pass(2_000);
    expect(bench.broker.positions.size).toBe(0);
  });
});

describe('a position closed by somebody else', () => {
  it('by hand: settled as external, leftovers swept', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const qty = bench.broker.positions.get(A)?.signedQty ?? '0';
    bench.broker.trade(A, 'sell', qty, 'web_1');
    await bench.pass(70_000, 250);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['external']);
    expect(bench.broker.conditionals.filter((o) => o.status === 'new')).toEqual([]);
    expect(bench.state()).toBe('swept');
  });

  it('by hand, past zero: our trade ends at the crossing, the rest is not ours', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const qty = Number(bench.broker.positions.get(A)?.signedQty);
    bench.broker.price = 101;
    bench.broker.trade(A, 'sell', (qty + 1).toFixed(3), 'web_1');
    await bench.pass(35_000, 250);
    const [closed] = bench.told('closed');
    expect(closed?.['reason']).toBe('external');
    // one point on our own size; the fee of the crossing fill is shared by size
    expect(Number(closed?.['pnl'])).toBeCloseTo(qty - 0.01 - (0.01 * qty) / (qty + 1), 6);
    expect(bench.broker.positions.get(A)?.signedQty).toBe('-1');
    expect(bench.alarms()).toContain('foreignPosition');
  });

  it('by liquidation: booked so, and entries wait for a person', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.trade(A, 'sell', bench.broker.positions.get(A)?.signedQty ?? '0', 'autoclose-123');
    await bench.pass(500);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['liquidation']);
    expect(bench.service.liveState().ladder.level).toBe('NO_NEW_ENTRIES');
  });

  it('by deleveraging, first in part: the rest stays protected; then all of it, booked so and told as critical', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const whole = bench.broker.positions.get(A)?.signedQty ?? '0';
    bench.broker.trade(A, 'sell', '1', 'adl_autoclose');
    await bench.pass(3_000);
    expect([bench.state(), bench.liveStops()]).toEqual(['protected', [98]]);
    bench.broker.trade(A, 'sell', bench.broker.positions.get(A)?.signedQty ?? '0', 'adl_autoclose');
    await bench.pass(3_000);
    const [closed] = bench.told('closed');
    expect([closed?.['reason'], Number(closed?.['qty'])]).toEqual(['adl', Number(whole)]);
    expect(bench.told('alarm').map(({ code, severity }) => [code, severity])).toEqual([['adl', 'critical']]);
  });

  it('while the stream is deaf: noticed within seconds, because open positions are read every two', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    await bench.pass(3_000);
    bench.broker.stream = 'deaf';
    bench.broker.trade(A, 'sell', bench.broker.positions.get(A)?.signedQty ?? '0', 'web_1');
    await bench.pass(6_000);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['external']);
  });

  it('is not asked about while nothing is held, and a read without an answer says nothing', async () => {
    const bench = await started();
    const reads = (): number => bench.broker.calls.filter((call) => call.startsWith('openPositions')).length;
    await bench.pass(20_000);
    expect(reads()).toBe(0);
    bench.broker.script('openPositions', ...Array.from({ length: 10 }, () => 'dropped' as const));
    await bench.decide(aSignal());
    await bench.pass(20_000);
    expect(reads()).toBeGreaterThanOrEqual(8);
    expect(reads()).toBeLessThanOrEqual(11);
    expect(bench.state()).toBe('protected');
  });

  it('while the stream was deaf: noticed by the next full read', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.stream = 'deaf';
    bench.broker.trade(A, 'sell', bench.broker.positions.get(A)?.signedQty ?? '0', 'web_1');
    await bench.pass(40_000, 250);
    expect(bench.told('closed').map((n) => n['reason'])).toEqual(['external']);
  });
});

describe('a user stream that breaks and comes back', () => {
  it('opens the door again when it has held for a minute', async () => {
    const bench = await started();
    const hear = (state: 'up' | 'down'): void =>
      bench.service.onAccount({ kind: 'userStream', at: epochMs(bench.venueMs), state, detail: 'reset' });
    const level = (): string => bench.service.liveState().ladder.level;
    hear('down');
    expect(level()).toBe('NO_NEW_ENTRIES');
    hear('up');
    await bench.pass(58_000, 250);
    expect(level()).toBe('NO_NEW_ENTRIES');
    hear('down');
    hear('up');
    await bench.pass(58_000, 250);
    expect(level()).toBe('NO_NEW_ENTRIES');
    await bench.pass(3_000, 250);
    expect(level()).toBe('NORMAL');
  });
});

describe('keeping step with a fast venue', () => {
  it('lets the clock go on when only time can help', async () => {
    const bench = await started();
    bench.broker.script('place', 'dropped');
    await bench.decide(aSignal());
    expect(bench.state()).toBe('unknown');
    expect(bench.service.idle()).toBe(true);
  });

  it('holds the clock while a stop is about to be tried again', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', -4509);
    await bench.decide(aSignal());
    expect(bench.service.idle()).toBe(false);
    await bench.pass(1_000);
    expect(bench.service.idle()).toBe(true);
  });

  it('is protected although the venue clock stands still', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', -4509);
    const frozen = bench.venueMs;
    await bench.decide(aSignal());
    for (let i = 0; i < 20; i++) {
      await bench.pass(50);
      bench.venueMs = frozen;
    }
    expect(bench.state()).toBe('protected');
  });
});

describe('a read that is older than the news', () => {
  it('does not make somebody else of a position that we just closed', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const old = await bench.broker.snapshot();
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(500);
    if (old !== null) bench.service.onSnapshot(old);
    expect(bench.alarms()).toEqual([]);
    expect(bench.told('closed')).toHaveLength(1);
  });
});
