// App, `perpscout verify causal`: the proof that anybody can repeat on a kline file of their own. Exit 0 when nothing was
// back-dated, changed or vanished, 1 otherwise.
import { systemClock } from '../../adapters/clock/system.ts';
import { TIMEFRAMES, type Timeframe } from '../../core/timeframe.ts';
import { StartError } from '../../ports/errors.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { Screen } from '../terminal/screen.ts';
import { textIn } from '../text/catalogue.ts';
import { auditCausality } from '../verify/causal-audit.ts';
import { foldSeries, readSeries } from '../verify/kline-series.ts';
import { smcDetector } from '../verify/smc-detector.ts';

/** Bars that all runs again may take together: about ten seconds on one busy core. */
const BAR_BUDGET = 1_000_000;
const FEWEST_PREFIXES = 8;
const MOST_PREFIXES = 200;
const SEED = 1;

/** Each prefix is run twice, and is half of the series long on average. */
const prefixesFor = (bars: number): number =>
  Math.max(FEWEST_PREFIXES, Math.min(MOST_PREFIXES, Math.floor(BAR_BUDGET / Math.max(1, bars))));

export async function run(args: ParsedArgs): Promise<number> {
  const [what] = args.operands;
  if (what !== 'causal') throw new StartError(2, `perpscout verify: what to verify is "${what ?? ''}"; allowed: causal`);
  const input = args.text('input');
  if (input === null) throw new StartError(2, 'perpscout verify causal: --input is missing; it names a kline CSV');
  const asked = args.oneOf('timeframe', TIMEFRAMES);
  const text = textIn(loadSettings(process.env).APP_LANG);
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const read = readSeries(input);
  const timeframe: Timeframe = asked ?? read.timeframe;
  const { bars, tickSize } = foldSeries(read, timeframe);
  if (bars.length < 2) throw new StartError(2, `${input}: ${bars.length} whole ${timeframe} bars are too few`);

  const prefixes = prefixesFor(bars.length);
  const audit = auditCausality({ bars, timeframe, open: () => smcDetector(timeframe, tickSize), prefixes, seed: SEED });
  let step = audit.next();
  while (!step.done) {
    screen.progress(text('verify.progress'), step.value, prefixes);
    step = audit.next();
  }
  screen.settle();
  const report = step.value;
  const clean = report.backDated + report.changed + report.vanished === 0;
  process.stdout.write(`${JSON.stringify({ ...report, timeframe, input })}\n`);
  if (!args.has('json')) {
    const { backDated, changed, vanished, events } = report;
    const numbers = { bars: report.bars, prefixes: report.prefixes, timeframe, backDated, changed, vanished, events };
    process.stderr.write(`${text(clean ? 'verify.clean' : 'verify.repaints', numbers)}\n`);
  }
  return clean ? 0 : 1;
}
