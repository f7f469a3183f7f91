// Rows B of the fault catalogue (reliability.md §1.B) with the clocks turned by hand: stop and target. The faults of the wire stand in
// catalogue-protection.slow.test.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decimalString, symbolId } from '../../src/core/units.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { A, aSignal, ExecutionBench, T0 } from '../support/execution-bench.ts';

const B = symbolId('BBBUSDT');
const started = (): Promise<ExecutionBench> => new ExecutionBench().start();

describe('B: with the clocks turned by hand', () => {
  it('B10 that throws for one contract is no trouble of another', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = (order) => (order.symbol === A ? Promise.reject(new Error('bug in A')) : place(order));
    await bench.decide(aSignal());
    await bench.decide(aSignal({ symbol: B, side: 'short' }));
    expect(bench.state(B)).toBe('protected');
    await bench.pass(12_000);
    expect([...bench.broker.positions.keys()]).toEqual([B]);
    expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['naked']);
  });

  it.each(['rejected', 'triggered'] as const)(
    'B11 whose child order does not come (%s): closed at market after two seconds',
    async (status) => {
      const bench = await started();
      await bench.decide(aSignal());
      bench.broker.setConditional(bench.broker.conditionals[0]?.clientId ?? '', status);
      await bench.pass(1_500);
      expect(bench.broker.positions.size).toBe(1);
      await bench.pass(1_500);
      expect(bench.broker.positions.size).toBe(0);
    },
  );

  it.each([-2021, -4142])(
    'B02 that the price has passed (%i): closed at market at once, and a person is told why',
    async (code) => {
      const bench = await started();
      bench.broker.script('placeConditional', code);
      await bench.decide(aSignal());
      await bench.pass(500);
      expect(bench.broker.positions.size).toBe(0);
      expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['stopPassed']);
      expect(bench.told('alarm').map(({ code: name, severity }) => [name, severity])).toEqual([['stopPassed', 'critical']]);
    },
  );

  it.each([-2021, -4142])(
    'B02 of the target: the price is there already (%i), so its profit is taken at market',
    async (code) => {
      const bench = await started();
      const place = bench.broker.placeConditional.bind(bench.broker);
      let asked = 0;
      bench.broker.placeConditional = async (order) => {
        if (order.type === 'stopMarket') return place(order);
        asked += 1;
        return { kind: 'rejected', code, reason: 'would trigger at once' };
      };
      await bench.decide(aSignal());
      await bench.pass(500);
      expect([bench.broker.positions.size, asked]).toEqual([0, 1]);
      expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['targetPassed']);
      expect(bench.alarms()).toEqual([]);
      await bench.pass(70_000, 250);
      expect(bench.broker.conditionals.filter(({ status }) => status === 'new')).toEqual([]);
      expect(bench.journal.inner.rows('executions').map(({ row }) => row['exit_reason'])).toEqual(['targetPassed']);
    },
  );

  it('a target that is refused for any other reason is no reason to close', async () => {
    const bench = await started();
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = async (order) =>
      order.type === 'stopMarket' ? place(order) : { kind: 'rejected', code: -1102, reason: 'refused' };
    await bench.decide(aSignal());
    await bench.pass(60_000, 250);
    expect([bench.state(), bench.alarms()]).toEqual(['protected', ['targetFailing']]);
  });

  it('a target that the venue took away while the price went beyond it is taken at market, after a kill too', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    await bench.pass(2_000);
    const target = bench.broker.conditionals.find(({ type }) => type === 'TAKE_PROFIT_MARKET');
    bench.broker.setConditional(target?.clientId ?? '', 'expired');
    bench.broker.price = 105;
    await bench.restart();
    await bench.pass(10_000);
    expect(bench.broker.positions.size).toBe(0);
    expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['targetPassed']);
  });

  it('B13 that filled unheard is booked as a stop, from the list of trades', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    bench.broker.stream = 'deaf';
    bench.broker.moveTo(98);
    await bench.pass(45_000, 250);
    expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['stop']);
  });

  it('B17 B19 refused with any code at all: closed at market when ten seconds are over', async () => {
    const codes = [
      -1000, -1001, -1003, -1008, -1021, -1102, -1111, -2015, -2019, -2027, -4014, -4045, -4061, -4164, -4210, -4211, -4400,
      -9999,
    ];
    for (const code of codes) {
      const bench = await started();
      bench.broker.script('placeConditional', ...Array.from({ length: 100 }, () => code));
      await bench.decide(aSignal());
      await bench.pass(12_000);
      expect([code, bench.broker.positions.size]).toEqual([code, 0]);
      // B25 and B26: the refusals are one message, not a hundred.
      expect([code, bench.alarms()]).toEqual([code, ['naked']]);
    }
  });

  it('B20 an hour in which the venue takes nothing: told every minute whether a stop rests, tried on, closed when it hears again', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', ...Array.from({ length: 20_000 }, () => 'dropped' as const));
    await bench.decide(aSignal());
    bench.broker.script('place', ...Array.from({ length: 20_000 }, () => 'dropped' as const));
    await bench.pass(3_600_000, 1_000);
    expect(bench.broker.positions.size).toBe(1);
    const told = bench.told('alarm').filter((notice) => notice['code'] === 'venueDeaf');
    expect(told.length).toBeGreaterThanOrEqual(58);
    expect(told.length).toBeLessThanOrEqual(60);
    expect(String(told[0]?.['text'])).toContain('rests on the exchange: NO');
    expect(told[0]?.severity).toBe('critical');
    bench.broker.forgetScript();
    await bench.pass(25_000, 250);
    expect(bench.broker.positions.size).toBe(0);
  });

  it('B20 for so long that every name of an exit was used: it is tried on, and closed when the venue hears again', async () => {
    const bench = await started();
    bench.broker.script('placeConditional', ...Array.from({ length: 40_000 }, () => 'dropped' as const));
    await bench.decide(aSignal());
    bench.broker.script('place', ...Array.from({ length: 40_000 }, () => 'dropped' as const));
    // 2,580 names at one in ten seconds are a little more than seven hours.
    await bench.pass(9 * 3_600_000, 10_000);
    expect(bench.broker.positions.size).toBe(1);
    bench.broker.forgetScript();
    await bench.pass(25_000, 250);
    expect(bench.broker.positions.size).toBe(0);
    await bench.restart();
    await bench.pass(90_000, 250);
    expect(bench.told('closed').map((notice) => notice['reason'])).toEqual(['naked']);
  });

  it('B21 is not switched off by a dead man’s countdown: nobody calls it', () => {
    const folders = ['src/adapters/binance', 'services/execution', 'src/book'];
    const texts = folders.flatMap((folder) => readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')));
    expect(texts.filter((text) => /countdownCancelAll/i.test(text))).toEqual([]);
  });

  it('B24 for which no conditional order is left: nothing is entered', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const [order] = bench.broker.conditionals;
    for (let i = 0; i < 198; i++)
      if (order !== undefined) bench.broker.conditionals.push({ ...order, symbol: symbolId('ZZZUSDT'), clientId: `web_${i}` });
    await bench.pass(31_000, 250);
    expect([...(await bench.decide(aSignal({ symbol: B, side: 'short', barCloseMs: T0 + 60_000 }))).values()]).toEqual([
      'virtual: gate:orderSlots',
    ]);
  });

  it('B24 counts what entries of the same minute will need: five for each', async () => {
    const bench = new ExecutionBench({ settings: { ...DEFAULT_RISK_SETTINGS, clusterMinutes: 0 } });
    const taken = { venueId: '1', type: 'STOP_MARKET', action: 'sell', status: 'new', triggerPrice: '90', qty: '0' } as const;
    for (let i = 0; i < 189; i++)
      bench.broker.conditionals.push({
        ...taken,
        ...{ triggerPrice: decimalString('90'), qty: decimalString('0'), closePosition: true, reduceOnly: false },
        ...{ symbol: symbolId('ZZZUSDT'), clientId: `web_${i}` },
      });
    await bench.start();
    // Eleven of two hundred are free: enough for two.
    const [C, D] = [symbolId('CCCUSDT'), symbolId('DDDUSDT')];
    const fates = await bench.decide(aSignal(), aSignal({ symbol: C, side: 'short' }), aSignal({ symbol: D }));
    expect([...fates.values()]).toEqual(['real', 'real', 'virtual: gate:orderSlots']);
  });

  it('B26 B17 a stop that cannot be moved leaves the old one where it is', async () => {
    const bench = await started();
    await bench.decide(aSignal());
    const place = bench.broker.placeConditional.bind(bench.broker);
    bench.broker.placeConditional = (order) =>
      order.coverage.kind === 'reduceOnly' ? Promise.resolve({ kind: 'rejected', code: -1102, reason: 'no' }) : place(order);
    bench.broker.price = 103;
    bench.service.onMarks([{ symbol: A, markPrice: 103, fundingRate: 0, nextFundingMs: T0 as never }]);
    bench.service.onCommand({ kind: 'breakEven', symbol: A }, 'someone');
    await bench.pass(30_000, 250);
    expect(bench.liveStops()).toEqual([98]);
    expect(bench.state()).toBe('protected');
  });
});
