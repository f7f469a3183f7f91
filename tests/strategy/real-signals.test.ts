// The signals of eighteen recorded contracts over nine days: whatever is done for speed, the same signals come out, to the byte.
// The hash was taken before judging was made lazy (then every touched zone was judged in full); it changes only together with
// a rule, a weight or a detector, and such a change belongs in the changelog. The twin test below needs no hash.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BarFolder } from '../../src/core/bars.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import type { Bar } from '../../src/core/market.ts';
import type { Evaluation, Signal } from '../../src/core/signal.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import type { StrategySettings, SymbolStrategy } from '../../strategy/strategy.ts';
import { sharedDir } from '../support/shared-data.ts';
import { CONTEXT, isSignal, LOOSE } from '../support/strategy-run.ts';

const folder = sharedDir('market-data/klines/1m_2025-05-04_2025-06-24');
/** Five days fill the 499 trend bars, nine are counted. */
const MINUTES = 14 * 1_440;

interface Recording {
  readonly symbol: string;
  readonly tickSize: number;
  readonly bars: readonly Bar[];
}

function recording(file: string): Recording {
  const rows = gunzipSync(readFileSync(join(folder ?? '', file)))
    .toString()
    .trim()
    .split('\n')
    .slice(1, MINUTES + 1)
    .map((line) => line.split(','));
  const decimals = Math.max(...rows.flatMap((row) => row.slice(1, 5).map((price) => (price.split('.')[1] ?? '').length)));
  const unknown = { quoteVolume: Number.NaN, trades: Number.NaN, takerBuyVolume: Number.NaN };
  const bars = rows.map((row): Bar => {
    const [openMs = 0, open = 0, high = 0, low = 0, close = 0, volume = 0] = row.map(Number);
    return { openMs: epochMs(openMs), open, high, low, close, volume, ...unknown };
  });
  return { symbol: file.replace('.csv.gz', ''), tickSize: 10 ** -decimals, bars };
}

const open = ({ symbol, tickSize }: Recording, settings: StrategySettings): SymbolStrategy =>
  smcConfluence.open({ symbol: symbolId(symbol), tickSize, onboardMs: 0 }, settings);

function eachMinute(bars: readonly Bar[], players: readonly SymbolStrategy[], close: (bar: Bar) => void): void {
  const folder = new BarFolder('1m', '15m');
  for (const bar of bars) {
    const trend = folder.push(bar);
    if (trend !== null) for (const player of players) player.onTrendBar(trend);
    close(bar);
  }
}

function signalsOf(one: Recording, settings: StrategySettings): Signal[] {
  const player = open(one, settings);
  const signals: Signal[] = [];
  eachMinute(one.bars, [player], (bar) => {
    const signal = player.hear(bar, CONTEXT);
    if (signal !== null) signals.push(signal);
  });
  return signals;
}

describe.skipIf(folder === null)('nine real days of eighteen contracts', () => {
  const files =
    folder === null
      ? []
      : readdirSync(folder)
          .filter((name) => name.endsWith('.csv.gz'))
          .sort();

  it('give the signals that they always gave, byte for byte', () => {
    const signals = files.flatMap((file) => signalsOf(recording(file), LOOSE));
    expect(files).toHaveLength(18);
    expect([signals.length, sha256Hex(JSON.stringify(signals)).slice(0, 16)]).toEqual([3_625, 'eb5a6170d4014417']);
  }, 60_000);

  it('are heard alike by a bot that draws up every evaluation and by one that never looks', () => {
    const [file = ''] = files;
    const one = recording(file);
    const looking = open(one, LOOSE);
    const hearing = open(one, LOOSE);
    const said: (Evaluation | Signal)[] = [];
    const heard: Signal[] = [];
    let differing = 0;
    eachMinute(one.bars, [looking, hearing], (bar) => {
      const evaluation = looking.hear(bar, CONTEXT) ?? looking.evaluation;
      if (evaluation !== null) said.push(evaluation);
      const signal = hearing.hear(bar, CONTEXT);
      if (signal !== null) heard.push(signal);
      if ((hearing.evaluation === null) !== (evaluation === null)) differing += 1;
    });
    expect(heard.length).toBeGreaterThan(0);
    expect(differing).toBe(0);
    expect(JSON.stringify(said.filter(isSignal))).toBe(JSON.stringify(heard));
  }, 60_000);
});
