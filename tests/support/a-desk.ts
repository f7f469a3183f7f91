// A desk over a bot that is made of values: as many rows as a test wants, the longest names there are, and ears for what was asked.
import type { Overview, PositionView, SignalView, VirtualView } from '../../services/overview.ts';
import { loadSettings } from '../../src/app/config.ts';
import { ChatSettings } from '../../src/app/discord/chat-settings.ts';
import { BotDesk } from '../../src/app/discord/desk.ts';
import type { DeskParts, LiveCandles } from '../../src/app/discord/parts.ts';
import { StatusWatch } from '../../src/app/discord/status-watch.ts';
import type { DeskRoom } from '../../src/app/discord/turn.ts';
import { SCORE_BANDS } from '../../src/book/hit-rates.ts';
import { wilsonInterval } from '../../src/book/stats.ts';
import type { Command } from '../../src/core/events.ts';
import type { RateEstimate } from '../../src/core/performance.ts';
import type { Evaluation } from '../../src/core/signal.ts';
import { decimalString, type EpochMs, epochMs, type Side, symbolId } from '../../src/core/units.ts';
import type { ChartRenderer } from '../../src/ports/chart.ts';
import type { ChatLanguage, ChatRequest } from '../../src/ports/chat.ts';
import type { History, StatsReport } from '../../src/ports/history.ts';
import type { SettingChange, SettingsStore } from '../../src/ports/settings-store.ts';
import { anEvaluation } from './an-evaluation.ts';
import { wildMinutes } from './wild-market.ts';

export const NOW = epochMs(Date.parse('2025-06-02T16:00:00Z'));
/** As long as the venue has them, in letters and in characters that count double. */
export const NAMES = ['1000000BABYDOGEUSDT', '币安人生币安人生USDT', 'BTCUSDT', '我踏马来了USDT', 'ETHUSDT_251226'] as const;
/** A value for every option of every command. */
export const OPTIONS: Readonly<Record<string, string>> = {
  symbol: NAMES[1],
  timeframe: '1h',
  time: '15:30',
  period: 'month',
  name: 'MAX_POSITIONS',
  value: '5',
  kind: 'trades',
  since: '7d',
  reason: 'lunch',
};
const nameOf = (i: number): ReturnType<typeof symbolId> =>
  symbolId(i < NAMES.length ? (NAMES[i] as string) : `${i}_${NAMES[i % NAMES.length]}`);
const sideOf = (i: number): Side => (i % 2 === 0 ? 'long' : 'short');
const rows = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

export const aPosition = (i = 0, change: Partial<PositionView> = {}): PositionView => ({
  tradeId: `trade${String(i).padStart(9, '0')}`,
  symbol: nameOf(i),
  side: sideOf(i),
  state: 'protected',
  qty: '123456.789',
  leverage: 20,
  entry: 104_000.5,
  mark: 104_500.25,
  stop: 103_000.1,
  target: 106_000.9,
  pnlUsdt: i % 2 === 0 ? 1_234.56 : -1_234.56,
  r: i % 2 === 0 ? 0.61 : -0.61,
  openedMs: epochMs(NOW - 3_900_000),
  protection: i % 3 === 2 ? 'pending' : 'verified',
  ...change,
});

const aVirtual = (i: number): VirtualView => ({
  symbol: nameOf(i),
  side: sideOf(i),
  entry: 0.0000123456,
  mark: 0.0000119,
  r: -10.25,
  barsHeld: 239,
  reason: 'liquidationTooNear',
});

const aSignal = (i: number): SignalView => ({
  symbol: nameOf(i),
  side: 'long',
  setup: 'orderBlock',
  score: 82,
  rank: i + 1,
  rewardToRisk: 2,
  entry: 104_000.5,
  stop: 103_000.1,
  target: 106_000.9,
  barCloseMs: epochMs(NOW - i * 60_000),
  fate: 'virtual: liquidationTooNear',
  candle: 'final',
  measured: {
    band: { from: 80, to: 84 },
    setup: 'orderBlock',
    outcomes: 271,
    hits: 146,
    rate: 146 / 271,
    interval: wilsonInterval({ wins: 146, total: 271 }),
    verdict: 'measured',
  },
});

