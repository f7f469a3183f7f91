// App: one session of the bot from opened venue to handover. Ctrl-C and SIGTERM end it in good order; a second one at once.
import { BootLoop } from '../../services/boot-loop.ts';
import type { Universe } from '../../services/data/universe.ts';
import type { Handover } from '../../services/execution/views.ts';
import { TradingLoop } from '../../services/trading-loop.ts';
import { FEATURE_COLUMNS } from '../../strategy/feature-schema.ts';
import type { Notice } from '../core/notice.ts';
import { timeframeMs } from '../core/timeframe.ts';
import { trainingSchemas } from '../core/training-rows.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import { assemble, type Bot } from './assemble.ts';
import { entryConfirmFault, type Settings } from './config.ts';
import { type OpenChat, openChat } from './discord-wiring.ts';
import { EarlyCandles } from './early-candles.ts';
import { stayAwayWhileHeld } from './hold-file.ts';
import { beginLife, type Life } from './life.ts';
import { watchLoopLag } from './loop-lag.ts';
import { catchUp } from './missed-bars.ts';
import { MODEL_LOOK_MS, watchModel } from './model-watch.ts';
import { NoticeFan } from './notice-fan.ts';
import { packageVersion } from './package-version.ts';
import type { Probe } from './probe.ts';
import { type RunRecord, recordRun } from './replay/record-run.ts';
import type { RunRecorder } from './replay/run-recorder.ts';
import { tapedModel } from './replay/run-tape.ts';
import { onSignals, type Signals } from './signals.ts';
import { openStorage, type Storage, setAside } from './storage.ts';
import { duration } from './terminal/format.ts';
import { handoverLines, type RestingPlace } from './terminal/handover.ts';
import { JsonLines } from './terminal/json-lines.ts';
import { Screen } from './terminal/screen.ts';
import { type Text, textIn } from './text/catalogue.ts';
import type { OpenedVenue, VenueTools } from './venue.ts';

export interface Asked {
  readonly forMs: number | null;
  readonly start: 'resume' | 'fresh';
  /** `allowed`: a person at the terminal takes responsibility for what is latched. */
  readonly entries: 'asLatched' | 'allowed';
  readonly output: 'json' | 'text';
  /** Whoever watches the run from outside; null for nearly everybody. */
  readonly probe: Probe | null;
  /** Where the run is recorded for `perpscout replay`; null = nowhere. */
  readonly record: string | null;
}

/** Wall heartbeat of the loop, and how often finished rows are pushed to disk. */
const TICK_MS = 250;
const ROW_SYNC_MS = 60_000;
/** A slice of retention is at most 20 ms. */
const TIDY_MS = 10_000;
const KEEP_ALIVE_MS = 3_600_000;

export async function runSession(
  settings: Settings,
  asked: Asked,
  tools: VenueTools,
  open: () => Promise<OpenedVenue>,
): Promise<number> {
  const text = textIn(settings.APP_LANG);
  const screen = new Screen(asked.output === 'json' ? process.stderr : process.stdout, text, () => tools.wallClock.now());
  const notifier = new NoticeFan(asked.output === 'json' ? new JsonLines(process.stdout) : screen, tools.logger);
  const begunMs = tools.wallClock.now();
  screen.progress(text('load.exchange'), 0, 1);
  const opened = await open();
  let record: RunRecord | null = null;
  let how: 'ended' | 'broken' = 'broken';
  try {
    if (asked.start === 'fresh') setAside(settings);
    if (asked.record !== null) record = recordRun(asked.record, { settings, opened, ...tools });
    const tape = record?.recorder ?? null;
    const watched = tape?.watching(opened) ?? opened;
    const code = await live({ settings, asked, tools, text, screen, notifier, opened: watched, tape, begunMs });
    how = 'ended';
    return code;
  } finally {
    await record?.close(how);
    await opened.close();
  }
}

interface Session {
  readonly settings: Settings;
  readonly asked: Asked;
  readonly tools: VenueTools;
  readonly text: Text;
  readonly screen: Screen;
  readonly notifier: NoticeFan;
  readonly opened: OpenedVenue;
  readonly tape: RunRecorder | null;
  readonly begunMs: number;
}

async function live(session: Session): Promise<number> {
  const { settings, opened } = session;
  const { logger, wallClock } = session.tools;
  const schemas = trainingSchemas(FEATURE_COLUMNS);
  const all = [schemas.signals, schemas.outcomes, schemas.executions];
  const storage = openStorage({ settings, accountId: opened.accountId, schemas: all, logger, now: () => wallClock.now() });
  try {
    return await housed(session, storage);
  } finally {
    await storage.close();
  }
}

