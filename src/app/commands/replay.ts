// App, `perpscout replay`: a recorded run through the core again. "identical", or the first difference with its minute, contract,
// field and both values. Exit code 0 or 1.

import { systemClock } from '../../adapters/clock/system.ts';
import { StartError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { replayLines } from '../replay/replay-report.ts';
import { type ReplayReport, replayRun } from '../replay/replay-run.ts';
import { instant } from '../terminal/format.ts';
import { Screen } from '../terminal/screen.ts';
import { textIn } from '../text/catalogue.ts';

/** What the run logged then is no news now. */
const SILENT: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const path = args.text('journal');
  if (path === null) throw new StartError(2, 'perpscout replay: --journal FILE is missing');
  const atMs = args.instant('at');
  const text = textIn(settings.APP_LANG);
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const onMinute = (marketMs: number): void => screen.progress(text('replay.progress', { at: instant(marketMs) }), 0, 1);
  const report = await replayRun({ path, atMs, logger: SILENT, onMinute });
  screen.settle();
  if (args.has('json')) process.stdout.write(`${JSON.stringify(jsonOf(report, atMs))}\n`);
  else process.stdout.write(`${replayLines(report, atMs, text).join('\n')}\n`);
  return report.result === 'identical' ? 0 : 1;
}

function jsonOf(report: ReplayReport, atMs: number | null): Readonly<Record<string, unknown>> {
  const { result, difference, record, head, codeVersion, fromMs, toMs, counts, lastSaid } = report;
  return {
    event: 'replay',
    result,
    ...(difference === null ? {} : { difference }),
    record,
    recordedBy: head.codeVersion,
    replayedBy: codeVersion,
    mode: head.settings['MODE'],
    from: fromMs,
    to: toMs,
    ...counts,
    ...(atMs === null ? {} : { said: lastSaid }),
  };
}
