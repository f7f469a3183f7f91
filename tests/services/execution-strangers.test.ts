// A database that is older than the venue: positions and orders that are ours by their names while no trade of the journal knows them.
import { describe, expect, it } from 'vitest';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import { A, aSignal, ExecutionBench } from '../support/execution-bench.ts';

const B = symbolId('BBBUSDT');

/** The venue as a bot left it whose database was lost; `change` sees it before the next bot starts. */
async function inherited(change: (bench: ExecutionBench) => void = () => undefined): Promise<ExecutionBench> {
  const before = await new ExecutionBench().start();
  await before.decide(aSignal());
  const bench = new ExecutionBench();
  bench.broker.positions.set(A, before.broker.positions.get(A) as never);
  bench.broker.conditionals.push(...before.broker.conditionals);
  change(bench);
  await bench.start();
  await bench.pass(1_000);
  return bench;
}

const level = (bench: ExecutionBench): string => bench.service.liveState().ladder.level;
const withoutStop = ({ broker }: ExecutionBench): void => {
  const stop = broker.conditionals.findIndex(({ type }) => type === 'STOP_MARKET');
  broker.conditionals.splice(stop, 1);
};

describe('a position that no journal knows', () => {
  it('is tried to be protected for as long as the venue refuses, and protected when it does not any more', async () => {
    const bench = await inherited((each) => {
      withoutStop(each);
      each.broker.script('placeConditional', ...Array.from({ length: 1_000 }, () => -1102));
    });
    // Longer than there are seconds in the names: none of them may be a reason to die.
    await bench.pass(15 * 60_000, 1_000);
    expect(bench.liveStops()).toEqual([]);
    bench.broker.forgetScript();
    await bench.pass(60_000, 1_000);
    expect(bench.liveStops()).toEqual([98]);
    const written = bench.journal.commits.flat().filter((row) => row.table === 'op').length;
    expect(written).toBeGreaterThan(20);
  });

  it('is tried to be closed for as long as the venue refuses', async () => {
    const bench = await inherited();
    bench.broker.script('place', ...Array.from({ length: 1_000 }, () => -1102));
    bench.service.onCommand({ kind: 'close', symbol: A }, 'someone');
    await bench.pass(15 * 60_000, 1_000);
    expect(bench.broker.positions.has(A)).toBe(true);
    bench.broker.forgetScript();
    await bench.pass(10_000, 250);
    expect(bench.broker.positions.has(A)).toBe(false);
  });
});

describe('a size that we and the venue see differently', () => {
  it('for a minute closes the door and is told as critical, once (J01)', async () => {
    const bench = await new ExecutionBench().start();
    await bench.decide(aSignal());
    const held = bench.broker.positions.get(A);
    // A read from before our news: it is not believed, and it does not go away.
    if (held !== undefined) bench.broker.positions.set(A, { ...held, signedQty: decimalString('1'), updateMs: epochMs(0) });
    await bench.pass(60_000, 250);
    expect(level(bench)).toBe('NORMAL');
    await bench.pass(40_000, 250);
    expect(level(bench)).toBe('NO_NEW_ENTRIES');
    const told = bench.told('alarm').filter(({ code }) => code === 'drift');
    expect(told.map(({ severity }) => severity)).toEqual(['critical']);
    expect(String(told[0]?.['text'])).toMatch(/AAAUSDT: we hold long .*, the venue shows 1/);
    await bench.pass(120_000, 250);
    expect(bench.alarms().filter((code) => code === 'drift')).toHaveLength(1);
  });
});

describe('a person who has looked at it', () => {
  it('resumes for good: what is known already does not close the door again', async () => {
    const bench = await inherited();
    expect(level(bench)).toBe('PROTECT_ONLY');
    bench.service.onCommand({ kind: 'resume' }, 'someone');
    expect(level(bench)).toBe('NORMAL');
    await bench.pass(95_000, 250);
    expect(level(bench)).toBe('NORMAL');
    const signal = aSignal({ symbol: B, side: 'short', barCloseMs: bench.venueMs - 3_000 });
    expect([...(await bench.decide(signal)).values()]).toEqual(['real']);
    // Its own stop fires: that was to be expected.
    bench.broker.moveTo(98);
    await bench.pass(2_000);
    expect(bench.broker.positions.has(A)).toBe(false);
    expect(level(bench)).toBe('NORMAL');
  });

  it('is asked again for one that he has not seen', async () => {
    const bench = await inherited();
    bench.service.onCommand({ kind: 'resume' }, 'someone');
    const [order] = bench.broker.conditionals;
    bench.broker.positions.set(B, bench.broker.positions.get(A) as never);
    if (order !== undefined) bench.broker.conditionals.push({ ...order, symbol: B, clientId: 'k70-zzzzzzzzzzzzzz-a00' });
    await bench.pass(31_000, 250);
    expect(level(bench)).toBe('PROTECT_ONLY');
  });
});