/** Builds the rooms, and takes them down again whatever happened in them. */
async function housed(session: Session, storage: Storage): Promise<number> {
  const { settings, asked, tools, opened, tape } = session;
  const { logger, wallClock } = tools;
  const talk: { chat: OpenChat | null } = { chat: null };
  const loopLag = watchLoopLag();
  const model = watchModel(settings, { logger, notifier: session.notifier, now: () => opened.venue.clock.now() });
  const bot = assemble(settings, packageVersion(), {
    opened,
    tape,
    loopLag,
    journal: tape?.journal(storage.journal) ?? storage.journal,
    journalFault: storage.fault,
    traceStore: storage.traceStore,
    settingsStore: storage.people.settings,
    onFinding: (body) => storage.note({ source: 'candles', at: opened.venue.clock.now(), heardMs: wallClock.epoch(), body }),
    featureLog: storage.featureLog,
    notifier: session.notifier,
    logger,
    wallClock,
    model: model === null || tape === null ? model : tapedModel(model, tape),
    confirmFault: (when) => entryConfirmFault(settings) ?? (when === 'now' ? (talk.chat?.fault() ?? null) : null),
  });
  // Before the start is on record: a Ctrl-C during it is an end in good order.
  const signals = onSignals(bot, () => life.end('left'));
  const life = beginLife(storage.journal, tools, asked.entries);
  const stopping = new AbortController();
  const timers = [
    wallClock.every(TICK_MS, () => bot.queue.push({ kind: 'tick', wallMs: wallClock.now() })),
    wallClock.every(MODEL_LOOK_MS, () => model?.refresh()),
    wallClock.every(ROW_SYNC_MS, () => storage.keepUp()),
    wallClock.every(TIDY_MS, () => storage.tidy({ marketMs: opened.venue.clock.now(), wallMs: wallClock.epoch() })),
  ];
  // Our timers do not keep a process alive and sockets come and go: while the venue is away this alone does.
  const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
  try {
    return await life.during(async () => {
      talk.chat = await openChat({
        ...tools,
        settings,
        version: packageVersion(),
        bot,
        opened,
        store: storage.people,
        history: storage.history,
        notifier: session.notifier,
      });
      if (talk.chat !== null) session.notifier.add(talk.chat.house.herald);
      return await lead(session, { bot, storage, chat: talk.chat, model, life }, { signals, stopping: stopping.signal });
    });
  } finally {
    signals.release();
    loopLag.stop();
    stopping.abort();
    for (const cancel of timers) cancel();
    await talk.chat?.close();
    clearInterval(alive);
  }
}

interface Rooms {
  readonly bot: Bot;
  readonly storage: Storage;
  readonly chat: OpenChat | null;
  readonly model: ReturnType<typeof watchModel>;
  readonly life: Life;
}

/** From the first word with the venue to the handover. */
async function lead(
  session: Session,
  { bot, storage, chat, model, life }: Rooms,
  { signals, stopping }: { readonly signals: Signals; readonly stopping: AbortSignal },
): Promise<number> {
  const { settings, asked, opened, tape, tools } = session;
  const givenUp = (error: unknown): void => tools.logger.debug({ error }, 'what was still loading was given up');
  const opening = openAccount(session, { bot, storage }, stopping);
  const universe = await Promise.race([opening, signals.asked]);
  if (universe === 'interrupted') {
    opening.catch(givenUp);
    return stoppedLoading(session, null);
  }
  if (storage.fault !== null) session.notifier.publish(safeModeNotice(storage.fault, opened.venue.clock.now()));
  model?.open();
  if (life.alarm !== null) session.notifier.publish({ event: 'alarm', at: opened.venue.clock.now(), ...life.alarm });
  const { state } = life;
  bot.strategy.recall(state.lastSignals, timeframeMs(settings.ENTRY_TF));
  const takeUp = (): void => {
    tape?.started(state, storage.people.settings.load());
    bot.execution.start(state);
    // What `/resume` is on Discord, for those who have none.
    if (asked.entries === 'allowed') bot.queue.push({ kind: 'command', command: { kind: 'resume' }, by: 'terminal' });
  };
  // A position that lost its process must not wait for candles of the whole market. With none, the start's weight is theirs.
  const waiting = state.intents.length > 0 || storage.fault !== null;
  if (waiting) takeUp();
  const boot = new BootLoop(bot);
  const early = new EarlyCandles(bot.queue);
  const loading = loadMarket(session, { bot, universe, early }, stopping).then(() => {
    if (!waiting) takeUp();
    return catchUp(session, bot, state);
  });
  const begun = Promise.race([loading, signals.asked]);
  if (waiting) await boot.run(begun);
  if ((await begun) === 'interrupted') {
    loading.catch(givenUp);
    if (waiting) await boot.settle();
    return stoppedLoading(session, waiting ? bot.execution.handover() : null);
  }
  early.release();
  return await follow(session, bot, chat);
}

const placeOf = ({ MODE }: Settings): RestingPlace => (MODE === 'paper' ? 'paper' : 'exchange');

const safeModeNotice = (fault: string, at: EpochMs): Notice => ({
  event: 'alarm',
  at,
  severity: 'critical',
  code: 'safeMode',
  text: `safe mode: ${fault} Nothing new is opened; positions found on the venue are protected.`,
});

