// App, `perpscout bench`: the figures of the performance goals, each measured here and now and held against its target. One JSON
// object a figure on stdout and the table for people on stderr; on a terminal, unless --json is asked for, the table alone.
import { StartError } from '../../ports/errors.ts';
import { backtestFigures } from '../bench/backtest-speed.ts';
import { BENCH_SYMBOLS, BenchMarket } from '../bench/bench-market.ts';
import { candleStoreFigures } from '../bench/candle-store.ts';
import { closeToRankFigures } from '../bench/close-to-rank.ts';
import { detectorFigures, indicatorFigures } from '../bench/detectors.ts';
import type { Figure } from '../bench/figure.ts';
import { frameFigures } from '../bench/frame-decode.ts';
import { memoryFigures } from '../bench/live-memory.ts';
import { MarketRun } from '../bench/market-run.ts';
import { minuteCloseFigures } from '../bench/minute-close.ts';
import { modelFigures } from '../bench/model-score.ts';
import { startFigures } from '../bench/start-figures.ts';
import { simulationFigures } from '../bench/start-simulation.ts';
import { traceFigures } from '../bench/trace-memory.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { marketChoice, openSource } from '../market-options.ts';
import { table } from '../terminal/table.ts';
import { type Text, textIn } from '../text/catalogue.ts';

interface Group {
  /** Figures that one measurement yields. */
  readonly names: readonly string[];
  measure(stage: Stage): readonly Figure[] | Promise<readonly Figure[]>;
}

/** Two minutes; the goal speaks of 300. */
const DEFAULT_BURSTS = 60;
const STARTS = ['coldStartWeight', 'coldStartTimeVsBound', 'warmRestartWeight', 'warmRestartTimeVsCold'];

// Small things first: what runs later finds a larger heap and more compiled code, as in a running bot.
const GROUPS: readonly Group[] = [
  { names: ['candleStoreVsObjects'], measure: candleStoreFigures },
  { names: ['modelScore100.p50Ms'], measure: modelFigures },
  { names: ['indicatorsVsTechnicalindicators'], measure: (stage) => indicatorFigures(stage.market) },
  {
    names: ['detectorsAndIndicatorsUsPerBar', 'stateKbPerSymbolTimeframe.mean', 'stateKbPerSymbolTimeframe.worst'],
    measure: (stage) => detectorFigures(stage.market),
  },
  {
    names: ['backtestBarsPerSecond', 'backtestTwoThreadsVsOne', 'backtestBytesPerBar'],
    measure: (stage) => backtestFigures(stage.market),
  },
  {
    names: ['minuteClose648.p50Ms', 'minuteClose648.p99Ms', 'minuteCloseVsRecompute'],
    measure: async (stage) => minuteCloseFigures(await stage.run(), stage.market),
  },
  { names: ['traces648x240Mb'], measure: async (stage) => traceFigures(await stage.run()) },
  {
    names: ['frameDecodeShareOfCore', 'frameLoopDelay.p99Ms'],
    measure: async (stage) => frameFigures(await stage.run(), stage.market),
  },
  { names: ['simulatedStarts429'], measure: simulationFigures },
  { names: STARTS, measure: startFigures },
  { names: ['rss648.collectedMb', 'rss648.peakMb'], measure: () => memoryFigures(BENCH_SYMBOLS, loadSettings(process.env)) },
  {
    names: ['closeToRank.p50Ms', 'closeToRank.p99Ms', 'closeToRank.burstsWithoutScan'],
    measure: ({ bursts }) => closeToRankFigures({ bursts, symbols: BENCH_SYMBOLS, onBurst: progressOf(bursts) }),
  },
];

/** The market and the warmed rooms, made once for all figures that need them. */
class Stage {
  readonly market: BenchMarket;
  /** Minutes that are closed before somebody's eyes. */
  readonly bursts: number;
  #run: Promise<MarketRun> | null = null;

  constructor(market: BenchMarket, bursts: number) {
    this.market = market;
    this.bursts = bursts;
  }

  run(): Promise<MarketRun> {
    this.#run ??= MarketRun.open(this.market);
    return this.#run;
  }
}

export async function run(args: ParsedArgs): Promise<number> {
  const text = textIn(loadSettings(process.env).APP_LANG);
  const only = args.text('only') ?? '';
  const wanted = (name: string): boolean => name.startsWith(only);
  const groups = GROUPS.filter((group) => group.names.some(wanted));
  if (groups.length === 0) {
    const names = GROUPS.flatMap((group) => group.names).join(' | ');
    throw new StartError(2, `perpscout bench: --only is "${only}"; allowed: the beginning of ${names}`);
  }
  const lines = args.has('json') || process.stdout.isTTY !== true;
  const stage = new Stage(new BenchMarket(openSource(marketChoice(args))), args.integer('bursts', 1, 10_000) ?? DEFAULT_BURSTS);
  const figures: Figure[] = [];
  for (const group of groups) {
    if (process.stderr.isTTY === true) process.stderr.write(`${group.names.filter(wanted).join(', ')} …\n`);
    const measured = (await group.measure(stage)).filter((figure) => wanted(figure.name));
    figures.push(...measured);
    if (lines) for (const figure of measured) process.stdout.write(`${JSON.stringify(figure)}\n`);
  }
  const out = lines ? process.stderr : process.stdout;
  out.write(`${figureTable(figures, text).join('\n')}\n`);
  return 0;
}

/** On a terminal, how far the ten minutes of bursts have come. */
const progressOf =
  (of: number) =>
  (done: number): void => {
    if (process.stderr.isTTY === true) process.stderr.write(`\r${done}/${of}${done >= of ? '\n' : ''}`);
  };

const figureTable = (figures: readonly Figure[], text: Text): string[] =>
  table(
    [
      { title: text('column.figure'), align: 'left', maxWidth: 40 },
      { title: text('column.value'), align: 'right', maxWidth: 12 },
      { title: '', align: 'left', maxWidth: 18 },
      { title: text('column.goal'), align: 'left', maxWidth: 14 },
      { title: text('column.met'), align: 'left', maxWidth: 6 },
    ],
    figures.map(({ name, value, unit, target, ok }) => [name, String(value), unit, target, ok ? '✓' : '✗']),
  );
