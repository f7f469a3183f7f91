// Builders of the pictures that have no candles.
import { SeededRandom } from '../../src/core/random.ts';
import { epochMs } from '../../src/core/units.ts';
import type { ChartLook, ChartSpec, CurveSpec, ReliabilitySpec } from '../../src/ports/chart.ts';
import { wildMinutes } from './wild-market.ts';

export const CHAT_DARK: ChartLook = { size: 'chat', theme: 'dark', rising: 'green' };
const START_MS = Date.parse('2025-06-02T00:00:00Z');

/** A random walk of one point an hour. */
export function aCurve(change: Partial<CurveSpec> = {}, hours = 240): CurveSpec {
  const random = new SeededRandom(4);
  let value = 10_000;
  const points = Array.from({ length: hours }, (_, i) => {
    value += (random.next() - 0.505) * 60;
    return { atMs: epochMs(START_MS + i * 3_600_000), value };
  });
  return {
    look: CHAT_DARK,
    title: '權益曲線　sim',
    subtitle: '最大回撤 3.2 % · 淨損益 −124.50 USDT',
    footer: '已扣手續費與資金費',
    points,
    decimals: 0,
    base: { value: 10_000, label: '起始 10,000' },
    drawdownLabel: '回撤',
    ...change,
  };
}

export const aReliability = (change: Partial<ReliabilitySpec> = {}): ReliabilitySpec => ({
  look: CHAT_DARK,
  title: '評分可靠度',
  subtitle: '各分數帶實際達到 1R 的比例與 95 % 區間',
  footer: '評分是匯合分數，不是勝率',
  bins: [
    { label: '70–74', from: 70, to: 74, outcomes: 812, rate: 0.49, lower: 0.456, upper: 0.524, verdict: 'measured' },
    { label: '75–79', from: 75, to: 79, outcomes: 403, rate: 0.51, lower: 0.461, upper: 0.558, verdict: 'measured' },
    { label: '80–84', from: 80, to: 84, outcomes: 271, rate: 0.54, lower: 0.48, upper: 0.6, verdict: 'measured' },
    { label: '85–89', from: 85, to: 89, outcomes: 55, rate: 0.47, lower: 0.345, upper: 0.6, verdict: 'measured' },
    { label: '90–100', from: 90, to: 100, outcomes: 12, rate: 0.58, lower: 0.32, upper: 0.81, verdict: 'tooFew' },
  ],
  words: { asIfChance: '若評分就是機率（它不是）', tooFew: '樣本太少' },
  ...change,
});

/** Candles with eight zones, a swept level, two breaks and a plan: as full as pictures of the bot become. */
export function aPictureSpec(count: number, look: ChartLook = CHAT_DARK): ChartSpec {
  const bars = wildMinutes(9, count);
  const at = (i: number) => bars[Math.min(i, count - 1)]?.openMs ?? epochMs(0);
  const last = bars.at(-1)?.close ?? 100;
  const zones = Array.from({ length: 8 }, (_, i): ChartSpec['zones'][number] => ({
    side: i % 2 === 0 ? 'long' : 'short',
    top: last * (1 + (i - 3) * 0.004 + 0.0015),
    bottom: last * (1 + (i - 3) * 0.004),
    fromMs: at(Math.floor((count / 9) * i)),
    toMs: null,
    label: i % 2 === 0 ? '多 訂單塊' : '空 公平價缺口',
    weight: i === 2 ? 'main' : 'other',
  }));
  const words = { entry: '進場', stop: '停損', target: '停利' };
  return {
    look,
    title: 'BTCUSDT　1m',
    subtitle: '收盤 104,000.50 · 200 根 K 線 · 06-02 16:00 UTC',
    footer: '區域是策略此刻使用的',
    timeframe: '1m',
    priceDecimals: 2,
    bars,
    zones,
    sweeps: [{ side: 'long', level: last * 0.996, fromMs: at(60), toMs: at(90), label: '掃蕩' }],
    breaks: [
      { side: 'long', level: last * 1.001, swingMs: at(80), atMs: at(120), label: 'BOS' },
      { side: 'short', level: last * 0.997, swingMs: at(20), atMs: at(50), label: 'CHoCH' },
    ],
    plan: { side: 'long', entry: last, stop: last * 0.99, target: last * 1.01, atMs: at(count - 2), words },
    panel: { kind: 'volume', label: '成交量' },
  };
}
