// Builders of test values: a signal, a contract and a plan that hold together; a test names only what it is about.
import { gridOf } from '../../src/core/grid.ts';
import type { Instrument } from '../../src/core/market.ts';
import type { Signal } from '../../src/core/signal.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';

/** 2025-06-02T00:00Z. */
export const MIDNIGHT = 1_748_822_400_000;

/** A long at 100, stop 99, target 101: one percent of risk, 12 bp of cost. */
export function aSignal(change: Partial<Signal> = {}): Signal {
  const barCloseMs = change.barCloseMs ?? epochMs(MIDNIGHT + 60_000);
  return {
    id: 'a1b2c3d4e5f60718',
    opportunityId: 'op-1',
    strategy: 'smc-confluence',
    strategyVersion: '1',
    symbol: symbolId('ETHUSDT'),
    side: 'long',
    setup: 'ob',
    barOpenMs: epochMs(barCloseMs - 60_000),
    barCloseMs,
    zone: {
      id: 'z1',
      kind: 'ob',
      side: 'long',
      top: 100,
      bottom: 99.5,
      atMs: epochMs(MIDNIGHT),
      knownAtMs: epochMs(MIDNIGHT),
      timeframe: '1m',
    },
    score: 85,
    factors: [],
    gates: [],
    firstFailedGate: null,
    plan: { entry: 100, stop: 99, target: 101, risk: 1, rewardToRisk: 1, costR: 0.12 },
    emitted: true,
    entryTimeframe: '1m',
    trendTimeframe: '15m',
    quoteVolume24hUsdt: 50_000_000,
    ...change,
  };
}

export function anInstrument(change: Partial<Instrument> = {}): Instrument {
  return {
    symbol: symbolId('ETHUSDT'),
    baseAsset: 'ETH',
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    contractType: 'PERPETUAL',
    status: 'TRADING',
    onboardMs: epochMs(MIDNIGHT - 400 * 86_400_000),
    deliveryMs: epochMs(4_133_404_800_000),
    grid: gridOf('0.01', '0.001'),
    marketMinQty: 0.001,
    marketMaxQty: 2_000,
    minNotionalUsdt: 20,
    marketTakeBound: 0.05,
    ...change,
  };
}
