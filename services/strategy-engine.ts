// Services, room 4: StrategyEngine. Feeds every symbol's strategy its closed bars, gathers what they say, ranks the minute.
// Trend bars come before the entry bar that closes with them; a running bar is never seen.

import { stepSize, tickSize } from '../src/core/grid.ts';
import type { JournalState } from '../src/core/journal.ts';
import type { Bar, Instrument } from '../src/core/market.ts';
import type { Evaluation, RankedSignal, Signal } from '../src/core/signal.ts';
import { compareSignals } from '../src/core/signal.ts';
import { barClose } from '../src/core/timeframe.ts';
import { type EpochMs, epochMs, invariant, type SymbolId, symbolId } from '../src/core/units.ts';
import type { StoredMemory } from '../src/ports/candle-store.ts';
import type {
  CrossSection,
  MarketContext,
  Strategy,
  StrategyMemory,
  StrategySettings,
  StrategySnapshot,
  SymbolStrategy,
  TrendNow,
} from '../strategy/strategy.ts';
import type { ClosedBar } from './data/symbol-bars.ts';
import { MarketBreadth } from './market-breadth.ts';

/** The best score first. */
export const compareSetups = (a: Evaluation, b: Evaluation): number => b.score - a.score || (a.symbol < b.symbol ? -1 : 1);

/** What the engine asks about a symbol besides its bars; DataService answers. */
export interface ContextSource {
  contextOf(symbol: SymbolId): MarketContext;
}

/** Every signal of one minute with its rank and its point-in-time features. */
export interface MinuteDecision {
  readonly barOpenMs: EpochMs;
  readonly barCloseMs: EpochMs;
  readonly ranked: readonly RankedSignal[];
  /** Signal id → feature vector, in `featureNames` order of the signal's strategy. */
  readonly features: ReadonlyMap<string, Float64Array>;
  /** Whose own bar of this minute was judged; where nothing is said of one of them, no zone was in play. */
  readonly scanned: readonly SymbolId[];
}

const BTC = symbolId('BTCUSDT');
const NO_TREND = { trendBias: 0, trendReturnSign: 0 };

class Seat {
  readonly symbol: SymbolId;
  /** In the row; a symbol that is opened again takes the place that it had. */
  readonly place: number;
  /** Whose memory can be gone on with: strategies, timeframes and price grid. */
  readonly rules: string;
  readonly #seatPlayers: () => readonly Player[];
  #players: readonly Player[] | null = null;

  constructor(told: Pick<Seat, 'symbol' | 'place' | 'rules'>, seatPlayers: () => readonly Player[]) {
    this.symbol = told.symbol;
    this.place = told.place;
    this.rules = told.rules;
    this.#seatPlayers = seatPlayers;
  }

  /** They come when they are first asked for: a start has the network to set going before it makes six hundred of them. */
  get players(): readonly Player[] {
    this.#players ??= this.#seatPlayers();
    return this.#players;
  }
}

interface Player {
  readonly strategy: Strategy;
  readonly player: SymbolStrategy;
  /** Of all that this strategy follows. */
  readonly breadth: MarketBreadth;
}

/** The bar's surroundings, looked up only where a strategy asks for them; good for one bar. */
class BarContext implements MarketContext {
  readonly #source: ContextSource;
  symbol = BTC;
  quoteVolume24hUsdt = Number.NaN;

  constructor(source: ContextSource) {
    this.#source = source;
  }

  get fundingRate(): number {
    return this.#source.contextOf(this.symbol).fundingRate;
  }
  get nextFundingMs(): number {
    return this.#source.contextOf(this.symbol).nextFundingMs;
  }
}

function noteTrend({ place, players }: Seat): void {
  for (const { player, breadth } of players) breadth.note(place, player);
}

function restoreAll({ players }: Seat, { facts, numbers }: StoredMemory): void {
  let at = 0;
  for (const [i, [count, own]] of (facts as readonly [number, StrategySnapshot['facts']][]).entries()) {
    players[i]?.player.restore({ facts: own, numbers: numbers.subarray(at, at + count) });
    at += count;
  }
}

export class StrategyEngine {
  readonly #strategies: readonly Strategy[];
  readonly #settings: StrategySettings;
  readonly #source: ContextSource;
  readonly #memory: ReadonlyMap<Strategy, StrategyMemory>;
  readonly #breadths: ReadonlyMap<string, MarketBreadth>;
  readonly #context: BarContext;
  readonly #seats = new Map<SymbolId, Seat>();
  /** The seats as they were opened, which is also the order in which a minute names them. */
  readonly #row: Seat[] = [];

  constructor(strategies: readonly Strategy[], settings: StrategySettings, source: ContextSource) {
    this.#strategies = strategies;
    this.#memory = new Map(strategies.map((strategy) => [strategy, strategy.shareMemory()]));
    this.#breadths = new Map(strategies.map(({ id }) => [id, new MarketBreadth()]));
    this.#context = new BarContext(source);
    this.#settings = settings;
    this.#source = source;
  }

