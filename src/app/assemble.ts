// App: the four coordinators onto a given set of ports. This file cannot tell the modes apart, and neither can they.
import { statfsSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import type { DataFinding } from '../../services/data/findings.ts';
import { DataService } from '../../services/data-service.ts';
import { DecisionTraces } from '../../services/decision-traces.ts';
import { Dispatcher } from '../../services/dispatcher.ts';
import { EventQueue } from '../../services/event-queue.ts';
import type { ProcessFacts } from '../../services/execution/ports.ts';
import { ExecutionService } from '../../services/execution-service.ts';
import { MonitoringService } from '../../services/monitoring-service.ts';
import { OnDemandData } from '../../services/on-demand-data.ts';
import { PreviewScan } from '../../services/preview-scan.ts';
import { StrategyEngine } from '../../services/strategy-engine.ts';
import { TraceKeeper } from '../../services/trace-keeper.ts';
import { FEATURE_COLUMNS } from '../../strategy/feature-schema.ts';
import { CandleSnapshotFile } from '../adapters/candle-snapshot/snapshot-file.ts';
import { sha256Hex } from '../core/digest.ts';
import { type KlineBlock, klinesUpTo } from '../core/klines.ts';
import { trainingSchemas } from '../core/training-rows.ts';
import { type SymbolId, symbolId } from '../core/units.ts';
import type { CandleStore } from '../ports/candle-store.ts';
import type { WallClock } from '../ports/clock.ts';
import type { FeatureLog } from '../ports/feature-log.ts';
import type { TradeJournal } from '../ports/journal.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelSource } from '../ports/model.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { SettingsStore } from '../ports/settings-store.ts';
import type { TraceStore } from '../ports/trace-store.ts';
import { SETTING_NAMES, type Settings } from './config.ts';
import { candlePath } from './data-files.ts';
import type { LoopLag } from './loop-lag.ts';
import type { RunTape } from './replay/run-tape.ts';
import {
  chosenStrategies,
  dataSettings,
  managementSettings,
  riskSettings,
  strategySettings,
  watchSettings,
} from './strategy-settings.ts';
import type { OpenedVenue } from './venue.ts';

export interface AssemblyPorts {
  readonly opened: OpenedVenue;
  readonly journal: TradeJournal;
  /** Null, or why there is no database in this run. */
  readonly journalFault: string | null;
  readonly traceStore: TraceStore;
  readonly featureLog: FeatureLog;
  readonly notifier: Notifier;
  readonly logger: Logger;
  readonly wallClock: WallClock;
  readonly settingsStore: SettingsStore;
  readonly loopLag: Pick<LoopLag, 'worstMs'>;
  /** Stands between the loop and the world where a run is recorded or played back. */
  readonly tape?: RunTape | null;
  /** Where candles outlive the process; absent = a file of the data folder. */
  readonly candles?: CandleStore;
  /** Keeps what the data room found wrong with candles. */
  readonly onFinding?: (finding: DataFinding) => void;
  /** The learned filter's model; null where none is asked. */
  readonly model: ModelSource | null;
  /** Null, or why nobody could answer an entry request: as it is set up, or at this moment. */
  readonly confirmFault?: (when: 'ever' | 'now') => string | null;
}

export interface Bot {
  readonly queue: EventQueue;
  readonly data: DataService;
  readonly strategy: StrategyEngine;
  readonly preview: PreviewScan;
  /** Candles that are not followed, for people who ask. */
  readonly onDemand: OnDemandData;
  readonly traces: TraceKeeper;
  readonly execution: ExecutionService;
  readonly monitoring: MonitoringService;
}

/** Above this the process gives up entries before the machine gives up the process. */
const MEMORY_LIMIT_BYTES = 1024 * 1024 * 1024;
const SECRET = /KEY|SECRET|TOKEN/;

/** Names the settings that a row was made under, without the secrets and without the folders. */
export const configHash = (settings: Settings): string =>
  sha256Hex(
    JSON.stringify(
      SETTING_NAMES.filter((name) => !SECRET.test(name) && !name.endsWith('_DIR')).map((name) => [
        name,
        settings[name as keyof Settings],
      ]),
    ),
  ).slice(0, 16);

export function assemble(settings: Settings, version: string, ports: AssemblyPorts): Bot {
  const { opened, logger, wallClock } = ports;
  const { venue } = opened;
  const { confirmFault } = ports;
  const tape = ports.tape ?? null;
  const fact = <T>(read: () => T): T => (tape === null ? read() : tape.fact(read));
  const marketClock = tape?.marketClock ?? venue.clock;
  const queue = tape?.queue ?? new EventQueue();
  const monitoring = new MonitoringService(settings.MODE, ports.notifier);
  const data = new DataService(dataSettings(settings), {
    feed: venue.feed,
    marketClock,
    wallClock,
    logger,
    dispatcher: new Dispatcher(queue, logger),
    candles: ports.candles ?? new CandleSnapshotFile({ path: candlePath(settings), identity: candleIdentity(settings, opened) }),
    // A recorded run hears its candles: its record holds them, and no memory of another run.
    ...(tape === null
      ? {
          memory: {
            memoryOf: (symbol) => strategy.memoryOf(symbol),
            resume: (instrument, memory, lastOpenMs) => strategy.resume(instrument, memory, lastOpenMs),
          },
        }
      : {}),
    onFinding: (finding) => {
      monitoring.onFinding(finding, venue.clock.now());
      ports.onFinding?.(finding);
    },
  });
  const strategy = new StrategyEngine(chosenStrategies(settings), strategySettings(settings), data);
  const preview = new PreviewScan(chosenStrategies(settings), strategySettings(settings), data);
  const traces = new TraceKeeper(new DecisionTraces(), ports.traceStore, logger);
  // No order of these two can cost anybody money.
  const realOrders = settings.MODE === 'sim' || settings.MODE === 'paper' || settings.TRADING_ENABLED;
  const execution = new ExecutionService(
    {
      broker: venue.broker,
      journal: ports.journal,
      featureLog: ports.featureLog,
      notifier: rescanning(monitoring, data),
      logger,
      marketClock,
      wallClock: tape?.wallClock ?? wallClock,
      queue,
      settingsStore: ports.settingsStore,
    },
    {
      accountId: opened.accountId,
      instance: 'a',
      settings: riskSettings(settings),
      entryTimeframe: settings.ENTRY_TF,
      schemas: trainingSchemas(FEATURE_COLUMNS),
      run: {
        runId: sha256Hex(`${opened.accountId}|${opened.startedMs}`).slice(0, 12),
        runMode: settings.MODE,
        configHash: configHash(settings),
        codeVersion: version,
        modelVersion: null,
      },
      trading: realOrders ? 'on' : 'off',
      instrumentOf: (symbol) => data.instrument(symbol) ?? null,
      candleFault: (symbol) => data.candleFault(symbol),
      processFacts: () =>
        fact(() => ({ ...processFacts(settings, opened, { data, lag: ports.loopLag }), journalFault: ports.journalFault })),
      klinesOf: (symbol, barCloseMs) => klinesOf(data, symbol, barCloseMs),
      management: managementSettings(settings),
      watch: watchSettings(settings),
      ...(ports.model === null
        ? {}
        : { modelFilter: { mode: settings.ML_FILTER, minProbability: settings.ML_MIN_PROBABILITY, source: ports.model } }),
      entryConfirm: settings.ENTRY_CONFIRM,
      ...(confirmFault === undefined ? {} : { confirmFault: (when) => fact(() => confirmFault(when)) }),
      trendOf: (symbol) => strategy.trendOf(symbol),
      quoteOf: (symbol) => venue.quote(symbol),
    },
  );
  return { queue, data, strategy, preview, onDemand: new OnDemandData(venue.feed, wallClock), traces, execution, monitoring };
}

/** Kept candles belong to one account on one market, in the timeframes that they were kept for. */
const candleIdentity = ({ MODE, TREND_TF, ENTRY_TF }: Settings, { accountId }: OpenedVenue): string =>
  [MODE, accountId, TREND_TF, ENTRY_TF].join('|');

/** The candles behind a signal, as they were at its bar. */
function klinesOf(data: DataService, symbol: SymbolId, barCloseMs: number): readonly KlineBlock[] {
  const bars = data.bars(symbol);
  return bars === undefined ? [] : [bars.trend, bars.entry].map((series) => klinesUpTo(series, barCloseMs));
}

/** A symbol whose position has closed is looked at anew at once. */
const rescanning = (out: Notifier, data: DataService): Notifier => ({
  publish: (notice) => {
    out.publish(notice);
    if (notice.event === 'closed') data.rescan(symbolId(String(notice['symbol'])));
  },
  flush: () => out.flush(),
});

/**
 * The part of the start gates that only the process itself can see. A venue whose clock waits for us cannot find us late, and
 * decisions beside it must not depend on how fast this machine is.
 */
function processFacts(
  settings: Settings,
  opened: OpenedVenue,
  { data, lag }: { readonly data: DataService; readonly lag: Pick<LoopLag, 'worstMs'> },
): Omit<ProcessFacts, 'journalFault'> {
  const disk = statfsSync(settings.DATA_DIR);
  const rss = memoryUsage().rss;
  const health = opened.venue.health();
  return {
    runtimeFault: null,
    instanceLock: 'held',
    clock: health.clock,
    withdrawRight: opened.withdrawRight,
    instrumentsMs: data.instrumentsMs,
    diskFreeBytes: disk.bavail * disk.bsize,
    memoryFault: rss > MEMORY_LIMIT_BYTES ? `the process uses ${Math.round(rss / 1_048_576)} MiB` : null,
    loopLagMs: opened.speed === 1 ? lag.worstMs() : 0,
    entryBreaker: health.entryBreaker,
  };
}