export const anOverview = (count: number, change: Partial<Overview> = {}): Overview => ({
  mode: 'sim',
  marketNow: NOW,
  ladder: {
    level: count === 0 ? 'NORMAL' : 'NO_NEW_ENTRIES',
    reasons: rows(count, (i) => `feed market-${i}: no frame for 12 s *and* @everyone more`),
  },
  scan:
    count === 0
      ? null
      : { barOpenMs: NOW, symbols: 648, ready: 640, late: 8, provisional: 0, scanMs: 12.3, closeToRankMs: 45.6, signals: count },
  recentSignals: rows(count, aSignal),
  clusterMinutes: 15,
  positions: rows(count, (i) => aPosition(i)),
  virtuals: rows(count, aVirtual),
  balance:
    count === 0 ? null : { walletUsdt: 1_234_567.89, availableUsdt: 1_134_567.89, equityUsdt: 1_230_000.5, startUsdt: 1_000_000 },
  tally: {
    minutes: 10_000,
    signals: 12_345,
    opened: 1_234,
    closed: 1_231,
    wins: 600,
    netPnlUsdt: -12_345.67,
    virtualOpened: 9_999,
    virtualClosed: 9_989,
  },
  ...change,
});

const usdt = (value: number) => decimalString(value.toFixed(2));
const aRate = (n: number): RateEstimate => {
  const hits = Math.floor(n * 0.54);
  const verdict = n < 30 ? ('tooFew' as const) : ('measured' as const);
  return { n, hits, rate: n === 0 ? null : hits / n, ...wilsonInterval({ wins: hits, total: n }), verdict };
};

export function aStats(count: number): StatsReport {
  const n = count * 10;
  const mean = n < 2 ? { n, mean: null, lower: null, upper: null } : { n, mean: -0.142, lower: -0.246, upper: -0.11 };
  return {
    trades: n,
    verdict: n < 30 ? 'tooFew' : 'measured',
    money: {
      grossUsdt: usdt(-9),
      commissionUsdt: usdt(123.4),
      fundingUsdt: usdt(-5.5),
      slippageUsdt: usdt(22.1),
      netUsdt: usdt(-160),
    },
    expectancyR: mean,
    winRate: aRate(n),
    profitFactor: n === 0 ? null : 0.81,
    meanWinR: n === 0 ? null : 1.21,
    meanLossR: n === 0 ? null : -1.08,
    longestLosingStreak: n === 0 ? 0 : 7,
    maxDrawdown: { usdt: usdt(412.5), pct: n === 0 ? null : 4.1, peakMs: null, troughMs: null },
    curve: rows(n, (i) => ({ at: epochMs(NOW - (n - i) * 3_600_000), usdt: usdt(Math.sin(i / 9) * 90 - i / 2) })),
    exits: (['stop', 'target', 'timeStop', 'breakEven', 'reversal'] as const)
      .slice(0, count)
      .map((exitClass, i) => ({ exitClass, trades: i + 1, netUsdt: usdt(i * 10 - 20) })),
    bands: SCORE_BANDS.map(({ from, to }, i) => ({ from, to, hitRate: aRate(Math.floor((n * 3) / (i + 1))), netR: mean })),
    signals: n * 6,
    span: { fromMs: epochMs(NOW - 30 * 86_400_000), toMs: NOW },
    nakedSeconds30d: 0.4,
    worstNakedSeconds30d: 0.2,
  };
}

