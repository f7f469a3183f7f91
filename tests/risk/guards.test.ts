// The guards one by one, each at its edge, and the order in which the first refusal is the reason.
import { describe, expect, it } from 'vitest';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';
import {
  applyGuards,
  clusterCap,
  cooldown,
  fundingTooNear,
  GUARDS,
  type Guard,
  type GuardContext,
  marketSafety,
  rankCap,
} from '../../src/risk/guards.ts';
import { afterClosed, freshLimits } from '../../src/risk/limits.ts';
import { DEFAULT_RISK_SETTINGS } from '../../src/risk/settings.ts';
import { anInstrument, aSignal, MIDNIGHT } from '../support/a-signal.ts';

const NOON = epochMs(MIDNIGHT + 12 * 3_600_000);
const MINUTE = 60_000;
const BTC = symbolId('BTCUSDT');
const ETH = symbolId('ETHUSDT');

const context = (change: Partial<GuardContext> = {}): GuardContext => ({
  signal: aSignal({ barCloseMs: NOON }),
  rank: 1,
  now: NOON,
  instrument: anInstrument(),
  slots: [],
  entries: [],
  limits: freshLimits(NOON, 10_000),
  equityUsdt: 10_000,
  mark: { symbol: ETH, markPrice: 100, fundingRate: 0.0001, nextFundingMs: epochMs(NOON + 4 * 3_600_000) },
  market: { btcTrend: 1, breadthEma200: 0.6 },
  settings: DEFAULT_RISK_SETTINGS,
  ...change,
});

const reasonOf = (change: Partial<GuardContext>): string => applyGuards(context(change)).refusal?.reason ?? 'passes';
const loss = (symbol = ETH, closedMs: number = NOON) => ({
  symbol,
  closedMs: epochMs(closedMs),
  netPnlUsdt: decimalString('-10'),
});
const entered = (agoMinutes: number, side: 'long' | 'short' = 'long') => ({
  symbol: BTC,
  side,
  barCloseMs: epochMs(NOON - agoMinutes * MINUTE),
});
const funding = (rate: number, inMinutes: number) => ({
  symbol: ETH,
  markPrice: 100,
  fundingRate: rate,
  nextFundingMs: epochMs(NOON + inMinutes * MINUTE),
});
const streak = (count: number, agoMinutes: number) =>
  Array.from({ length: count }).reduce<GuardContext['limits']>(
    (state) => afterClosed(state, loss(BTC, NOON - agoMinutes * MINUTE)),
    freshLimits(NOON, 10_000),
  );

describe('a signal passes where nothing speaks against it', () => {
  it('and every guard had data', () => {
    expect(applyGuards(context())).toEqual({ refusal: null, unanswered: [] });
  });
});

