// Builders of the pictures that have no candles.
import { SeededRandom } from '../../src/core/random.ts';
import { epochMs } from '../../src/core/units.ts';
import type { ChartLook, CurveSpec, ReliabilitySpec } from '../../src/ports/chart.ts';

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