const page = <T>(count: number, of: (i: number) => T, wish: { readonly page: number; readonly size: number }) => {
  const pages = Math.max(1, Math.ceil(count / wish.size));
  const at = Math.min(pages - 1, wish.page);
  return { lines: rows(count, of).slice(at * wish.size, (at + 1) * wish.size), page: at, pages, total: count };
};

export function aHistory(count: number): History {
  return {
    stats: async () => aStats(count),
    balances: async () => {
      const curve = aStats(count).curve.map(({ at, usdt: value }) => ({ at, usdt: usdt(10_000 + Number(value)) }));
      return { curve, maxDrawdown: aStats(count).maxDrawdown, first: curve[0] ?? null, last: curve.at(-1) ?? null };
    },
    trades: async (wish) =>
      page(
        count,
        (i) => ({
          tradeId: `trade${i}`,
          signalId: `signal${i}`,
          symbol: nameOf(i),
          side: sideOf(i),
          exitClass: 'timeStop' as const,
          openedMs: epochMs(NOW - 7_200_000),
          closedMs: epochMs(NOW - 3_600_000),
          qty: usdt(12),
          averageEntry: usdt(104_000.5),
          averageExit: usdt(104_100.5),
          netPnlUsdt: usdt(-123.45),
          feesUsdt: usdt(1.2),
          fundingUsdt: usdt(0),
          netR: -1.02,
          leverage: 20,
          score: 82,
          setup: 'orderBlock',
          quality: 'live',
        }),
        wish,
      ),
    virtuals: async (wish) =>
      page(
        count,
        (i) => ({
          signalId: `signal${i}`,
          symbol: nameOf(i),
          side: sideOf(i),
          role: 'shown' as const,
          score: 82,
          setup: 'orderBlock',
          exit: 'timeout' as const,
          netR: -0.42,
          entryPrice: 104_000.5,
          exitPrice: 104_100.5,
          entryMs: epochMs(NOW - 7_200_000),
          exitMs: epochMs(NOW - 3_600_000),
          reason: 'cluster',
        }),
        wish,
      ),
    exportCsv: async ({ kind }) =>
      rows(Math.min(count, 3), (i) => ({ name: `${kind}-${i}.csv`, bytes: new Uint8Array(2_048), rows: 12 })),
    decision: async (wish) => ({ ...wish, kind: 'absent', span: null, decisions: [] }),
    close: async () => undefined,
  };
}

