// App, `perpscout scan`: loads the market at one instant, prints what the strategies say, and leaves nothing behind.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataService } from '../../../services/data-service.ts';
import { Dispatcher } from '../../../services/dispatcher.ts';
import { EventQueue } from '../../../services/event-queue.ts';
import { StrategyEngine } from '../../../services/strategy-engine.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import type { Signal } from '../../core/signal.ts';
import { barOpen, timeframeMs } from '../../core/timeframe.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings, type Settings } from '../config.ts';
import { measuredRates } from '../data-files.ts';
import { quietLogger } from '../log.ts';
import { marketArgs, marketChoice } from '../market-options.ts';
import { chosenStrategies, dataSettings, strategySettings } from '../strategy-settings.ts';
import { instant } from '../terminal/format.ts';
import { Screen } from '../terminal/screen.ts';
import { textIn } from '../text/catalogue.ts';
import { joinSim, type OpenedVenue, spawnSim, type VenueTools } from '../venue.ts';
import { burstsOf, rankByMinute, scanRecord, scanTables } from './scan-report.ts';

/** Entry bars loaded before a span that is looked back on, so that its first minute is as warm as its last. */
const WARM_ENTRY_BARS = 499;

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const choice = marketChoice(args);
  const top = args.integer('top', 1, 1000) ?? 20;
  const lookbackMs = args.durationMs('lookback') ?? 0;
  const url = args.text('exchange');
  const tools = { wallClock: systemClock, logger: quietLogger(settings) };
  // A look must not touch the bot's own exchange: this one lives in a folder of its own and goes with it.
  const folder = mkdtempSync(join(tmpdir(), 'perpscout-scan-'));
  const words = [...marketArgs(choice), '--speed', '60', '--fresh'];
  let opened: OpenedVenue | null = null;
  try {
    opened =
      url === null
        ? await spawnSim(words, { ...process.env, DATA_DIR: folder }, tools)
        : await joinSim(url, url.replace(/^http/, 'ws'), tools, null);
    if (url === null) await opened.pacer.attach();
    await look(opened, settings, { top, lookbackMs, json: args.has('json') }, tools);
    return 0;
  } finally {
    await opened?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Look {
  readonly top: number;
  readonly lookbackMs: number;
  readonly json: boolean;
}

async function look(opened: OpenedVenue, settings: Settings, asked: Look, tools: VenueTools): Promise<void> {
  const { venue } = opened;
  const text = textIn(settings.APP_LANG);
  const screen = new Screen(process.stderr, text, () => tools.wallClock.now());
  await venue.sync();
  const entryMs = timeframeMs(settings.ENTRY_TF);
  const entryBars = asked.lookbackMs === 0 ? {} : { entryBars: WARM_ENTRY_BARS + Math.ceil(asked.lookbackMs / entryMs) };
  const data = new DataService(
    { ...dataSettings(settings), ...entryBars },
    { feed: venue.feed, marketClock: venue.clock, ...tools, dispatcher: new Dispatcher(new EventQueue(), tools.logger) },
  );
  const engine = new StrategyEngine(chosenStrategies(settings), strategySettings(settings), data);
  const universe = await data.chooseUniverse();
  for (const instrument of universe.included) engine.open(instrument);

  const now = barOpen(venue.clock.now(), settings.ENTRY_TF);
  const fromMs = now - Math.max(asked.lookbackMs, entryMs);
  const signals: Signal[] = [];
  await data.load(new AbortController().signal, ({ symbol, before, closed }, { loaded, total }) => {
    const said = engine.warm(symbol, before, closed);
    signals.push(...said.filter((e): e is Signal => e.emitted && e.barCloseMs > fromMs));
    screen.progress(text('load.market'), loaded, total);
  });
  screen.settle();
  const ranked = rankByMinute(signals);
  const setups = engine
    .bestSetups(asked.top)
    .filter((e) => !e.emitted)
    .map((evaluation) => ({ evaluation, rank: null }));
  const shown = asked.lookbackMs === 0 ? ranked.slice(0, asked.top) : ranked;
  const measured = measuredRates(settings);
  if (asked.json) {
    const summary = {
      event: 'scan',
      at: now,
      bar: now - entryMs,
      from: fromMs,
      symbols: universe.included.length,
      signals: ranked.length,
      setups: setups.length,
    };
    const bursts = burstsOf(ranked, settings.CLUSTER_MINUTES);
    const found = [...shown, ...setups].map((one) => scanRecord(one, measured, bursts.get(one.evaluation)));
    const records = [...found, summary];
    process.stdout.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    return;
  }
  const title = text('scan.title', { time: instant(now), symbols: universe.included.length });
  process.stdout.write(
    `${[title, '', ...scanTables({ signals: shown, setups, clusterMinutes: settings.CLUSTER_MINUTES }, measured, text)].join('\n')}\n`,
  );
}
