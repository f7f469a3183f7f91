// Services, room 6: looks at what runs, once a minute. Says how each position stands, suggests once that profit may be taken, and
// raises the alarm when the account has fallen too far from its height. Decides nothing.
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import { DEFAULT_RISK_LEVELS, type RiskLevel, type RiskLevelSettings } from '../../src/book/risk-level.ts';
import type { Mark } from '../../src/core/market.ts';
import type { EpochMs, SymbolId } from '../../src/core/units.ts';
import type { Notifier } from '../../src/ports/notifier.ts';
import { drawdownNotice, profitSuggestionNotice, riskLevelNotice } from './notices.ts';
import { standingOf } from './standing.ts';

export interface WatchSettings extends RiskLevelSettings {
  readonly drawdownAlertPct: number;
}

export const DEFAULT_WATCH: WatchSettings = { ...DEFAULT_RISK_LEVELS, drawdownAlertPct: 5 };

export class PositionWatch {
  readonly #notifier: Pick<Notifier, 'publish'>;
  readonly #levels = new Map<string, RiskLevel>();
  readonly #suggested = new Set<string>();
  #settings: WatchSettings;
  #peakUsdt = 0;
  #drawdown: 'quiet' | 'told' = 'quiet';

  constructor(notifier: Pick<Notifier, 'publish'>, settings: WatchSettings) {
    this.#notifier = notifier;
    this.#settings = settings;
  }

  set drawdownAlertPct(pct: number) {
    this.#settings = { ...this.#settings, drawdownAlertPct: pct };
  }

  levelOf(tradeId: string): RiskLevel {
    return this.#levels.get(tradeId) ?? 'LOW';
  }

  /** A height that an earlier run saw. */
  restore(equityUsdt: number): void {
    this.#peakUsdt = Math.max(this.#peakUsdt, equityUsdt);
  }

  onMinute(trades: readonly LiveTrade[], marks: ReadonlyMap<SymbolId, Mark>, now: EpochMs): void {
    const held = new Set<string>();
    for (const trade of trades) {
      const { tradeId, symbol } = trade.plan;
      const standing = standingOf(trade, marks.get(symbol), this.#settings);
      if (standing === null) continue;
      held.add(tradeId);
      const before = this.levelOf(tradeId);
      this.#levels.set(tradeId, standing.level);
      if (before !== standing.level) this.#notifier.publish(riskLevelNotice(trade, { ...standing, before }, now));
      if (standing.level !== 'PROFITABLE' || this.#suggested.has(tradeId)) continue;
      this.#suggested.add(tradeId);
      this.#notifier.publish(profitSuggestionNotice(trade, standing, now));
    }
    for (const known of [this.#levels, this.#suggested]) for (const id of [...known.keys()]) if (!held.has(id)) known.delete(id);
  }

  /** One alarm per fall; the next when the account has first made up half of it. */
  onEquity(equityUsdt: number, now: EpochMs): void {
    this.#peakUsdt = Math.max(this.#peakUsdt, equityUsdt);
    const fallPct = this.#peakUsdt > 0 ? (1 - equityUsdt / this.#peakUsdt) * 100 : 0;
    const { drawdownAlertPct } = this.#settings;
    if (fallPct < drawdownAlertPct / 2) this.#drawdown = 'quiet';
    if (fallPct < drawdownAlertPct || this.#drawdown === 'told') return;
    this.#drawdown = 'told';
    this.#notifier.publish(drawdownNotice({ equityUsdt, peakUsdt: this.#peakUsdt, fallPct, limitPct: drawdownAlertPct }, now));
  }
}
