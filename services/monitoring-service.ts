// Services, room 7: MonitoringService. Turns what happened into notices for machines and an overview for people, and counts.
import type { HitRates } from '../src/book/hit-rates.ts';
import type { Notice } from '../src/core/notice.ts';
import { compareSignals, type Evaluation, type RankedSignal, type Signal } from '../src/core/signal.ts';
import { barClose } from '../src/core/timeframe.ts';
import type { EpochMs } from '../src/core/units.ts';
import type { Notifier } from '../src/ports/notifier.ts';
import type { DataFinding } from './data/findings.ts';
import type { MarketMinute } from './data-service.ts';
import type { Overview, ScanView, SignalView, Tally } from './overview.ts';
import type { MinuteDecision } from './strategy-engine.ts';

/** How many of the newest signals the overview keeps. */
const RECENT_SIGNALS = 30;

/** The fate of a signal that a person is asked about. */
const ASKED = 'label: entryRequest';

const EMPTY: Tally = { minutes: 0, signals: 0, opened: 0, closed: 0, wins: 0, netPnlUsdt: 0, virtualOpened: 0, virtualClosed: 0 };

/** What the execution room answers when somebody looks. */
export type LiveState = Pick<
  Overview,
  'ladder' | 'positions' | 'virtuals' | 'balance' | 'entryRequests' | 'settings' | 'clusterMinutes'
> & {
  readonly hitRates: Pick<HitRates, 'rateOf'>;
};
type DecidedSignal = Omit<SignalView, 'measured'>;

export class MonitoringService implements Notifier {
  readonly #mode: string;
  readonly #out: Notifier;
  #tally: Tally = EMPTY;
  #scan: ScanView | null = null;
  #recent: DecidedSignal[] = [];
  readonly #downStreams = new Set<string>();

  constructor(mode: string, out: Notifier) {
    this.#mode = mode;
    this.#out = out;
  }

  /** Everything the rooms tell passes here first, is counted, and goes on to the terminal, the JSON stream or a chat. */
  publish(notice: Notice): void {
    this.#count(notice);
    this.#out.publish(notice);
  }

  flush(): Promise<void> {
    return this.#out.flush();
  }