export class MemoryStore implements SettingsStore {
  readonly #values = new Map<string, string>();
  readonly changes: SettingChange[] = [];
  load(): ReadonlyMap<string, string> {
    return this.#values;
  }
  save({ name, value, by, at }: Parameters<SettingsStore['save']>[0]): SettingChange {
    const change = { name, before: this.#values.get(name) ?? null, after: value, by, at };
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
    this.changes.unshift(change);
    return change;
  }
  history(name: string | null, limit: number): readonly SettingChange[] {
    return this.changes.filter((change) => name === null || change.name === name).slice(0, limit);
  }
}

const BLANK_PNG: ChartRenderer = {
  render: async () => Uint8Array.of(1),
  curve: async () => Uint8Array.of(2),
  reliability: async () => Uint8Array.of(3),
};

export const someCandles = (timeframe: LiveCandles['timeframe'] = '1m'): LiveCandles => {
  const bars = wildMinutes(5, 160);
  const last = bars[159]?.close ?? 100;
  const at = (i: number): EpochMs => epochMs(bars[i]?.openMs ?? 0);
  return {
    timeframe,
    bars,
    priceDecimals: 2,
    source: timeframe === '1m' ? 'live' : 'drawn',
    marks: {
      zones: [
        { id: 'a', kind: 'orderBlock', side: 'long', top: last * 0.995, bottom: last * 0.99, atMs: at(90) },
        { id: 'b', kind: 'fairValueGap', side: 'short', top: last * 1.01, bottom: last * 1.006, atMs: at(110) },
      ],
      breaks: [{ form: 'bos', side: 'long', level: last * 0.998, swingMs: at(80), atMs: at(120) }],
      sweeps: [{ strength: 'strong', side: 'long', level: last * 0.992, atMs: at(100) }],
    },
  };
};

/** No test waits: what was put off comes at once, after what is said now. */
const soon = (_delayMs: number, back: () => void): (() => void) => {
  let state: 'waiting' | 'over' = 'waiting';
  setImmediate(() => {
    if (state === 'waiting') back();
  });
  return () => {
    state = 'over';
  };
};

export interface HeldDesk {
  readonly desk: BotDesk;
  readonly room: DeskRoom;
  readonly store: MemoryStore;
  readonly asked: { readonly command: Command; readonly by: string }[];
}

export interface DeskWish {
  readonly rows?: number;
  readonly overview?: () => Overview;
  readonly speed?: number;
  readonly charts?: ChartRenderer;
  readonly setups?: readonly Evaluation[];
  readonly onCommand?: (command: Command, watch: StatusWatch) => void;
}

export function aDesk({ rows: count = 3, overview, speed = 1, charts = BLANK_PNG, setups, onCommand }: DeskWish = {}): HeldDesk {
  const store = new MemoryStore();
  const watch = new StatusWatch();
  const asked: { command: Command; by: string }[] = [];
  const seen = overview ?? (() => anOverview(count));
  const parts: DeskParts = {
    settings: loadSettings({}, 'no-such-file'),
    speed,
    overview: seen,
    traces: {
      span: { fromMs: epochMs(NOW - 14_400_000), toMs: NOW },
      newest: (symbol) => ({ kind: 'evaluated', barCloseMs: NOW, evaluations: [anEvaluation({ symbol })] }),
      at: (symbol, barCloseMs) => ({
        kind: 'evaluated',
        barCloseMs: epochMs(barCloseMs),
        evaluations: [anEvaluation({ symbol, emitted: true })],
      }),
    },
    rateOf: () => aSignal(0).measured,
    market: {
      symbols: () => rows(648, nameOf),
      quoteVolume24hUsdt: (symbol) => symbol.length * 1e6,
      markPrice: () => 104_100.25,
      candles: (_, timeframe) => someCandles(timeframe),
    },
    setups: async () => setups ?? rows(Math.min(count, 20), (i) => anEvaluation({ symbol: nameOf(i), side: sideOf(i) })),
    submit: (command, by) => {
      asked.push({ command, by });
      onCommand?.(command, watch);
    },
    history: aHistory(count),
    charts,
    store,
    audit: { recent: () => [] },
    health: () => ({
      version: '0.1.0',
      uptimeMs: 93_780_000,
      rssBytes: 314_572_800,
      weightUsed: 480,
      breakers: { market: 'closed', entry: 'closed' },
      clockOffsetMs: -3.2,
    }),
    chat: () => ({ state: 'ready', reason: null, pingMs: 41, ackAgeMs: 900, waiting: 0, delivered: 1_234, dropped: 0 }),
    wallClock: { epoch: () => NOW, now: () => 0, after: soon },
  };
  const room: DeskRoom = { parts, watch, chat: new ChatSettings(store) };
  return { desk: new BotDesk(room), room, store, asked };
}

const ASKED = {
  interactionId: '123456789012345678',
  by: { id: '222222222222222222', name: 'someone', rank: 'admin' },
  atMs: NOW,
} as const;

export const aCommand = (
  name: string,
  options: Readonly<Record<string, string>> = {},
  language: ChatLanguage = 'zh-TW',
): ChatRequest => {
  const [first = '', child = null] = name.split(' ');
  return { ...ASKED, kind: 'command', name: first, child, options, language };
};

export const aClick = (
  kind: 'button' | 'confirmed',
  action: string,
  args: readonly string[] = [],
  language: ChatLanguage = 'zh-TW',
): ChatRequest => ({ ...ASKED, kind, action, args, language });
