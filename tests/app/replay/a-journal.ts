// A recorded run of some minutes without sockets: the bot with a paper account on a seeded market, its journal in a file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { instrumentOf } from '../../../src/app/backtest/instrument-of.ts';
import type { SharedSeries } from '../../../src/app/backtest/series.ts';
import { loadSettings, type Settings } from '../../../src/app/config.ts';
import { toLine } from '../../../src/app/replay/exact-values.ts';
import { JOURNAL_VERSION, type JournalLine } from '../../../src/app/replay/journal-lines.ts';
import type { Bar } from '../../../src/core/market.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { MarketBar } from '../../../src/emulator/market/source.ts';
import { syntheticSource } from '../../../src/emulator/market/synthetic-source.ts';
import { paperSide } from '../../parity/paper-side.ts';
import { nothingSaid, type RecordedRun } from '../../parity/recorded-run.ts';

const MINUTE = 60_000;
const SYMBOLS = 5;
const HISTORY = { trend: 600, entry: 300 } as const;

const barOf = (bar: MarketBar): Bar => ({ ...bar, openMs: epochMs(bar.openMs) });

/** Gates wide open: what is replayed is whether the same is decided, not whether it is wise. */
const settings = (): Settings => ({
  ...loadSettings({}, ''),
  MODE: 'paper',
  COST_GATE_R: 10,
  MIN_CONFIDENCE: 40,
  MIN_QUOTE_VOLUME_24H: 0,
  CLUSTER_MINUTES: 0,
});

export async function aJournal(folder: string, minutes: number): Promise<readonly JournalLine[]> {
  const source = syntheticSource({ seed: 11, symbols: SYMBOLS });
  const firstMs = Math.ceil(source.defaultFromMs / (15 * MINUTE)) * 15 * MINUTE + 86_400_000;
  const toMs = firstMs + minutes * MINUTE;
  const history: RecordedRun['history'] = new Map();
  const tradable = source.contracts
    .map((contract, index) => ({ contract, index }))
    .filter(
      ({ contract, index }) =>
        contract.contractType === 'PERPETUAL' && contract.quoteAsset === 'USDT' && source.listed(index, toMs),
    )
    .slice(0, SYMBOLS);
  const series: SharedSeries[] = tradable.map(({ contract, index }) => {
    const past = (count: number, stepMs: number): Bar[] =>
      source.bars(index, stepMs, firstMs - count * stepMs, firstMs - stepMs).map(barOf);
    history.set(contract.symbol, { trend: past(HISTORY.trend, 15 * MINUTE), entry: past(HISTORY.entry, MINUTE) });
    return { contract, firstMs, stepMs: MINUTE, ...columnsOf(source.bars(index, MINUTE, firstMs, toMs)) };
  });
  const run: RecordedRun = { ...nothingSaid(), ...openingOf(series, firstMs), history, firstMs };
  const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const { lines } = await paperSide(run, settings(), { series, toMs, folder, logger });
  return lines;
}

function openingOf(series: readonly SharedSeries[], firstMs: number): Pick<RecordedRun, 'head' | 'instruments'> {
  const head = { version: JOURNAL_VERSION, codeVersion: 'test', settings: {}, accountId: 'test', startedMs: firstMs };
  return {
    head: { ...head, speed: 1_000, decideWhen: 'nothing', model: 'none', epochOffsetMs: 0 },
    instruments: series.map(({ contract }) => instrumentOf(contract)),
  };
}

function columnsOf(bars: readonly MarketBar[]): Pick<SharedSeries, 'count' | 'columns' | 'width'> {
  const width = 8;
  const columns = new SharedArrayBuffer(bars.length * width * Float64Array.BYTES_PER_ELEMENT);
  const cells = new Float64Array(columns);
  bars.forEach((bar, i) => {
    const row = [bar.open, bar.high, bar.low, bar.close, bar.volume, bar.quoteVolume, bar.trades, bar.takerBuyVolume];
    for (const [place, value] of row.entries()) cells[place * bars.length + i] = value;
  });
  return { count: bars.length, columns, width };
}

/** The lines as a file; `keep` is the part of its text that a killed process had written, cut wherever it stood. */
export function journalFile(
  folder: string,
  lines: readonly JournalLine[],
  keep: (text: string) => string = (text) => text,
): string {
  const path = join(folder, 'run.journal.gz');
  const whole = lines.map((line) => `${toLine(line)}\n`).join('');
  const kept = keep(whole);
  writeFileSync(path, gzipSync(kept, kept === whole ? {} : { finishFlush: constants.Z_SYNC_FLUSH }));
  return path;
}
