// The judges of the soak must bite: each is shown a broken run and has to say so.
import { describe, expect, it } from 'vitest';
import { passed } from '../soak/check.ts';
import { checkLedger } from '../soak/check-ledger.ts';
import { checkLoop, checkMemory, checkScans } from '../soak/check-process.ts';
import { equalTo8, exact, shown, times } from '../soak/decimal.ts';
import type { Evidence } from '../soak/evidence.ts';

const T = Date.UTC(2026, 0, 5);
const TRADE = 'abcdefghijklmn';
const order = (clientOrderId: string) => ({
  clientOrderId,
  symbol: 'AUSDT',
  quantity: '2',
  status: 'FILLED',
  createMs: T,
  updateMs: T,
});
const fill = (clientOrderId: string, side: 'BUY' | 'SELL', qty: string) => ({
  ...{ id: 1, clientOrderId, symbol: 'AUSDT', side, price: '10', qty },
  ...{ realizedPnl: '0', commission: '0', atMs: T },
});

const evidence = (ledger: Partial<Evidence['ledger']>, naked: Evidence['naked'] = []): Evidence => ({
  ledger: { orders: [], algos: [], fills: [], positionHistory: [], ...ledger },
  naked,
  state: {
    ...{ clock: { nowMs: T + 3_600_000, achievedSpeed: 1, holdTimeouts: 0 }, positions: [], openOrders: [], openAlgoOrders: [] },
    ...{ balance: [], failures: { count: 0, last: null } },
  },
  income: [],
  journal: { intents: [], fills: [], closed: [], outcomes: [], outcomeRows: [], virtuals: [], signals: [] },
  startBalance: '10000',
});
const failing = (found: Evidence, speed = 1): string[] =>
  checkLedger(found, speed)
    .filter((check) => !passed(check))
    .map(({ id }) => id);

describe('the judge of the ledger', () => {
  it('finds nothing in an empty ledger', () => {
    expect(failing(evidence({}))).toEqual([]);
  });

  it('sees a position that stood naked for 13 s', () => {
    expect(failing(evidence({}, [{ symbol: 'AUSDT', fromMs: T, toMs: T, wallMs: 13_000 }]))).toEqual(['I1']);
  });

  it('sees a second entry of one trade, and an entry filled beyond its size', () => {
    expect(failing(evidence({ orders: [order(`k7a-${TRADE}-e00`), order(`k7a-${TRADE}-e01`)] }))).toEqual(['I2']);
    const fills = [fill(`k7a-${TRADE}-e00`, 'BUY', '3')];
    expect(failing(evidence({ orders: [order(`k7a-${TRADE}-e00`)], fills }))).toEqual(['I2']);
  });

  it('sees an exit that turns the position', () => {
    const fills = [fill(`k7a-${TRADE}-e00`, 'BUY', '2'), fill(`k7a-${TRADE}-x00`, 'SELL', '3')];
    expect(failing(evidence({ fills }))).toEqual(['I8']);
  });

  it('sees a fourth position', () => {
    const positionHistory = ['A', 'B', 'C', 'D'].map((symbol) => ({ symbol, signedQty: '1', atMs: T }));
    expect(failing(evidence({ positionHistory }))).toEqual(['I9']);
  });

  it('sees a stop that outlived its position by more than a minute of the wall', () => {
    const positionHistory = [
      { symbol: 'AUSDT', signedQty: '1', atMs: T },
      { symbol: 'AUSDT', signedQty: '0', atMs: T + 10_000 },
    ];
    const judged = (updateMs: number, speed: number): string[] => {
      const stop = { clientAlgoId: `k7a-${TRADE}-a00`, symbol: 'AUSDT', algoStatus: 'CANCELED', createMs: T, updateMs };
      return failing(evidence({ positionHistory, algos: [stop] }), speed);
    };
    expect(judged(T + 69_000, 1)).toEqual([]);
    expect(judged(T + 71_000, 1)).toEqual(['I12']);
    expect(judged(T + 1_809_000, 30)).toEqual([]);
    expect(judged(T + 1_811_000, 30)).toEqual(['I12']);
  });
});

describe('the judge of the process', () => {
  const scan = (bar: number, ready: number, late: number) => ({ bar, symbols: 10, ready, late, closeToRankMs: 1 });

  it('sees a missing minute and a symbol that is neither ready nor late', () => {
    const asked = { minutes: 2, symbols: 10 };
    expect(passed(checkScans([scan(T, 10, 0), scan(T + 60_000, 9, 1)], asked))).toBe(true);
    expect(passed(checkScans([scan(T, 10, 0), scan(T + 120_000, 10, 0)], asked))).toBe(false);
    expect(passed(checkScans([scan(T, 10, 0), scan(T + 60_000, 9, 0)], asked))).toBe(false);
    expect(passed(checkScans([scan(T, 10, 0)], asked))).toBe(false);
  });

  it('sees memory that rises by more than a tenth from the second to the last quarter', () => {
    const looks = (last: number) =>
      Array.from({ length: 100 }, (_, i) => ({
        ...{ wallMs: i, rss: i < 75 ? 200 : last, peakRss: 250, heapUsed: 1, arrayBuffers: 1, external: 1, collected: true },
        ...{ loopDelayP50Ms: 0, loopDelayP99Ms: 0, loopDelayP999Ms: 0, loopDelayMaxMs: 0, cpuMs: 0, starvedMs: 0 },
      }));
    expect(passed(checkMemory(looks(219)))).toBe(true);
    expect(passed(checkMemory(looks(222)))).toBe(false);
  });

  it('sees a loop that holds up others, and does not blame it for a machine that gave it no core', () => {
    const looks = (delayMs: number, starvedMs: number | null) =>
      Array.from({ length: 20 }, (_, i) => ({
        ...{ wallMs: i * 5_000, rss: 1, peakRss: 1, heapUsed: 1, arrayBuffers: 1, external: 1, collected: true },
        ...{ loopDelayP50Ms: 0, loopDelayP99Ms: delayMs, loopDelayP999Ms: 0, loopDelayMaxMs: delayMs, cpuMs: 0, starvedMs },
      }));
    // A look comes every 5 s; a twentieth of that is 250 ms.
    expect(passed(checkLoop(looks(49, 0), 3))).toBe(true);
    expect(passed(checkLoop(looks(51, 0), 3))).toBe(false);
    expect(passed(checkLoop(looks(51, null), 3))).toBe(false);
    expect(passed(checkLoop(looks(51, 249), 3))).toBe(false);
    expect(passed(checkLoop(looks(51, 251), 3))).toBe(true);
  });
});

describe('the judge’s arithmetic', () => {
  it('is exact where doubles are not', () => {
    // 0.1 + 0.2 in doubles is 0.30000000000000004; 1.1 × 1.1 is 1.2100000000000002.
    expect(exact('0.1') + exact('0.2')).toBe(exact('0.3'));
    expect(times('1.1', '1.1')).toBe(exact('1.21'));
    expect(shown(exact('-12.5'))).toBe('-12.50000000');
  });

  it('takes amounts as equal to the eighth decimal only', () => {
    expect(equalTo8(exact('1.00000001'), exact('1.00000002'))).toBe(true);
    expect(equalTo8(exact('1.00000001'), exact('1.00000003'))).toBe(false);
  });
});