describe('each guard at its edge', () => {
  it.each<[string, string, Partial<GuardContext>]>([
    ['an entry of the same side 14 min ago', 'cluster', { entries: [entered(14)] }],
    ['an entry of the same side 15 min ago', 'passes', { entries: [entered(15)] }],
    ['an entry of the other side just now', 'passes', { entries: [entered(0, 'short')] }],
    ['rank 3', 'passes', { rank: 3 }],
    ['rank 4', 'rank', { rank: 4 }],
    [
      'two other positions',
      'passes',
      {
        slots: [
          { symbol: BTC, side: 'long' },
          { symbol: symbolId('SOLUSDT'), side: 'long' },
        ],
      },
    ],
    [
      'three other positions',
      'maxPositions',
      { slots: ['BTCUSDT', 'SOLUSDT', 'XRPUSDT'].map((name) => ({ symbol: symbolId(name), side: 'long' as const })) },
    ],
    ['the same symbol held the other way', 'perSymbol', { slots: [{ symbol: ETH, side: 'short' }] }],
    ['a contract that is gone', 'contractStatus', { instrument: null }],
    ['a settling contract', 'contractStatus', { instrument: anInstrument({ status: 'SETTLING' }) }],
    ['delivery in 71 h', 'delisting', { instrument: anInstrument({ deliveryMs: epochMs(NOON + 71 * 3_600_000) }) }],
    ['delivery in 72 h', 'passes', { instrument: anInstrument({ deliveryMs: epochMs(NOON + 72 * 3_600_000) }) }],
    ['19.9 M of volume', 'liquidity', { signal: aSignal({ barCloseMs: NOON, quoteVolume24hUsdt: 19_900_000 }) }],
    ['20 M of volume', 'passes', { signal: aSignal({ barCloseMs: NOON, quoteVolume24hUsdt: 20_000_000 }) }],
    ['an unknown volume', 'liquidity', { signal: aSignal({ barCloseMs: NOON, quoteVolume24hUsdt: Number.NaN }) }],
    [
      'a loss on the symbol 29 min ago',
      'cooldown',
      { limits: afterClosed(freshLimits(NOON, 10_000), loss(ETH, NOON - 29 * MINUTE)) },
    ],
    [
      'a loss on the symbol 30 min ago',
      'passes',
      { limits: afterClosed(freshLimits(NOON, 10_000), loss(ETH, NOON - 30 * MINUTE)) },
    ],
    ['a loss on another symbol', 'passes', { limits: afterClosed(freshLimits(NOON, 10_000), loss(BTC, NOON - MINUTE)) }],
    ['two losses in a row', 'passes', { limits: streak(2, 1) }],
    ['three losses in a row', 'losingStreak', { limits: streak(3, 29) }],
    ['three losses half an hour ago', 'passes', { limits: streak(3, 30) }],
    ['a day that lost 5.99 %', 'passes', { equityUsdt: 9_401 }],
    ['a day that lost 6 %', 'dailyLoss', { equityUsdt: 9_400 }],
    // 12 bp is the round trip; 0.00121 = 12.1 bp a settlement.
    ['12.1 bp of funding to pay in 10 min', 'funding', { mark: funding(0.00121, 10) }],
    ['12.1 bp of funding to pay in 11 min', 'passes', { mark: funding(0.00121, 11) }],
    ['11 bp of funding to pay in 1 min', 'passes', { mark: funding(0.0011, 1) }],
    ['12.1 bp of funding to receive in 1 min', 'passes', { mark: funding(-0.00121, 1) }],
    ['BTC falling and 24 % of the market above its EMA200', 'marketSafety', { market: { btcTrend: -1, breadthEma200: 0.24 } }],
    ['BTC falling and 25 % of the market above its EMA200', 'passes', { market: { btcTrend: -1, breadthEma200: 0.25 } }],
    ['BTC rising in a weak market', 'passes', { market: { btcTrend: 1, breadthEma200: 0.1 } }],
  ])('%s: %s', (_what, reason, change) => {
    expect(reasonOf(change)).toBe(reason);
  });

  it('judges a short by the other half of the market', () => {
    const signal = aSignal({ side: 'short', barCloseMs: NOON });
    expect(reasonOf({ signal, market: { btcTrend: 1, breadthEma200: 0.76 } })).toBe('marketSafety');
    expect(reasonOf({ signal, market: { btcTrend: -1, breadthEma200: 0.1 } })).toBe('passes');
    expect(reasonOf({ signal, mark: funding(-0.00121, 5) })).toBe('funding');
  });

  it('counts the cool-down in bars of the entry timeframe', () => {
    const limits = afterClosed(freshLimits(NOON, 10_000), loss(ETH, NOON - 40 * MINUTE));
    expect(cooldown(context({ limits }))).toBeNull();
    expect(cooldown(context({ limits, signal: aSignal({ entryTimeframe: '5m' }) }))).toMatchObject({ reason: 'cooldown' });
  });
});

describe('what is not known', () => {
  it('passes the funding and market guards and is counted', () => {
    const answer = applyGuards(context({ mark: null, market: { btcTrend: null, breadthEma200: 0.5 } }));
    expect(answer.refusal).toBeNull();
    expect(answer.unanswered.map(({ guard }) => guard)).toEqual(['funding', 'marketSafety']);
    expect(marketSafety(context({ market: { btcTrend: -1, breadthEma200: Number.NaN } }))).toMatchObject({ kind: 'noData' });
    expect(fundingTooNear(context({ mark: funding(Number.NaN, 5) }))).toMatchObject({ kind: 'noData' });
  });
});

describe('the policy', () => {
  it('asks the cluster cap before the cap of the minute', () => {
    expect(reasonOf({ rank: 9, entries: [entered(1)] })).toBe('cluster');
    expect(GUARDS.indexOf(clusterCap)).toBeLessThan(GUARDS.indexOf(rankCap));
  });

  it('stops at the first refusal', () => {
    const asked: string[] = [];
    const note =
      (name: string, answer: ReturnType<Guard>): Guard =>
      () => {
        asked.push(name);
        return answer;
      };
    const no = { kind: 'refused', reason: 'rank', text: '' } as const;
    expect(applyGuards(context(), [note('a', null), note('b', no), note('c', null)]).refusal).toBe(no);
    expect(asked).toEqual(['a', 'b']);
  });

  it('says the numbers in its reason', () => {
    expect(applyGuards(context({ equityUsdt: 9_000 })).refusal?.text).toBe('the day lost 10.00 %, the limit is 6 %');
  });
});
