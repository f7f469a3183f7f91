// Paper mode over the same day: the bot's own loop, rooms and paper account, fed bar by bar in one process. Time is the
// recording's: a minute is told, decided and dealt with before the next one begins.
import { TradingLoop } from '../../services/trading-loop.ts';
import type { BinanceVenue } from '../../src/adapters/binance/binance.ts';
import { EventClock } from '../../src/adapters/clock/event.ts';
import { immediatePacer } from '../../src/adapters/exchange-control/immediate-pacer.ts';
import { MemoryJournal } from '../../src/adapters/journal/memory.ts';
import { assemble, type Bot, configHash } from '../../src/app/assemble.ts';
import { SeriesBars, type SharedSeries } from '../../src/app/backtest/series.ts';
import type { Settings } from '../../src/app/config.ts';
import { PaperAccountFile } from '../../src/app/paper/account-file.ts';
import { openPaperVenue, type PaperVenue } from '../../src/app/paper/paper-venue.ts';
import { JOURNAL_VERSION, type JournalLine } from '../../src/app/replay/journal-lines.ts';
import { noCandles } from '../../src/app/replay/recorded-market.ts';
import { RunRecorder } from '../../src/app/replay/run-recorder.ts';
import { BarFolder } from '../../src/core/bars.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import type { Bar, MarketEvent } from '../../src/core/market.ts';
import type { LeverageBracket } from '../../src/core/orders.ts';
import type { RunIdentity } from '../../src/core/training-rows.ts';
import { epochMs, type SymbolId } from '../../src/core/units.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { noteLine, nothingSaid, type RecordedRun, type SaidOfRun } from './recorded-run.ts';

const MINUTE = 60_000;
const EIGHT_HOURS = 8 * 3_600_000;
/** A trade that waits longer inside one minute is looked at again in the next, as in the backtester. */
const LONGEST_WAIT_MS = 20_000;

export interface PaperSide extends SaidOfRun {
  readonly accountId: string;
  /** As the rows of this run name it. */
  readonly identity: RunIdentity;
  readonly lines: readonly JournalLine[];
}

export interface PaperDay {
  readonly series: readonly SharedSeries[];
  readonly toMs: number;
  readonly folder: string;
  readonly logger: Logger;
}

interface Listing {
  readonly symbol: SymbolId;
  readonly bars: SeriesBars;
  readonly entry: Bar[];
  readonly trend: Bar[];
  readonly folder: BarFolder;
}

class PlayedMarket {
  readonly clock: EventClock;
  readonly #listings: readonly Listing[];
  readonly #run: RecordedRun;
  #sink: (event: MarketEvent) => void = () => undefined;