  get strategies(): readonly Strategy[] {
    return this.#strategies;
  }

  open(instrument: Instrument): void {
    const facts = {
      symbol: instrument.symbol,
      tickSize: tickSize(instrument.grid),
      onboardMs: instrument.onboardMs,
    };
    invariant(stepSize(instrument.grid) > 0, 'a contract without a quantity step');
    const { symbol } = instrument;
    const place = this.#seats.get(symbol)?.place ?? this.#row.length;
    const { trend, entry } = this.#settings.pair;
    const rules = [...this.#strategies.map(({ id, version }) => `${id} ${version}`), trend, entry, facts.tickSize].join('|');
    const seat = new Seat({ symbol, place, rules }, () =>
      this.#strategies.map((strategy) => ({
        strategy,
        player: strategy.open(facts, this.#settings, this.#memory.get(strategy)),
        breadth: this.#breadthOf(strategy.id),
      })),
    );
    this.#seats.set(symbol, seat);
    this.#row[place] = seat;
    for (const breadth of this.#breadths.values()) breadth.note(place, NO_TREND);
  }

  #breadthOf(strategyId: string): MarketBreadth {
    const breadth = this.#breadths.get(strategyId);
    invariant(breadth !== undefined, `no strategy ${strategyId} is open`);
    return breadth;
  }

  /** History: builds state, yields the signals of then for those who look back (`scan --lookback`); nobody trades on it. */
  warm(symbol: SymbolId, before: readonly Bar[], closed: readonly ClosedBar[]): Signal[] {
    const seat = this.#seat(symbol);
    for (const { player } of seat.players) for (const bar of before) player.onTrendBar(bar);
    noteTrend(seat);
    const signals: Signal[] = [];
    for (const bar of closed) this.#feed(seat, bar, signals);
    return signals;
  }

  /** What the strategies remember of a contract, for the next start; null before they have heard a bar. */
  memoryOf(symbol: SymbolId): StoredMemory | null {
    const seat = this.#seats.get(symbol);
    if (seat === undefined || seat.players.some(({ player }) => player.heardEntryMs === Number.NEGATIVE_INFINITY)) return null;
    const snapshots = seat.players.map(({ player }) => player.snapshot());
    const numbers = new Float64Array(snapshots.reduce((sum, one) => sum + one.numbers.length, 0));
    let at = 0;
    for (const one of snapshots) {
      numbers.set(one.numbers, at);
      at += one.numbers.length;
    }
    return { rules: seat.rules, facts: snapshots.map((one) => [one.numbers.length, one.facts]), numbers };
  }

  /**
   * Goes on from what an earlier run remembered, before any bar is heard: null, or why the contract begins without. The bar that opened
   * at `lastOpenMs` is the newest that it must have heard.
   */
  resume(instrument: Instrument, memory: StoredMemory, lastOpenMs: EpochMs): string | null {
    const seat = this.#seat(instrument.symbol);
    if (memory.rules !== seat.rules) return `it was made by other rules: ${memory.rules}`;
    try {
      restoreAll(seat, memory);
      for (const { player } of seat.players)
        invariant(player.heardEntryMs === lastOpenMs, `it ends with bar ${player.heardEntryMs}, the candles with ${lastOpenMs}`);
      noteTrend(seat);
      return null;
    } catch (error) {
      // What was restored by half is thrown away; the reason goes to whoever asked.
      this.open(instrument);
      return error instanceof Error ? error.message : String(error);
    }
  }

  #seat(symbol: SymbolId): Seat {
    const seat = this.#seats.get(symbol);
    invariant(seat !== undefined, `${symbol} was never opened`);
    return seat;
  }

  #feed(seat: Seat, bar: ClosedBar, signals: Signal[] | null): void {
    const context = this.#context;
    context.symbol = seat.symbol;
    context.quoteVolume24hUsdt = bar.quoteVolume24hUsdt;
    for (const { player, breadth } of seat.players) {
      if (bar.afterGap === 'afterGap') player.onGap();
      if (bar.trendBar !== null) {
        player.onTrendBar(bar.trendBar);
        breadth.note(seat.place, player);
      }
      const signal = player.hear(bar.entryBar, context);
      if (signal !== null) signals?.push(signal);
    }
  }

  /** The seat of a symbol, most likely at this place of the row. */
  #seatNear(place: number, symbol: SymbolId): Seat {
    const seat = this.#row[place];
    return seat?.symbol === symbol ? seat : this.#seat(symbol);
  }

  /** Feeds the closed bars of one minute (or of latecomers) and ranks the signals that the minute's own bar gave. */
  onMinute(
    barOpenMs: EpochMs,
    closed: readonly { readonly symbol: SymbolId; readonly bars: readonly ClosedBar[] }[],
  ): MinuteDecision {
    const signals: Signal[] = [];
    const scanned: SymbolId[] = [];
    for (let place = 0; place < closed.length; place++) {
      const { symbol, bars } = closed[place] as (typeof closed)[number];
      const seat = this.#seatNear(place, symbol);
      let lastOpenMs = Number.NaN;
      for (let i = 0; i < bars.length; i++) {
        const bar = bars[i] as ClosedBar;
        lastOpenMs = bar.entryBar.openMs;
        // Bars refilled after a hole build state only: their minute is over, and nothing is entered late.
        this.#feed(seat, bar, lastOpenMs === barOpenMs ? signals : null);
      }
      if (lastOpenMs === barOpenMs) scanned.push(symbol);
    }
    const ranked = signals.sort(compareSignals).map((signal, i) => ({ signal, rank: i + 1 }));
    return {
      barOpenMs: epochMs(barOpenMs),
      barCloseMs: barClose(barOpenMs, this.#settings.pair.entry),
      ranked,
      features: this.#features(ranked),
      scanned,
    };
  }

  #features(ranked: readonly RankedSignal[]): Map<string, Float64Array> {
    const rows = new Map<string, Float64Array>();
    if (ranked.length === 0) return rows;
    const sections = new Map<string, CrossSection>();
    for (const { signal } of ranked) {
      const { player } = this.#playerOf(signal);
      const cross = sections.get(signal.strategy) ?? this.#crossSection(signal.strategy, ranked);
      sections.set(signal.strategy, cross);
      rows.set(signal.id, player.features(signal, this.#source.contextOf(signal.symbol), cross));
    }
    return rows;
  }

  #playerOf(signal: Signal): { readonly strategy: Strategy; readonly player: SymbolStrategy } {
    const found = this.#seat(signal.symbol).players.find(({ strategy }) => strategy.id === signal.strategy);
    invariant(found !== undefined, `no strategy ${signal.strategy} is open`);
    return found;
  }

  /** Numbers over the whole market, from strategies of the same kind so that they mean one thing. */
  #crossSection(strategyId: string, ranked: readonly RankedSignal[]): CrossSection {
    const breadth = this.#breadthOf(strategyId);
    const scores = ranked.map((r) => r.signal.score);
    const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
    const variance = scores.reduce((a, b) => a + (b - mean) ** 2, 0) / scores.length;
    const btc = this.#seats.get(BTC)?.players.find((p) => p.strategy.id === strategyId)?.player ?? null;
    return {
      btc,
      breadthEma200: breadth.aboveEma200,
      breadthReturn: breadth.rising,
      signalsThisMinute: ranked.length,
      scoreMean: mean,
      scoreSd: Math.sqrt(variance),
    };
  }

  /** After a restart: signals that were given shortly before, so that their cool-down goes on. */
  recall(signals: JournalState['lastSignals'], entryMs: number): void {
    for (const { symbol, side, barCloseMs } of signals) {
      for (const { player } of this.#seats.get(symbol)?.players ?? []) player.noteSignal?.(side, epochMs(barCloseMs - entryMs));
    }
  }

  /** What each strategy thought of this symbol's newest bar, passed or not; drawn up now, so ask before its next bar. */
  evaluationsOf(symbol: SymbolId): Evaluation[] {
    return this.#seat(symbol).players.flatMap(({ player }) => player.evaluation ?? []);
  }

  /** The strategies' own state of one contract, for whoever draws it; empty where it was never opened. */
  playersOf(symbol: SymbolId): readonly SymbolStrategy[] {
    return this.#seats.get(symbol)?.players.map(({ player }) => player) ?? [];
  }

  /** The best live set-ups of the market, triggered or not, for people who look. */
  bestSetups(count: number): Evaluation[] {
    return this.setupsOf([...this.#seats.keys()])
      .sort(compareSetups)
      .slice(0, count);
  }

  /** The best set-up of each of these contracts that has one: drawing up the whole market at once would hold the loop up. */
  setupsOf(symbols: readonly SymbolId[]): Evaluation[] {
    const found: Evaluation[] = [];
    for (const symbol of symbols) {
      const context = this.#source.contextOf(symbol);
      for (const { player } of this.#seats.get(symbol)?.players ?? []) {
        const setup = player.bestSetup(context);
        if (setup !== null) found.push(setup);
      }
    }
    return found;
  }

  /** The trend timeframe of one symbol as it stands now; all strategies of a run look at the same bars. */
  trendOf(symbol: SymbolId): TrendNow | null {
    return this.#seats.get(symbol)?.players[0]?.player.trendNow ?? null;
  }

  /** BTC's trend against its EMA200 (+1, −1, 0 = no data) and the share of symbols above theirs: what the market guard asks. */
  marketMood(): { readonly btcTrend: number; readonly breadth: number } {
    const players = [...this.#seats.values()].flatMap((seat) => seat.players.slice(0, 1).map((p) => p.player));
    const known = players.filter((player) => player.trendBias !== 0);
    return {
      btcTrend: this.#seats.get(BTC)?.players[0]?.player.trendBias ?? 0,
      breadth: known.length === 0 ? Number.NaN : known.filter((p) => p.trendBias > 0).length / known.length,
    };
  }
}
