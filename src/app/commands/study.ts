// App, `perpscout study`: an honest look at what the signals of a folder of recordings earned, as report.json and Markdown in both
// languages, and on wish some of them as pictures with a checklist.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import type { StrategySettings } from '../../../strategy/strategy.ts';
import { CanvasChartRenderer } from '../../adapters/chart/renderer.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { hashText } from '../../core/random.ts';
import { spreadOver, windowOf } from '../../emulator/market/market-window.ts';
import type { MarketSource } from '../../emulator/market/source.ts';
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { type MarketChoice, marketChoice, openSource } from '../market-options.ts';
import { strategySettings } from '../strategy-settings.ts';
import { checklistMarkdown, chooseSignals, type DrawnSignal } from '../study/checklist.ts';
import { claimsOf } from '../study/claims.ts';
import { studyMarkdown } from '../study/report.ts';
import { signalChart } from '../study/signal-chart.ts';
import { scenesOf } from '../study/signal-scene.ts';
import { passSettings, type RateIn, runStudy, type StudySignal } from '../study/study.ts';
import { recordedSymbol } from '../study/symbol-run.ts';
import { Screen } from '../terminal/screen.ts';
import { type Text, textIn } from '../text/catalogue.ts';
import { measureChoices } from './study-choices.ts';
import { writeRows } from './study-rows.ts';

const DAY_MS = 86_400_000;
const REPORTS = [
  ['study.md', 'zh-TW'],
  ['study.en.md', 'en'],
] as const;

interface Asked {
  readonly source: MarketSource;
  readonly folder: string;
  readonly settings: StrategySettings;
  readonly command: string;
  readonly text: Text;
  readonly rateIn: RateIn;
}

export async function run(args: ParsedArgs): Promise<number> {
  if (args.has('choices')) return measureChoices(args);
  if (args.text('pair') !== null) throw new StartError(2, 'perpscout study: --pair goes with --choices; the report is of 15m/1m');
  const folder = args.text('out');
  const choice = marketChoice(args);
  const placebos = args.integer('placebos', 1, 1_000) ?? 10;
  const charts = args.integer('charts', 0, 100) ?? 0;
  if (choice.recorded === null && args.text('days') === null) {
    throw new StartError(
      2,
      'perpscout study: --recorded is missing; it names a folder of 1m klines (--days D measures the seeded market instead)',
    );
  }
  if (folder === null) throw new StartError(2, 'perpscout study: --out is missing; it names a folder to write to');
  const own = loadSettings(process.env);
  const text = textIn(own.APP_LANG);
  const settings: StrategySettings = { ...strategySettings(own), pair: { trend: '15m', entry: '1m' } };
  const source = studySource(args, choice);
  const pass = args.oneOf('rows', ['shipped', 'noCostGate', 'allScores']);
  if (pass !== null) {
    const report = writeRows({ source, settings, pass, placebos, seed: choice.seed, out: folder, text });
    const line = args.has('json')
      ? JSON.stringify({ event: 'rows', ...report })
      : text('study.rowsWritten', { ...report, out: folder });
    process.stdout.write(`${line}\n`);
    return 0;
  }
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const market =
    choice.recorded === null ? `--symbols ${source.contracts.length} --days ${daysOf(args)}` : `--recorded ${choice.recorded}`;
  const command = `npx perpscout study ${market} --out ${folder} --seed ${choice.seed} --placebos ${placebos}`;

  const work = runStudy({ source, strategy: smcConfluence, settings, placebos, seed: choice.seed });
  let step = work.next();
  while (!step.done) {
    screen.progress(text('study.progress'), step.value, source.contracts.length);
    step = work.next();
  }
  screen.settle();
  const { report, signals, rateIn } = step.value;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'study.json'), `${JSON.stringify(report, null, 2)}\n`);
  for (const [file, language] of REPORTS) writeFileSync(join(folder, file), studyMarkdown(report, command, textIn(language)));
  const files = ['study.json', ...REPORTS.map(([file]) => file)];
  if (charts > 0) {
    const chosen = chooseSignals(signals, charts, (id) => hashText(id, choice.seed));
    files.push(...(await draw(chosen, { source, folder, settings, text, rateIn, command: `${command} --charts ${charts}` })));
  }
  if (args.has('json')) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(`${text('study.written', { files: files.join(', ') })}\n`);
  return 0;
}

const daysOf = (args: ParsedArgs): number => args.integer('days', 3, 3_650) ?? 30;

/** The recordings, or a piece of the seeded market: the days before the instant at which a run on it would begin. */
function studySource(args: ParsedArgs, choice: MarketChoice): MarketSource {
  if (choice.recorded !== null) return openSource(choice);
  const whole = openSource({ ...choice, symbols: 648 });
  const toMs = whole.defaultFromMs;
  const span = { fromMs: toMs - daysOf(args) * DAY_MS, toMs };
  return windowOf(whole, { contracts: spreadOver(whole, args.integer('symbols', 1, 648) ?? 18, span), ...span });
}

/** Contract by contract, each run again up to the signals wanted of it. */
async function draw(chosen: readonly StudySignal[], asked: Asked): Promise<string[]> {
  const renderer = new CanvasChartRenderer();
  const drawn: DrawnSignal[] = [];
  const passes = new Map(passSettings(asked.settings));
  for (const one of chosen) {
    const recorded = recordedSymbol(asked.source, one.contract);
    const [scene] = scenesOf(smcConfluence, passes.get(one.pass) ?? asked.settings, recorded, [one]);
    if (scene === undefined) throw new Error(`signal ${one.signal.id} did not come again`);
    const theme = drawn.length % 2 === 0 ? 'dark' : 'light';
    const measured = asked.rateIn(one);
    const spec = signalChart(scene, { size: 'desktop', theme, rising: 'green' }, asked.text, measured);
    const file = `${String(drawn.length + 1).padStart(2, '0')}-${one.signal.symbol}-${one.signal.setup}-${one.signal.side}.png`;
    writeFileSync(join(asked.folder, file), await renderer.render(spec));
    drawn.push({ chosen: one, file, claims: claimsOf(scene), measured });
  }
  writeFileSync(join(asked.folder, 'checklist.md'), checklistMarkdown(drawn, asked.command, asked.text));
  return [...drawn.map(({ file }) => file), 'checklist.md'];
}
