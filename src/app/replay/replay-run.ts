// App, replay: a recorded run through the core again. The rooms are put together as for a run; the loop, the services, the
// strategy, risk and book are the same objects, and what they say is held against what they said then.
import { BootLoop } from '../../../services/boot-loop.ts';
import { TradingLoop } from '../../../services/trading-loop.ts';
import type { JournalState } from '../../core/journal.ts';
import { timeframeMs } from '../../core/timeframe.ts';
import { epochMs, InvariantError } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { SettingsStore } from '../../ports/settings-store.ts';
import { assemble, type Bot } from '../assemble.ts';
import { loadSettings, type Settings } from '../config.ts';
import { packageVersion } from '../package-version.ts';
import type { Difference } from './first-difference.ts';
import { type At, type EventLine, isEventLine, JOURNAL_VERSION, type JournalHead, type SaidLine } from './journal-lines.ts';
import { JournalReader, type JournalStep } from './journal-reader.ts';
import { noCandles, RecordedMarket } from './recorded-market.ts';
import { PartedError, RunPlayer } from './run-player.ts';
import { gatesLine, tapedModel } from './run-tape.ts';

export interface ReplayOptions {
  readonly path: string;
  /** Market instant behind which nothing is played; null = all of it. */
  readonly atMs: number | null;
  readonly logger: Logger;
  readonly onMinute: (marketMs: number) => void;
}

export interface ReplayReport {
  readonly result: 'identical' | 'different';
  readonly difference: Difference | null;
  readonly head: JournalHead;
  /** Whether the record was closed in good order or cut by a kill. */
  readonly record: 'whole' | 'cut';
  readonly codeVersion: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly counts: RunPlayer['counts'];
  /** What the loop said to the last event that was played. */
  readonly lastSaid: readonly SaidLine[];
}

export async function replayRun(options: ReplayOptions): Promise<ReplayReport> {
  const reader = new JournalReader(options.path);
  const head = headOf(await reader.next(), options.path);
  const settings = settingsOf(head);
  const span = { fromMs: Number.NaN, toMs: Number.NaN };
  const onEvent = (line: EventLine): 'go' | 'stop' => {
    if (line[0] !== 'settled') return 'go';
    const closeMs = line[2] + timeframeMs(settings.ENTRY_TF);
    if (options.atMs !== null && closeMs > options.atMs) return 'stop';
    if (Number.isNaN(span.fromMs)) span.fromMs = closeMs;
    span.toMs = closeMs;
    options.onMinute(closeMs);
    return 'go';
  };
  const player = new RunPlayer({ reader, timeframe: settings.ENTRY_TF, epochOffsetMs: head.epochOffsetMs, onEvent });
  const difference = await play({ reader, player, head, settings, logger: options.logger });
  return {
    result: difference === null ? 'identical' : 'different',
    difference,
    head,
    record: reader.state === 'cut' ? 'cut' : 'whole',
    codeVersion: packageVersion(),
    ...span,
    counts: player.counts,
    lastSaid: player.lastSaid,
  };
}

function headOf(step: JournalStep | null, path: string): JournalHead {
  const line = step?.line ?? null;
  if (line?.[0] !== 'head') throw new StartError(2, `${path} is no run journal`);
  if (line[1].version !== JOURNAL_VERSION)
    throw new StartError(2, `${path} is a run journal of version ${line[1].version}; this release reads ${JOURNAL_VERSION}`);
  return line[1];
}

/** The run's own settings; secrets and folders were never written, and nothing here needs them. */
function settingsOf(head: JournalHead): Settings {
  return { ...loadSettings({}, ''), ...head.settings };
}

interface Stage {
  readonly reader: JournalReader;
  readonly player: RunPlayer;
  readonly head: JournalHead;
  readonly settings: Settings;
  readonly logger: Logger;
}

async function play(stage: Stage): Promise<Difference | null> {
  try {
    await open(stage);
    stage.player.finish();
    return null;
  } catch (error) {
    if (error instanceof PartedError) return error.difference;
    if (error instanceof InvariantError) {
      const minute = new Date(stage.player.marketClock.now()).toISOString();
      return { minute, symbol: '', field: 'the core stopped', recorded: 'it went on', replayed: error.message };
    }
    throw error;
  }
}

