// App, `perpscout study --rows`: training rows of a folder of recordings, as a bot would have written them that had followed all its
// contracts at once: the same engine, the same feature vectors, the same labels. Beside them what each signal's placebo earned.
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClosedBar, SymbolBars } from '../../../services/data/symbol-bars.ts';
import { StrategyEngine } from '../../../services/strategy-engine.ts';
import { FEATURE_COLUMNS } from '../../../strategy/feature-schema.ts';
import type { Strategy, StrategySettings } from '../../../strategy/strategy.ts';
import { CsvFeatureLog } from '../../adapters/feature-log/csv.ts';
import { advanceLongLabel } from '../../book/long-label.ts';
import { openVirtual } from '../../book/virtual.ts';
import type { Instrument } from '../../core/market.ts';
import type { RankedSignal } from '../../core/signal.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import type { Outcome } from '../../core/trade.ts';
import { outcomeRow, type RowSchemas, type RunIdentity, signalRow, trainingSchemas } from '../../core/training-rows.ts';
import { epochMs, type SymbolId } from '../../core/units.ts';
import type { MarketSource } from '../../emulator/market/source.ts';
import { StartError } from '../../ports/errors.ts';
import { outcomeOf, sampleOf } from './label.ts';
import { type RecordedSymbol, recordedSymbol } from './symbol-run.ts';

export interface RowsRequest {
  readonly source: MarketSource;
  readonly strategy: Strategy;
  readonly settings: StrategySettings;
  readonly placebos: number;
  readonly seed: number;
  readonly out: string;
  readonly run: RunIdentity;
}

export interface RowsReport {
  readonly signals: number;
  readonly outcomes: number;
  readonly placebos: number;
}

interface Voice {
  readonly recorded: RecordedSymbol;
  readonly closed: readonly ClosedBar[];
  next: number;
}

const PLACEBO_FILE = 'placebo-study.csv';
/** A day of 15m bars for the rolling volume, and a little. */
const CAPACITY = { trendBars: 200, entryBars: 8 };

/** What a strategy and a grid ask of a contract; order limits belong to trading, and nothing is traded here. */
const instrumentOf = ({ symbol, grid, onboardMs }: RecordedSymbol): Instrument => ({
  symbol,
  baseAsset: symbol.replace(/USDT$/, ''),
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  onboardMs: epochMs(onboardMs),
  deliveryMs: epochMs(Number.MAX_SAFE_INTEGER),
  grid,
  marketMinQty: 0,
  marketMaxQty: Number.MAX_SAFE_INTEGER,
  minNotionalUsdt: 5,
  marketTakeBound: 0.05,
});

/** Yields the share of the minutes that are done, 0 to 100. */
export function* recordedRows(request: RowsRequest): Generator<number, RowsReport> {
  const { source, strategy, settings } = request;
  const volumes = new Map<SymbolId, number>();
  const engine = new StrategyEngine([strategy], settings, {
    contextOf: (symbol) => ({
      quoteVolume24hUsdt: volumes.get(symbol) ?? Number.NaN,
      fundingRate: Number.NaN,
      nextFundingMs: Number.NaN,
    }),
  });
  const voices = [...source.contracts.keys()].map((contract): Voice => {
    const recorded = recordedSymbol(source, contract);
    const instrument = instrumentOf(recorded);
    engine.open(instrument);
    return { recorded, closed: new SymbolBars(instrument, settings.pair, CAPACITY).load([], recorded.bars).closed, next: 0 };
  });
  const writer = new RowWriter(request);
  try {
    const firstMs = Math.min(...voices.map(({ recorded }) => recorded.bars[0]?.openMs ?? Number.POSITIVE_INFINITY));
    const lastMs = Math.max(...voices.map(({ recorded }) => recorded.bars.at(-1)?.openMs ?? 0));
    let told = -1;
    for (let minute = firstMs; minute <= lastMs; minute += MINUTE_MS) {
      const heard = closedAt(voices, minute);
      for (const { symbol, bars } of heard) volumes.set(symbol, bars[0]?.quoteVolume24hUsdt ?? Number.NaN);
      const { ranked, features } = engine.onMinute(epochMs(minute), heard);
      for (const one of ranked) writer.write(one, features.get(one.signal.id), voices);
      const share = Math.floor((100 * (minute - firstMs)) / (lastMs - firstMs + 1));
      if (share === told) continue;
      told = share;
      yield share;
    }
    return writer.report;
  } finally {
    writer.close();
  }
}

