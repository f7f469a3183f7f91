// Services, room 6: what ExecutionService is given. Ports by name, settings as values, and the few questions that only the
// composition root can answer (process health, contracts, candle faults).

import type { ManagementSettings, TrendFacts } from '../../src/book/management.ts';
import type { KlineBlock } from '../../src/core/klines.ts';
import type { Instrument } from '../../src/core/market.ts';
import type { Timeframe } from '../../src/core/timeframe.ts';
import type { RowSchemas, RunIdentity } from '../../src/core/training-rows.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import type { Broker } from '../../src/ports/broker.ts';
import type { MarketClock, WallClock } from '../../src/ports/clock.ts';
import type { FeatureLog } from '../../src/ports/feature-log.ts';
import type { TradeJournal } from '../../src/ports/journal.ts';
import type { Logger } from '../../src/ports/logger.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import type { SettingsStore } from '../../src/ports/settings-store.ts';
import type { GateFacts } from '../../src/risk/gates.ts';
import type { Quote } from '../../src/risk/guards.ts';
import type { RiskSettings } from '../../src/risk/settings.ts';
import type { AnswerQueue } from '../dispatcher.ts';
import type { ModelFilter } from './model-opinions.ts';
import type { WatchSettings } from './position-watch.ts';

export interface ExecutionPorts {
  readonly broker: Broker;
  readonly journal: TradeJournal;
  readonly featureLog: FeatureLog;
  readonly notifier: Notifier;
  readonly logger: Logger;
  readonly marketClock: MarketClock;
  readonly wallClock: WallClock;
  readonly queue: AnswerQueue;
  /** Where changed settings are kept; without it they hold until the end of the run. */
  readonly settingsStore?: SettingsStore;
}

/** Trend facts, and the close of the entry bar that they belong to. */
export interface TrendAt extends TrendFacts {
  readonly asOfMs: EpochMs;
}

/** The part of the start gates that this room cannot see. */
export type ProcessFacts = Omit<GateFacts, 'now' | 'account' | 'userStream' | 'reconciledMs' | 'latches' | 'ladder' | 'symbol'>;

export interface ExecutionOptions {
  readonly accountId: string;
  /** One character, 0-9 or a-z: tells two bots on one account apart. */
  readonly instance: string;
  readonly settings: RiskSettings;
  readonly entryTimeframe: Timeframe;
  readonly schemas: RowSchemas;
  readonly run: RunIdentity;
  /** `off`: signals are followed and labelled, nothing is ever sent. */
  readonly trading: 'on' | 'off';
  readonly instrumentOf: (symbol: SymbolId) => Instrument | null;
  /** Null, or why this symbol's candles may not be traded on. */
  readonly candleFault: (symbol: SymbolId) => string | null;
  readonly processFacts: () => ProcessFacts;
  /** The candles of both timeframes behind a signal; absent where nobody keeps them. */
  readonly klinesOf?: (symbol: SymbolId, barCloseMs: EpochMs) => readonly KlineBlock[];
  /** How running positions are managed; left alone by default. */
  readonly management?: ManagementSettings;
  readonly watch?: WatchSettings;
  readonly entryConfirm?: 'off' | 'discord';
  /** Null, or why nobody could answer an entry request: as it is set up (`ever`), or at this moment (`now`). */
  readonly confirmFault?: (when: 'ever' | 'now') => string | null;
  /** The learned filter; absent where none is set up. */
  readonly modelFilter?: ModelFilter;
  /** The trend timeframe of a symbol as the strategies saw it at the close of its newest entry bar. */
  readonly trendOf?: (symbol: SymbolId) => TrendAt | null;
  /** Best bid and ask of this moment; null = no information. */
  readonly quoteOf?: (symbol: SymbolId) => Promise<Quote | null>;
}