/** The opening lines in their order, then the loop. A record that was cut before the loop began has said all it can. */
async function open(stage: Stage): Promise<void> {
  const { reader, player, head, settings } = stage;
  const market = new RecordedMarket();
  let universe: At = [head.startedMs, 0];
  let bot: Bot | null = null;
  let candles: 'recorded' | 'fed' = 'recorded';
  for (let step = await reader.next(); step?.line != null; step = await reader.next()) {
    const { line } = step;
    switch (line[0]) {
      case 'universe':
        universe = line[1];
        market.instruments = line[2];
        continue;
      case 'loaded':
        market.hear(line);
        continue;
      case 'start': {
        player.begin(unsaid(step), universe);
        bot = await assembled(stage, market, { state: line[2], overrides: line[3] });
        player.begin(step, line[1]);
        bot.strategy.recall(line[2].lastSignals, timeframeMs(settings.ENTRY_TF));
        bot.execution.start(line[2]);
        continue;
      }
      case 'missed':
      case 'loop': {
        if (bot === null) return;
        player.begin(unsaid(step), universe);
        // By the time of either line every candle has been heard.
        if (candles === 'recorded') await warm(bot);
        candles = 'fed';
        player.begin(step, line[1]);
        if (line[0] === 'loop') return follow(stage, bot, line[2]);
        bot.execution.onBars(line[2]);
        continue;
      }
      default:
        if (bot === null || !isEventLine(line))
          throw new StartError(2, `the run journal says "${line[0]}" before its loop began (line ${reader.count})`);
        // Positions are looked after while the market loads.
        if ((await player.hear(step, line)) === 'closed') return;
        new BootLoop(bot).takeAll();
    }
  }
}

/** Putting the rooms together says nothing that was recorded. */
const unsaid = (step: JournalStep): JournalStep => ({ ...step, said: [], facts: [] });

interface Past {
  readonly state: JournalState;
  readonly overrides: ReadonlyMap<string, string>;
}

async function assembled({ player, head, settings, logger }: Stage, market: RecordedMarket, past: Past): Promise<Bot> {
  const journal = { commit: () => undefined, load: () => past.state, close: () => undefined };
  const bot = assemble(settings, head.codeVersion, {
    opened: {
      venue: market.venue(player.marketClock, settings.ENTRY_TF),
      pacer: { ...silentPacer, decideWhen: head.decideWhen },
      restUrl: '',
      accountId: head.accountId,
      keyed: false,
      startedMs: head.startedMs,
      speed: head.speed,
      withdrawRight: 'notApplicable',
      achievedSpeed: async () => null,
      close: async () => undefined,
    },
    tape: player,
    candles: noCandles,
    loopLag: { worstMs: () => 0 },
    journal: player.journal(journal),
    journalFault: null,
    traceStore: { save: () => undefined, load: () => ({ words: [], minutes: [] }), close: () => undefined },
    featureLog: { append: () => undefined, flush: () => undefined },
    notifier: { publish: () => undefined, flush: async () => undefined },
    logger,
    wallClock: player.wallClock,
    settingsStore: rememberedSettings(past.overrides),
    model: head.model === 'none' ? null : tapedModel({ current: () => null }, player),
    confirmFault: () => null,
  });
  const universe = await bot.data.chooseUniverse();
  for (const instrument of universe.included) bot.strategy.open(instrument);
  return bot;
}

const warm = (bot: Bot): Promise<unknown> =>
  bot.data.load(new AbortController().signal, ({ symbol, before, closed }) => {
    bot.strategy.warm(symbol, before, closed);
  });

async function follow({ player, head, logger }: Stage, bot: Bot, readyBarMs: number): Promise<void> {
  const loop = new TradingLoop(
    {
      ...bot,
      traces: { onMinute: (minute) => player.say(gatesLine(minute)) },
      pacer: { ...silentPacer, decideWhen: head.decideWhen },
      marketClock: player.marketClock,
      wallClock: player.wallClock,
    },
    { readyBarMs: epochMs(readyBarMs), untilMs: () => Number.POSITIVE_INFINITY, onMinute: () => undefined },
  );
  await loop.run();
  logger.debug({ ...player.counts }, 'the record has been played');
}

/** What a pacer said is in the record. */
const silentPacer = { attach: async () => undefined, settle: () => undefined, acknowledge: () => undefined };

function rememberedSettings(overrides: ReadonlyMap<string, string>): SettingsStore {
  const held = new Map(overrides);
  return {
    load: () => new Map(held),
    save: ({ name, value, by, at }) => {
      const before = held.get(name) ?? null;
      if (value === null) held.delete(name);
      else held.set(name, value);
      return { name, before, after: value, by, at };
    },
    history: () => [],
  };
}
