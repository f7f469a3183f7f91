// App, `perpscout backtest`: the shipped strategy, guards, sizes and orders over a folder of history; report.json, report.html,
// trades.csv and decisions.ndjson in a folder. The bytes do not depend on how many threads helped.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock/system.ts';
import { klineFiles } from '../../emulator/market/recorded-source.ts';
import { StartError } from '../../ports/errors.ts';
import { configHash } from '../assemble.ts';
import { type BacktestRequest, type BacktestRun, type BacktestStage, runBacktest } from '../backtest/backtest.ts';
import { decisionLines } from '../backtest/decision-lines.ts';
import { type ReportFigures, reportFigures } from '../backtest/figures.ts';
import { NO_FUNDING, readFunding } from '../backtest/funding.ts';
import { klineFolder, refusingBadData } from '../backtest/kline-folder.ts';
import { symbolOf } from '../backtest/load-series.ts';
import { reportHtml } from '../backtest/report/report-html.ts';
import { ThreadPool } from '../backtest/thread-pool.ts';
import { tradeRows, tradesCsv } from '../backtest/trade-rows.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings, type Settings } from '../config.ts';
import { quietLogger } from '../log.ts';
import { packageVersion } from '../package-version.ts';
import { managementSettings, riskSettings, strategySettings } from '../strategy-settings.ts';
import { instant, signed } from '../terminal/format.ts';
import { Screen } from '../terminal/screen.ts';
import { type Text, textIn } from '../text/catalogue.ts';

/** Tried in the design of the strategy's rules (the count of the reference study), and some for comparison. */
const VARIANTS = [1, 10, 100, 493] as const;
const MOST_WORKERS = 64;

export async function run(args: ParsedArgs): Promise<number> {
  const [data, out] = [folderOf(args), args.text('out')];
  if (out === null) throw new StartError(2, 'perpscout backtest: --out is missing; it names a folder to write to');
  const settings = withPair(loadSettings(process.env), args);
  const text = textIn(settings.APP_LANG);
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const done = await refusingBadData(async () => {
    const request = requestOf(args, { data, settings }, progressOn(screen, text));
    return runBacktest(request, new ThreadPool(request.workers));
  });
  screen.settle();
  const asked = args.integer('variants', 1, 1_000_000);
  const variants = asked === null ? VARIANTS : [...new Set([...VARIANTS, asked])].sort((a, b) => a - b);
  const figures = reportFigures(done, variants);
  const files = write(out, done, figures, data);
  if (args.has('json')) process.stdout.write(`${JSON.stringify(figures)}\n`);
  else for (const line of summary(figures, { out, files }, text)) process.stdout.write(`${line}\n`);
  return 0;
}

function folderOf(args: ParsedArgs): string {
  const data = args.text('data');
  if (data === null)
    throw new StartError(2, 'perpscout backtest: --data is missing; it names a folder of <SYMBOL>.csv[.gz] klines');
  return klineFolder(data, 'perpscout backtest: --data');
}

function withPair(settings: Settings, args: ParsedArgs): Settings {
  const pair = args.pair('pair');
  return pair === null ? settings : { ...settings, TREND_TF: pair.trend, ENTRY_TF: pair.entry };
}

function filesOf(data: string, args: ParsedArgs): string[] {
  const all = klineFiles(data);
  const wanted = args
    .text('symbols')
    ?.split(',')
    .map((name) => name.trim());
  if (wanted === undefined) return all.map((name) => join(data, name));
  const known = new Map(all.map((name) => [symbolOf(name), name]));
  const missing = wanted.find((symbol) => !known.has(symbol));
  if (missing !== undefined)
    throw new StartError(2, `perpscout backtest: --symbols names "${missing}"; ${data} holds ${[...known.keys()].join(' ')}`);
  return [...new Set(wanted)].sort().map((symbol) => join(data, known.get(symbol) ?? ''));
}

function requestOf(
  args: ParsedArgs,
  { data, settings }: { readonly data: string; readonly settings: Settings },
  onProgress: BacktestRequest['onProgress'],
): BacktestRequest {
  const files = filesOf(data, args);
  const funding = args.text('funding');
  const [fromMs, toMs] = [args.instant('from'), args.instant('to')];
  if (fromMs !== null && toMs !== null && fromMs >= toMs)
    throw new StartError(2, `perpscout backtest: --from ${instant(fromMs)} is not before --to ${instant(toMs)}`);
  const workers = args.integer('workers', 1, MOST_WORKERS) ?? Math.min(availableParallelism(), files.length);
  return {
    files,
    workers,
    strategies: settings.STRATEGIES,
    strategy: strategySettings(settings),
    risk: riskSettings(settings),
    management: managementSettings(settings),
    run: { runMode: 'backtest', configHash: configHash(settings), codeVersion: packageVersion(), modelVersion: null },
    fromMs,
    toMs,
    funding: funding === null ? NO_FUNDING : readFunding(funding),
    balanceUsdt: args.number('balance', 10, 1e12) ?? 10_000,
    placebos: args.integer('placebos', 1, 1_000) ?? 10,
    seed: args.integer('seed', 0, 2_147_483_647) ?? 1,
    logger: quietLogger(settings),
    onProgress,
  };
}

const progressOn =
  (screen: Screen, text: Text) =>
  (stage: BacktestStage, done: number, of: number): void =>
    screen.progress(
      text(`backtest.progress.${stage}`),
      stage === 'portfolio' ? Math.round((done / of) * 100) : done,
      stage === 'portfolio' ? 100 : of,
    );

function write(out: string, run: BacktestRun, figures: ReportFigures, data: string): string[] {
  mkdirSync(out, { recursive: true });
  const rows = tradeRows(run);
  const files: readonly (readonly [string, string])[] = [
    ['report.json', `${JSON.stringify(figures, null, 2)}\n`],
    ['report.html', reportHtml(figures, rows, `npx perpscout backtest --data ${data} --out out`)],
    ['trades.csv', tradesCsv(rows)],
    ['decisions.ndjson', decisionLines(run)],
  ];
  for (const [name, content] of files) writeFileSync(join(out, name), content);
  return files.map(([name]) => name);
}

function summary(
  figures: ReportFigures,
  written: { readonly out: string; readonly files: readonly string[] },
  text: Text,
): string[] {
  const { account, data, signals, trades } = figures;
  const { measured } = signals.all;
  return [
    text('backtest.summary.span', {
      symbols: data.symbols.length,
      bars: data.bars.toLocaleString('en-US'),
      pair: `${figures.pair.trend}/${figures.pair.entry}`,
      from: instant(data.fromMs),
      to: instant(data.toMs),
    }),
    text('backtest.summary.account', {
      trades: trades.n,
      start: account.startUsdt.toFixed(2),
      end: account.endUsdt.toFixed(2),
      fall: (account.deepestFall.fraction * 100).toFixed(1),
    }),
    measured === null
      ? text('backtest.summary.few', { n: signals.n, fewest: figures.fewest })
      : text('backtest.summary.signals', {
          n: signals.all.n,
          hit: (measured.hit1R * 100).toFixed(1),
          placebo: (measured.placeboHit1R * 100).toFixed(1),
          net: signed(measured.netR),
          low: signed(measured.netRInterval.low),
          high: signed(measured.netRInterval.high),
          excess: signed(measured.excessR),
          excessLow: signed(measured.excessRInterval.low),
          excessHigh: signed(measured.excessRInterval.high),
        }),
    text('study.written', { files: written.files.map((name) => join(written.out, name)).join(', ') }),
  ];
}
