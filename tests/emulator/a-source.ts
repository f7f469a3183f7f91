// Test support: a tiny market whose every price can be worked out by hand. Each minute opens at a base price, rises by two
// ticks, falls by two and closes where it opened, so that high − low is four ticks.
import { epochMs, symbolId } from '../../src/core/units.ts';
import type { Contract, MarketBar, MarketSource } from '../../src/emulator/market/source.ts';

export const START_MS = Date.UTC(2026, 2, 2, 8, 0, 0);

export function aContract(symbol: string, over: Partial<Contract> = {}): Contract {
  return {
    symbol: symbolId(symbol),
    pair: symbol,
    contractType: 'PERPETUAL',
    status: 'TRADING',
    baseAsset: symbol.replace('USDT', ''),
    quoteAsset: 'USDT',
    marginAsset: 'USDT',
    underlyingType: 'COIN',
    underlyingSubType: ['Test'],
    onboardDate: 1_567_965_300_000,
    deliveryDate: 4_133_404_800_000,
    pricePrecision: 2,
    quantityPrecision: 3,
    tickSize: '0.10',
    minPrice: '0.10',
    maxPrice: '1000000',
    stepSize: '0.001',
    minQty: '0.001',
    maxQty: '10000',
    marketStepSize: '0.001',
    marketMinQty: '0.001',
    marketMaxQty: '1000',
    minNotional: '5',
    maxNumOrders: 200,
    multiplierUp: '1.1500',
    multiplierDown: '0.8500',
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    fundingIntervalHours: 8,
    brackets: [
      { bracket: 1, initialLeverage: 50, notionalFloor: 0, notionalCap: 100_000, maintMarginRatio: 0.005, cum: 0 },
      { bracket: 2, initialLeverage: 20, notionalFloor: 100_000, notionalCap: 1_000_000, maintMarginRatio: 0.01, cum: 500 },
    ],
    ...over,
  };
}

const BASES = [50_000, 2_000, 100] as const;
const TICK = 0.1;

export interface SourceOptions {
  readonly endMs?: number;
  readonly contracts?: readonly Contract[];
}

/** BTCUSDT at 50,000, ETHUSDT at 2,000, 币安人生USDT at 100; one base unit traded a minute. */
export function aSource(options: SourceOptions = {}): MarketSource {
  const contracts = options.contracts ?? [aContract('BTCUSDT'), aContract('ETHUSDT'), aContract('币安人生USDT')];
  const endMs = options.endMs ?? Number.POSITIVE_INFINITY;
  const base = (index: number): number => BASES[index] ?? 10;
  const minute = (index: number, openMs: number): MarketBar | null => (openMs >= endMs ? null : barAt(openMs, base(index)));
  return {
    kind: 'synthetic',
    contracts,
    defaultFromMs: epochMs(START_MS),
    endMs,
    listed: (_index, atMs) => atMs < endMs + 60_000,
    minute,
    path: (index, openMs) => (openMs >= endMs ? null : pathOf(base(index))),
    bars: (index, intervalMs, fromMs, toMs) => {
      const first = Math.ceil(fromMs / intervalMs) * intervalMs;
      const found: MarketBar[] = [];
      for (let openMs = first; openMs <= toMs; openMs += intervalMs) {
        const bar = minute(index, openMs);
        const minutes = intervalMs / 60_000;
        if (bar !== null)
          found.push({ ...bar, volume: minutes, quoteVolume: bar.quoteVolume * minutes, trades: bar.trades * minutes });
      }
      return found;
    },
    markOf: (_index, _atMs, last) => last,
    fundingRate: () => 0.0001,
  };
}

const barAt = (openMs: number, price: number): MarketBar => ({
  openMs,
  open: price,
  high: price + 2 * TICK,
  low: price - 2 * TICK,
  close: price,
  volume: 1,
  quoteVolume: price,
  trades: 10,
  takerBuyVolume: 0.5,
  takerBuyQuoteVolume: price / 2,
});

/** Steps 5–9 stand two ticks above the base, steps 10–14 two below, all others on it. */
function pathOf(price: number): Float64Array {
  return Float64Array.from({ length: 20 }, (_, step) => {
    if (step >= 5 && step < 10) return price + 2 * TICK;
    if (step >= 10 && step < 15) return price - 2 * TICK;
    return price;
  });
}
