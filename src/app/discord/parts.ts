// App, Discord: what the desk is given. Everything here answers from memory, except `history` and `charts`, which live in
// threads of their own; nothing here is the loop itself.
import type { DecisionTraces } from '../../../services/decision-traces.ts';
import type { Overview } from '../../../services/overview.ts';
import type { HitRate } from '../../book/hit-rates.ts';
import type { Command } from '../../core/events.ts';
import type { Bar } from '../../core/market.ts';
import type { Evaluation } from '../../core/signal.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { SymbolId } from '../../core/units.ts';
import type { CommandAudit } from '../../ports/audit.ts';
import type { ChartRenderer } from '../../ports/chart.ts';
import type { ChatHealth } from '../../ports/chat.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { History } from '../../ports/history.ts';
import type { SettingsStore } from '../../ports/settings-store.ts';
import type { Settings } from '../config.ts';
import type { ChartMarks } from './live-marks.ts';

/** The candles of one contract as the bot holds them, with what its detectors say of them. */
export interface LiveCandles {
  readonly timeframe: Timeframe;
  readonly bars: readonly Bar[];
  readonly marks: ChartMarks;
  readonly priceDecimals: number;
  /** `live`: the zones that the strategy works with · `drawn`: found again on the bars shown, for this picture only. */
  readonly source: 'live' | 'drawn';
}

export interface MarketDesk {
  symbols(): readonly SymbolId[];
  /** NaN where it is not known. */
  quoteVolume24hUsdt(symbol: SymbolId): number;
  /** NaN before the first mark. */
  markPrice(symbol: SymbolId): number;
  candles(symbol: SymbolId, timeframe: Timeframe): LiveCandles | null;
  /** Has longer candles of a timeframe that nobody follows at hand for `candles`; a venue that does not answer changes nothing. */
  prepare?(symbol: SymbolId, timeframe: Timeframe): Promise<void>;
}

/** The process and its connections, for `/status`. */
export interface ProcessHealth {
  readonly version: string;
  readonly uptimeMs: number;
  readonly rssBytes: number;
  readonly weightUsed: number;
  readonly breakers: { readonly market: string; readonly entry: string };
  /** Null before the first measurement. */
  readonly clockOffsetMs: number | null;
}

export interface DeskParts {
  readonly settings: Settings;
  /** 1: market time is wall time and may be shown as it is in the reader's zone. */
  readonly speed: number;
  readonly overview: () => Overview;
  readonly traces: Pick<DecisionTraces, 'at' | 'newest' | 'span'>;
  readonly rateOf: (setup: string, score: number) => HitRate | null;
  readonly market: MarketDesk;
  /** The best live set-ups of the market, the best score first; drawn up in slices, so it takes a moment. */
  readonly setups: () => Promise<readonly Evaluation[]>;
  readonly submit: (command: Command, by: string) => void;
  readonly history: History;
  readonly charts: ChartRenderer;
  readonly store: SettingsStore;
  readonly audit: Pick<CommandAudit, 'recent'>;
  readonly health: () => ProcessHealth;
  readonly chat: () => ChatHealth | null;
  readonly wallClock: Pick<WallClock, 'epoch' | 'now' | 'after'>;
}