  constructor(run: RecordedRun, series: readonly SharedSeries[]) {
    this.#run = run;
    this.clock = new EventClock(run.firstMs);
    this.#listings = series.map((one) => {
      const { symbol } = one.contract;
      const { trend = [], entry = [] } = run.history.get(symbol) ?? {};
      const folder = new BarFolder('1m', '15m');
      for (const bar of entry) folder.push(bar);
      return { symbol, bars: new SeriesBars(one), entry: [...entry], trend: [...trend], folder };
    });
  }

  venue(series: readonly SharedSeries[]): BinanceVenue {
    const brackets = new Map(series.map(({ contract }) => [contract.symbol, contract.brackets.map(bracketOf)]));
    const feed: BinanceVenue['feed'] = {
      instruments: async () => this.#run.instruments,
      tickers: async () => [],
      history: async ({ symbol, timeframe, fromMs = 0 }) => {
        const listing = this.#listings.find((one) => one.symbol === symbol);
        const held = timeframe === '1m' ? listing?.entry : listing?.trend;
        return (held ?? []).filter((bar) => bar.openMs >= fromMs);
      },
      follow: async (_symbols, _timeframe, sink) => {
        this.#sink = sink;
      },
      drain: async () => undefined,
      weightUsed: () => 0,
    };
    // Only the brackets of the market's account are ever asked for.
    const broker = { brackets: async () => brackets } as unknown as BinanceVenue['broker'];
    return {
      feed,
      broker,
      clock: this.clock,
      sync: async () => true,
      setPhase: () => undefined,
      health: () => ({
        entryBreaker: 'closed',
        marketBreaker: 'closed',
        heldUntilMs: 0,
        clock: { offsetMs: 0, measuredMs: this.clock.now() },
        wire: {},
      }),
      checkKey: async () => ({ kind: 'ok', canTrade: true, restrictions: null }),
      quote: async () => null,
      stop: () => undefined,
    };
  }

  /** The minute's final frames, as every contract's socket tells them. */
  finals(closeMs: number): void {
    for (const listing of this.#listings) {
      const bar = listing.bars.at(listing.bars.indexAt(closeMs - MINUTE));
      if (bar === undefined) continue;
      listing.entry.push(bar);
      const folded = listing.folder.push(bar);
      if (folded !== null && folded.openMs > (listing.trend.at(-1)?.openMs ?? 0)) listing.trend.push(folded);
      this.#sink({ kind: 'bar', at: epochMs(closeMs), symbol: listing.symbol, timeframe: '1m', bar, final: true });
    }
  }

  marks(closeMs: number): void {
    const marks = this.#listings.flatMap(({ symbol, entry }) => {
      const bar = entry.at(-1);
      if (bar === undefined) return [];
      const nextFundingMs = epochMs((Math.floor(closeMs / EIGHT_HOURS) + 1) * EIGHT_HOURS);
      return [{ symbol, markPrice: bar.close, fundingRate: Number.NaN, nextFundingMs }];
    });
    this.#sink({ kind: 'marks', at: epochMs(closeMs), marks });
  }

  /** The first trade of the next minute. */
  openings(closeMs: number): void {
    for (const { symbol, bars } of this.#listings) {
      const next = bars.at(bars.indexAt(closeMs));
      if (next === undefined) continue;
      const { open } = next;
      const bar: Bar = { ...next, high: open, low: open, close: open, volume: 0, quoteVolume: 0, trades: 0, takerBuyVolume: 0 };
      this.#sink({ kind: 'bar', at: epochMs(closeMs), symbol, timeframe: '1m', bar, final: false });
    }
  }
}

const bracketOf = (row: SharedSeries['contract']['brackets'][number]): LeverageBracket => ({
  maxLeverage: row.initialLeverage,
  notionalFloorUsdt: row.notionalFloor,
  notionalCapUsdt: row.notionalCap,
  maintenanceMarginRate: row.maintMarginRatio,
  cumulativeUsdt: row.cum,
});

export async function paperSide(run: RecordedRun, settings: Settings, day: PaperDay): Promise<PaperSide> {
  const market = new PlayedMarket(run, day.series);
  const paper = await openPaperVenue({
    market: market.venue(day.series),
    marketName: 'parity',
    settings,
    file: new PaperAccountFile(`${day.folder}/paper-account.json`),
    generation: 1,
    logger: day.logger,
    brackets: 'asked',
    marks: 'derived',
  });
  const said = nothingSaid();
  const lines: JournalLine[] = [];
  const write = (line: JournalLine): void => {
    lines.push(line);
    noteLine(said, line);
  };
  const tape = new RunRecorder({ market: market.clock, wall: market.clock, write });
  tape.head({
    version: JOURNAL_VERSION,
    codeVersion: VERSION,
    settings: { ...settings, MODE: 'paper' },
    accountId: paper.accountId,
    startedMs: run.head.startedMs,
    speed: PACED,
    decideWhen: immediatePacer.decideWhen,
    model: 'none',
  });
  const bot = aBot(paper, { run, settings, day, tape });
  await open(bot, paper, { run, tape });
  await play(bot, { market, paper, tape, run, day });
  const { accountId } = paper;
  const identity: RunIdentity = {
    runId: sha256Hex(`${accountId}|${run.head.startedMs}`).slice(0, 12),
    runMode: 'paper',
    configHash: configHash(paperSettings(settings, day)),
    codeVersion: VERSION,
    modelVersion: null,
  };
  return { ...said, accountId, identity, lines };
}

interface Parts {
  readonly run: RecordedRun;
  readonly settings: Settings;
  readonly day: PaperDay;
  readonly tape: RunRecorder;
}

const VERSION = 'parity';
/** Faster than real time: nothing of this machine stands between the recording and a decision. */
const PACED = 1_000;
const paperSettings = (settings: Settings, { folder }: PaperDay): Settings => ({ ...settings, MODE: 'paper', DATA_DIR: folder });