/** Ctrl-C before the first minute: what rests on the venue is told where the account was known already. */
function stoppedLoading({ settings, opened, screen, text, notifier }: Session, handover: Handover | null): number {
  screen.settle();
  screen.line(text('stopped.loading'));
  if (handover !== null) for (const line of handoverLines(handover, text, placeOf(settings))) screen.line(line);
  notifier.publish({ event: 'stopped', at: opened.venue.clock.now(), handover });
  return 0;
}

/** The contracts and the account: all that is needed to look after positions. */
async function openAccount(
  { opened, tools }: Session,
  { bot, storage }: { readonly bot: Bot; readonly storage: Storage },
  signal: AbortSignal,
): Promise<Universe> {
  const { venue, pacer } = opened;
  await pacer.attach();
  await venue.sync();
  stayAwayWhileHeld(opened.restUrl, venue);
  const universe = await bot.data.chooseUniverse();
  for (const instrument of universe.included) bot.strategy.open(instrument);
  await venue.broker.follow((event) => {
    storage.note({ at: event.at, heardMs: tools.wallClock.epoch(), body: event });
    bot.queue.push({ kind: 'account', event });
  }, signal);
  return universe;
}

/** Streams first, then pages, so that no minute is missed between the two. */
async function loadMarket(
  { settings, asked, opened, tape, text, screen, tools, notifier, begunMs }: Session,
  { bot, universe, early }: { readonly bot: Bot; readonly universe: Universe; readonly early: EarlyCandles },
  signal: AbortSignal,
): Promise<void> {
  const { venue } = opened;
  const symbols = bot.data.symbols();
  const following = venue.feed.follow(symbols, settings.ENTRY_TF, (event) => early.hear(event), signal);
  const { warm } = await bot.data.load(signal, ({ symbol, part, before, closed }, { loaded, total }) => {
    const instrument = bot.data.instrument(symbol);
    if (part === 'again' && instrument !== undefined) bot.strategy.open(instrument);
    bot.strategy.warm(symbol, before, closed);
    asked.probe?.warmed(symbol, before, closed);
    tape?.loaded({ symbol, part, before, closed });
    screen.progress(text('load.market'), loaded, total);
  });
  following.catch((error: unknown) => tools.logger.error({ error }, 'the market streams could not be opened'));
  const coldStartMs = Math.round(tools.wallClock.now() - begunMs);
  const weightUsed = venue.feed.weightUsed();
  screen.settle();
  const seconds = (coldStartMs / 1000).toFixed(1);
  const fromKept = warm === 0 ? '' : text('load.fromKept', { count: warm });
  screen.line(text('load.ready', { symbols: symbols.length, warm: fromKept, seconds, weight: weightUsed }));
  notifier.publish({
    event: 'ready',
    at: venue.clock.now(),
    mode: settings.MODE,
    symbols: symbols.length,
    restUrl: opened.restUrl,
    weightUsed,
    coldStartMs,
    warmSymbols: warm,
    leftOut: Object.fromEntries(universe.leftOut),
  });
}

async function follow(session: Session, bot: Bot, chat: OpenChat | null): Promise<number> {
  const { settings, asked, tools, opened, tape, text, screen, notifier } = session;
  const { venue, pacer } = opened;
  const startMs = venue.clock.now();
  const readyBarMs = epochMs(bot.data.runningOpenMs - timeframeMs(settings.ENTRY_TF));
  tape?.looping(readyBarMs);
  const traces = tape?.traces(bot.traces) ?? bot.traces;
  const loop = new TradingLoop(
    { ...bot, traces, pacer, marketClock: venue.clock, wallClock: tools.wallClock },
    {
      readyBarMs,
      onFed: (closed) => asked.probe?.fed(closed),
      untilMs: () => (asked.forMs === null ? Number.POSITIVE_INFINITY : startMs + asked.forMs),
      onMinute: (overview) => {
        // The account's first full read belongs to the start: until a minute was decided it may use the start's share of weight.
        venue.setPhase('running');
        screen.minute(overview);
        chat?.house.onMinute(overview);
      },
    },
  );
  await loop.run();
  await bot.data.keepCandles();
  const handover = bot.execution.handover();
  const speed = await opened.achievedSpeed();
  const market = duration(venue.clock.now() - startMs);
  notifier.publish({ event: 'stopping', at: venue.clock.now() });
  screen.settle();
  for (const line of handoverLines(handover, text, placeOf(settings))) screen.line(line);
  screen.line(text('stopped.summary', { market, speed: speed === null ? '1' : speed.toFixed(0) }));
  notifier.publish({
    event: 'stopped',
    at: venue.clock.now(),
    handover,
    marketMs: venue.clock.now() - startMs,
    achievedSpeed: speed,
  });
  await notifier.flush();
  return 0;
}
