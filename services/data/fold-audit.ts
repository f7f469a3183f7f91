// Services, room 3: are the trend bars that we fold the ones that the venue has? A few contracts each time a trend bar has
// closed, going round, so that every contract is compared several times a day for a weight of twenty.
import type { Bar } from '../../src/core/market.ts';
import { timeframeMs } from '../../src/core/timeframe.ts';
import { epochMs, type SymbolId } from '../../src/core/units.ts';
import { difference } from './backfills.ts';
import type { DataPorts, DataSettings } from './data-settings.ts';
import type { DataCounts, DataFinding } from './findings.ts';
import type { MarketBook } from './market-book.ts';
import type { SymbolBars } from './symbol-bars.ts';

const SYMBOLS_A_TIME = 20;
const BARS = 2;
/** A sum of fifteen volumes and the venue's own sum differ in the last bits. */
const VOLUME_TOLERANCE = 1e-9;

export interface AuditRooms {
  readonly settings: DataSettings;
  readonly ports: DataPorts;
  readonly book: MarketBook;
  readonly counts: DataCounts;
  /** Contracts that are worth asking about. */
  readonly followed: (symbol: SymbolId) => boolean;
  readonly spoil: (symbol: SymbolId, reason: string) => void;
}

export class FoldAudit {
  readonly #rooms: AuditRooms;
  #next = 0;

  constructor(rooms: AuditRooms) {
    this.#rooms = rooms;
  }

  /** Called with each closed minute; the first one of a new trend bar leaves the venue a minute to have the old one ready. */
  onMinute(barOpenMs: number): void {
    const { pair } = this.#rooms.settings;
    const trendMs = timeframeMs(pair.trend);
    if (barOpenMs % trendMs !== 0 || pair.trend === pair.entry) return;
    const names = this.#rooms.book.names();
    const count = Math.min(SYMBOLS_A_TIME, names.length);
    for (let i = 0; i < count; i++) {
      const symbol = names[(this.#next + i) % names.length];
      if (symbol !== undefined && this.#rooms.followed(symbol)) this.#ask(symbol, barOpenMs - trendMs);
    }
    this.#next = names.length === 0 ? 0 : (this.#next + count) % names.length;
  }

  #ask(symbol: SymbolId, newestMs: number): void {
    const { ports, settings, book } = this.#rooms;
    const { trend } = settings.pair;
    const fromMs = epochMs(newestMs - (BARS - 1) * timeframeMs(trend));
    ports.dispatcher.send<readonly Bar[] | null>({
      label: 'audit',
      call: () => ports.feed.history({ symbol, timeframe: trend, count: BARS, fromMs }),
      onFailure: () => null,
      apply: (told) => {
        const bars = book.bars(symbol);
        if (told !== null && bars !== undefined) this.#compare(symbol, bars, told);
      },
    });
  }

  #compare(symbol: SymbolId, bars: SymbolBars, told: readonly Bar[]): void {
    const { counts, ports, spoil } = this.#rooms;
    for (const bar of told) {
      // A latecomer's trend bar is still to come.
      if (bars.entry.lastOpenMs < bar.openMs + timeframeMs(bars.trend.timeframe) - timeframeMs(bars.entry.timeframe)) continue;
      counts.audited += 1;
      const held = heldBar(bars, bar.openMs);
      if (held !== null && agrees(held, bar)) continue;
      counts.auditDiffers += 1;
      const detail = held === null ? 'it was never folded' : difference(held, bar);
      const finding: DataFinding = { kind: 'foldDiffers', symbol, barOpenMs: bar.openMs, detail };
      ports.logger.warn({ ...finding }, 'candles');
      ports.onFinding?.(finding);
      spoil(symbol, `its ${bars.trend.timeframe} bar is not the venue's: ${detail}`);
      return;
    }
  }
}

function heldBar({ trend }: SymbolBars, openMs: number): Bar | null {
  for (let ago = 0; ago < Math.min(BARS + 1, trend.length); ago++) {
    const bar = trend.at(ago);
    if (bar.openMs === openMs) return bar;
  }
  return null;
}

function agrees(held: Bar, told: Bar): boolean {
  const prices = held.open === told.open && held.high === told.high && held.low === told.low && held.close === told.close;
  return prices && Math.abs(held.volume - told.volume) <= VOLUME_TOLERANCE * Math.max(1, Math.abs(told.volume));
}
