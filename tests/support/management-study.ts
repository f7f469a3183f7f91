// What the rules of management do to the result: every signal of a folder of recordings, held to its end and managed in each way,
// bar by bar as the virtual book does it. Run: npx tsx tests/support/management-study.ts DIR

import { recordedSymbol, runSymbol } from '../../src/app/study/symbol-run.ts';
import { type ManagementSettings, UNMANAGED } from '../../src/book/management.ts';
import { VirtualBook } from '../../src/book/virtual-book.ts';
import { DAY_MS } from '../../src/core/timeframe.ts';
import { recordedSource } from '../../src/emulator/market/recorded-source.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('name a folder of recordings');
const source = recordedSource(folder);
const variant = (change: Partial<ManagementSettings>): ManagementSettings => ({ ...UNMANAGED, ...change });
const VARIANTS: readonly (readonly [string, ManagementSettings])[] = [
  ['held to stop, target or time', UNMANAGED],
  ['break-even at 1 R', variant({ breakEvenAtR: 1 })],
  ['break-even at 1 R, trail 1 ATR', variant({ breakEvenAtR: 1, trailAtr: 1 })],
  ['break-even at 1 R, trail 2 ATR', variant({ breakEvenAtR: 1, trailAtr: 2 })],
  ['reversal', variant({ reversalExit: 'on' })],
  ['break-even, trail 1 ATR, reversal', variant({ breakEvenAtR: 1, trailAtr: 1, reversalExit: 'on' })],
  ['half at 1 %', variant({ partialTakePct: 1 })],
];

type Results = Map<string, { readonly day: number; readonly netR: number }>;

function followAll(costGateR: number): Results[] {
  const settings = { pair: { trend: '15m', entry: '1m' } as const, minConfidence: 70, roundTripCostBps: 12, costGateR };
  const results = VARIANTS.map((): Results => new Map());
  for (let index = 0; index < source.contracts.length; index++) {
    const recorded = recordedSymbol(source, index);
    const books = VARIANTS.map(([, management]) => new VirtualBook({ maxShown: 1e9, timeframe: '1m', management }));
    runSymbol(smcConfluence, settings, recorded, (signal, at, one) => {
      const bar = recorded.bars[at];
      if (bar === undefined) return;
      for (const [i, book] of books.entries()) {
        for (const trade of book.size === 0 ? [] : book.onBar(recorded.symbol, bar, one.trendNow).settled) {
          const exit = trade.managed?.exit;
          if (exit) results[i]?.set(trade.signalId, { day: Math.floor(trade.signalBarCloseMs / DAY_MS), netR: exit.netR });
        }
        if (signal !== null) book.open({ signal, tradeId: signal.id, wish: 'shown', reason: 'study', grid: recorded.grid });
      }
    });
  }
  return results;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Mean and its standard error over whole days: signals of one day share the market. */
function overDays(rows: readonly { readonly day: number; readonly value: number }[]): readonly [number, number] {
  const all = mean(rows.map((row) => row.value));
  const days = new Map<number, number>();
  for (const { day, value } of rows) days.set(day, (days.get(day) ?? 0) + value - all);
  const sum = [...days.values()].reduce((a, b) => a + b * b, 0);
  return [all, Math.sqrt(sum) / rows.length];
}

for (const gate of [0.1, Number.POSITIVE_INFINITY]) {
  const results = followAll(gate);
  const held = results[0] ?? new Map();
  console.log(`cost gate ${gate}: ${held.size} signals`);
  for (const [i, [name]] of VARIANTS.entries()) {
    const rows = [...(results[i] ?? [])].filter(([id]) => held.has(id));
    const [net] = overDays(rows.map(([, { day, netR }]) => ({ day, value: netR })));
    const [more, error] = overDays(rows.map(([id, { day, netR }]) => ({ day, value: netR - (held.get(id)?.netR ?? 0) })));
    const spread = Math.sqrt(mean(rows.map(([, { netR }]) => (netR - net) ** 2)));
    console.log(
      `  ${name.padEnd(36)} net ${net.toFixed(3)} R  sd ${spread.toFixed(2)}  against held ${more.toFixed(3)} ± ${(1.96 * error).toFixed(3)}`,
    );
  }
}