function aBot(paper: PaperVenue, { run, settings, day, tape }: Parts): Bot {
  return assemble(paperSettings(settings, day), VERSION, {
    opened: tape.watching({
      venue: paper.venue,
      pacer: immediatePacer,
      restUrl: '',
      accountId: paper.accountId,
      keyed: true,
      startedMs: run.head.startedMs,
      speed: PACED,
      withdrawRight: 'notApplicable',
      achievedSpeed: async () => null,
      close: async () => undefined,
    }),
    tape,
    candles: noCandles,
    loopLag: { worstMs: () => 0 },
    journal: tape.journal(new MemoryJournal()),
    journalFault: null,
    traceStore: { save: () => undefined, load: () => ({ words: [], minutes: [] }), close: () => undefined },
    featureLog: { append: () => undefined, flush: () => undefined },
    notifier: { publish: () => undefined, flush: async () => undefined },
    logger: day.logger,
    wallClock: tape.wallClock,
    settingsStore: { load: () => new Map(), save: nothingSaved, history: () => [] },
    model: null,
  });
}

const nothingSaved = (): never => {
  throw new Error('nobody changes a setting here');
};

async function open(bot: Bot, { venue }: PaperVenue, { run, tape }: Pick<Parts, 'run' | 'tape'>): Promise<void> {
  const stopping = new AbortController();
  const universe = await bot.data.chooseUniverse();
  for (const instrument of universe.included) bot.strategy.open(instrument);
  await venue.broker.follow((event) => bot.queue.push({ kind: 'account', event }), stopping.signal);
  await bot.data.load(stopping.signal, (history) => {
    bot.strategy.warm(history.symbol, history.before, history.closed);
    tape.loaded(history);
  });
  if (bot.data.runningOpenMs !== run.firstMs) throw new Error('the history does not end where the run began');
}

interface Stage {
  readonly market: PlayedMarket;
  readonly paper: PaperVenue;
  readonly tape: RunRecorder;
  readonly run: RecordedRun;
  readonly day: PaperDay;
}

async function play(bot: Bot, { market, paper, tape, run, day }: Stage): Promise<void> {
  const bars: MarketEvent[] = [];
  const sink = (event: MarketEvent): void => void bars.push(event);
  await paper.venue.feed.follow(bot.data.symbols(), '1m', sink, new AbortController().signal);
  const state = new MemoryJournal().load();
  tape.started(state, new Map());
  bot.execution.start(state);
  let closeMs = run.firstMs;
  const loop = new TradingLoop(
    { ...bot, traces: tape.traces(bot.traces), pacer: immediatePacer, marketClock: market.clock, wallClock: tape.wallClock },
    {
      readyBarMs: epochMs(run.firstMs - MINUTE),
      untilMs: () => Number.POSITIVE_INFINITY,
      // Decided; what was sent meanwhile meets the next minute's first price.
      onMinute: () => market.openings(closeMs),
    },
  );
  tape.looping(run.firstMs - MINUTE);
  const running = loop.run();
  await settled(bot, market.clock);
  for (closeMs += MINUTE; closeMs <= day.toMs; closeMs += MINUTE) {
    market.clock.advanceTo(Math.max(closeMs, market.clock.now()));
    market.finals(closeMs);
    market.marks(closeMs);
    // What the account says of the minute and its marks come before its bars complete it.
    await settled(bot, market.clock);
    const [marks, finals] = [bars.filter(({ kind }) => kind === 'marks'), bars.filter((e) => e.kind === 'bar' && e.final)];
    bars.length = 0;
    for (const event of [...marks, ...finals]) bot.queue.push({ kind: 'market', event });
    await settled(bot, market.clock);
  }
  bot.queue.push({ kind: 'command', command: { kind: 'stop', reason: 'the day is over' }, by: 'parity' });
  await running;
  tape.ended();
}

/** Until every request is answered; a trade that waits for milliseconds gets them. */
async function settled(bot: Bot, clock: EventClock): Promise<void> {
  const untilMs = clock.now() + LONGEST_WAIT_MS;
  for (;;) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (bot.queue.length > 0) continue;
    if (bot.execution.idle() && bot.data.idle()) return;
    const due = clock.nextDueMs();
    if (due > untilMs) return;
    clock.advanceTo(due);
  }
}