function closedAt(
  voices: readonly Voice[],
  minute: number,
): { readonly symbol: SymbolId; readonly bars: readonly ClosedBar[] }[] {
  const heard: { readonly symbol: SymbolId; readonly bars: readonly ClosedBar[] }[] = [];
  for (const voice of voices) {
    const bar = voice.closed[voice.next];
    if (bar === undefined || bar.entryBar.openMs !== minute) continue;
    voice.next += 1;
    heard.push({ symbol: voice.recorded.symbol, bars: [bar] });
  }
  return heard;
}

class RowWriter {
  readonly #request: RowsRequest;
  readonly #schemas: RowSchemas = trainingSchemas(FEATURE_COLUMNS);
  readonly #log: CsvFeatureLog;
  readonly #counts = { signals: 0, outcomes: 0, placebos: 0 };

  constructor(request: RowsRequest) {
    this.#request = request;
    const { out } = request;
    mkdirSync(out, { recursive: true });
    const before = readdirSync(out).find((name) => /^(signals|outcomes|executions|placebo)-.*csv$/.test(name));
    if (before !== undefined) throw new StartError(2, `${out} already holds training files (${before}); choose an empty folder`);
    this.#log = new CsvFeatureLog({ dir: out, schemas: [this.#schemas.signals, this.#schemas.outcomes] });
    writeFileSync(join(out, PLACEBO_FILE), 'signal_id,placebo_r_net,draws\r\n');
  }

  get report(): RowsReport {
    return this.#counts;
  }

  write(ranked: RankedSignal, features: Float64Array | undefined, voices: readonly Voice[]): void {
    const { signal } = ranked;
    const voice = voices.find(({ recorded }) => recorded.symbol === signal.symbol);
    if (features === undefined || voice === undefined) throw new Error(`signal ${signal.id} came without its features`);
    this.#signalRow(ranked, features);
    const { recorded } = voice;
    const index = voice.next - 1;
    const outcome = outcomeOf(signal, recorded.bars, index + 1, recorded.grid);
    if (outcome === null) return;
    const y720 = outcome.exit === 'timeout' ? longLabel(ranked, outcome, voice) : undefined;
    this.#log.write('outcomes', outcomeRow(this.#schemas.outcomes, outcome, y720 === undefined ? {} : { y720 }));
    this.#counts.outcomes += 1;
    const sample = sampleOf({ signal, index }, recorded, { seed: this.#request.seed, count: this.#request.placebos });
    if (sample === null) return;
    const { netR, draws } = sample.placebo;
    appendFileSync(join(this.#request.out, PLACEBO_FILE), `${signal.id},${netR},${draws}\r\n`);
    this.#counts.placebos += 1;
  }

  #signalRow(ranked: RankedSignal, features: Float64Array): void {
    const { barCloseMs } = ranked.signal;
    const row = signalRow(this.#schemas.signals, {
      ranked,
      features,
      run: this.#request.run,
      decisionMs: barCloseMs,
      dataMaxMs: barCloseMs,
      decision: { kind: 'skipped', reason: 'recorded' },
      pModel: null,
      evR: null,
      context: { barrierMs: null, symbolsReady: null, lateClose: null, openPositions: null, equityUsdt: null },
    });
    this.#log.write('signals', row);
    this.#counts.signals += 1;
  }

  close(): void {
    this.#log.close();
  }
}

/** Undefined where the recording ends first. */
function longLabel({ signal }: RankedSignal, outcome: Outcome, { recorded, next }: Voice): 0 | 1 | undefined {
  const { stop, target } = openVirtual({ signal, tradeId: signal.id, role: 'label', reason: 'study', grid: recorded.grid });
  for (let i = next; i < recorded.bars.length; i++) {
    const bar = recorded.bars[i];
    if (bar === undefined) return undefined;
    const step = advanceLongLabel({ outcome, stop, target }, bar, '1m');
    if (step.kind === 'resolved') return step.y720;
  }
  return undefined;
}