  #count(notice: Notice): void {
    const tally = this.#tally;
    switch (notice.event) {
      case 'opened':
        this.#tally = { ...tally, opened: tally.opened + 1 };
        break;
      case 'closed': {
        const pnl = Number(notice['pnl']);
        this.#tally = {
          ...tally,
          closed: tally.closed + 1,
          wins: tally.wins + (pnl > 0 ? 1 : 0),
          netPnlUsdt: tally.netPnlUsdt + pnl,
        };
        break;
      }
      case 'virtualOpened':
        this.#tally = { ...tally, virtualOpened: tally.virtualOpened + 1 };
        break;
      case 'virtualClosed':
        this.#tally = { ...tally, virtualClosed: tally.virtualClosed + 1 };
        break;
      case 'entryAnswered':
        this.#onAnswer(notice);
        break;
      default:
        break;
    }
  }

  /** What came of an entry request takes the place of the question. */
  #onAnswer({ symbol, side, outcome }: Readonly<Record<string, unknown>>): void {
    const fate = outcome === 'confirmed' ? 'real' : `virtual: ${String(outcome)}`;
    const asked = (view: DecidedSignal): boolean => view.symbol === symbol && view.side === side && view.fate === ASKED;
    this.#recent = this.#recent.map((view) => (asked(view) ? { ...view, fate } : view));
  }

  /** The scan line of one minute; `at` is the bar's close, so that it does not depend on how fast this machine is. */
  onScan(
    minute: MarketMinute,
    decision: MinuteDecision,
    timing: { readonly scanMs: number; readonly closeToRankMs: number; readonly symbols: number },
  ): void {
    const entryTimeframe = decision.ranked[0]?.signal.entryTimeframe ?? '1m';
    const scan: ScanView = {
      barOpenMs: minute.barOpenMs,
      symbols: timing.symbols,
      ready: minute.closed.length,
      late: minute.lateSymbols.length,
      provisional: minute.provisional.length,
      scanMs: round(timing.scanMs),
      closeToRankMs: round(timing.closeToRankMs),
      signals: decision.ranked.length,
    };
    this.#scan = scan;
    this.#tally = { ...this.#tally, minutes: this.#tally.minutes + 1, signals: this.#tally.signals + decision.ranked.length };
    const { barOpenMs, ...numbers } = scan;
    this.#out.publish({ event: 'scan', at: barClose(barOpenMs, entryTimeframe), bar: barOpenMs, ...numbers });
  }

  /** Streams that went away and came back: one alarm when the first breaks, one when the last is back. */
  onStream(name: string, state: 'up' | 'down', told: { readonly at: EpochMs; readonly detail: string }): void {
    const before = this.#downStreams.size;
    if (state === 'down') this.#downStreams.add(name);
    else this.#downStreams.delete(name);
    const broke = before === 0 && this.#downStreams.size > 0;
    const healed = before > 0 && this.#downStreams.size === 0;
    if (broke) {
      const text = `connection lost (${name}: ${told.detail}); no new entries, stops rest on the exchange`;
      this.#out.publish({ event: 'alarm', at: told.at, severity: 'warning', code: 'streamDown', text });
    }
    if (healed)
      this.#out.publish({ event: 'alarm', at: told.at, severity: 'info', code: 'streamUp', text: 'all streams are back' });
  }

  /** Remembers what became of each signal for the ranked table. */
  onDecided(ranked: readonly RankedSignal[], fates: ReadonlyMap<string, string>): void {
    this.#remember(ranked.map(({ signal, rank }) => viewOf(signal, rank, fates.get(signal.id) ?? 'label')));
  }

  /** Signals of candles that nobody has confirmed yet, with the place that they would have in their minute. */
  onPreview(signals: readonly Signal[], ranked: readonly RankedSignal[]): void {
    const all = [...ranked.map(({ signal }) => signal), ...signals].sort(compareSignals);
    // By now the venue has spoken about the bars of the minute before.
    this.#recent = this.#recent.filter((view) => view.candle === 'final');
    this.#remember(
      signals.map((signal) => ({ ...viewOf(signal, all.indexOf(signal) + 1, 'provisional'), candle: 'provisional' as const })),
    );
  }

  /** What is known for certain takes the place of what was shown before. */
  #remember(views: readonly DecidedSignal[]): void {
    const key = ({ symbol, side, barCloseMs }: DecidedSignal): string => `${symbol} ${side} ${barCloseMs}`;
    const known = new Set(views.map(key));
    this.#recent = [...views, ...this.#recent.filter((view) => !known.has(key(view)))].slice(0, RECENT_SIGNALS);
  }

  /** What the data room found wrong with candles: a line for machines, and an alarm where our own fold was wrong. */
  onFinding(finding: DataFinding, at: EpochMs): void {
    const { kind, symbol, barOpenMs, detail } = finding;
    this.#out.publish({ event: 'candles', at, kind, symbol, bar: barOpenMs, detail });
    if (kind !== 'foldDiffers') return;
    const text = `${symbol}: a folded candle is not the exchange's (${detail}); it is read anew, no entries on it until then`;
    this.#out.publish({ event: 'alarm', at, severity: 'warning', code: 'foldDiffers', text });
  }

  overview(marketNow: EpochMs, { hitRates, ...live }: LiveState): Overview {
    const recentSignals = this.#recent.map((signal) => ({ ...signal, measured: hitRates.rateOf(signal.setup, signal.score) }));
    return { mode: this.#mode, marketNow, scan: this.#scan, recentSignals, tally: this.#tally, ...live };
  }
}

function viewOf(signal: Evaluation, rank: number, fate: string): DecidedSignal {
  const { symbol, side, setup, score, barCloseMs, plan } = signal;
  const numbers = plan ?? { rewardToRisk: Number.NaN, entry: Number.NaN, stop: Number.NaN, target: Number.NaN };
  return {
    symbol,
    side,
    setup,
    score,
    rank,
    barCloseMs,
    fate,
    candle: 'final',
    rewardToRisk: numbers.rewardToRisk,
    entry: numbers.entry,
    stop: numbers.stop,
    target: numbers.target,
  };
}

const round = (ms: number): number => Math.round(ms * 1000) / 1000;
