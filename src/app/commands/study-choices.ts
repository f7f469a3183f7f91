// App, `perpscout study --choices`: each design choice measured on the same signals of a folder of klines, as choices.json and a table.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock/system.ts';
import { klineFiles } from '../../emulator/market/recorded-source.ts';
import { StartError } from '../../ports/errors.ts';
import { NO_FUNDING } from '../backtest/funding.ts';
import { klineFolder, refusingBadData } from '../backtest/kline-folder.ts';
import { ThreadPool } from '../backtest/thread-pool.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { strategySettings } from '../strategy-settings.ts';
import { type ChoicesRequest, runChoices } from '../study/choices/choice-study.ts';
import { choicesLines } from '../study/choices/choice-table.ts';
import { Screen } from '../terminal/screen.ts';
import { textIn } from '../text/catalogue.ts';

/** What the other measurements of `study` are asked with. */
const FOREIGN = ['symbols', 'days', 'charts', 'rows'] as const;

export async function measureChoices(args: ParsedArgs): Promise<number> {
  const foreign = FOREIGN.find((name) => args.text(name) !== null);
  if (foreign !== undefined) throw new StartError(2, `perpscout study: --${foreign} does not go with --choices`);
  const out = args.text('out');
  const request = requestOf(args);
  if (out === null) throw new StartError(2, 'perpscout study: --out is missing; it names a folder to write to');
  const text = textIn(loadSettings(process.env).APP_LANG);
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const onProgress: ChoicesRequest['onProgress'] = (stage, done, of) =>
    screen.progress(text(`choices.progress.${stage}`), done, of);
  const report = await refusingBadData(() => runChoices({ ...request, onProgress }, new ThreadPool(request.workers)));
  screen.settle();
  mkdirSync(out, { recursive: true });
  const file = join(out, 'choices.json');
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  const lines = args.has('json')
    ? [JSON.stringify(report)]
    : [...choicesLines(report, text), text('study.written', { files: file })];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

function requestOf(args: ParsedArgs): Omit<ChoicesRequest, 'onProgress'> {
  const recorded = args.text('recorded');
  if (recorded === null) throw new StartError(2, 'perpscout study: --recorded is missing; --choices asks for a folder of klines');
  const dir = klineFolder(recorded, 'perpscout study: --recorded');
  const settings = loadSettings(process.env);
  const strategy = strategySettings(settings);
  const files = klineFiles(dir).map((name) => join(dir, name));
  return {
    files,
    workers: Math.min(availableParallelism(), files.length),
    strategies: settings.STRATEGIES,
    strategy: { ...strategy, pair: args.pair('pair') ?? strategy.pair },
    fromMs: null,
    toMs: null,
    funding: NO_FUNDING,
    placebos: args.integer('placebos', 1, 1_000) ?? 10,
    seed: args.integer('seed', 0, 2_147_483_647) ?? 1,
  };
}
