// Crash: `npm run crash -- --kills 200 --symbols 40 [--seed S] [--lanes 3] [--minutes M] [--report FILE] [--keep]` SIGKILLs the real bot at
// random moments at 1× while its exchange loses answers; `--naked 200` counts instead how long so many entries stood without a stop.
// Prints a bar, ends with a table, exits 0 or 1 (2 for a wrong word), and writes a JSON report.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { tableOf } from '../soak/report.ts';
import { crash, type Progress } from './crash.ts';
import { nakedReport } from './naked-report.ts';
import { type CrashOptions, crashOptions } from './options.ts';

const BAR_CELLS = 30;

/** On a terminal a bar that moves; in a pipe a line for every tenth kill. */
function progressWriter(): (progress: Progress) => void {
  let busy = 0;
  return ({ kills, of, kill }) => {
    if (kill.open.length + kill.making.length > 0) busy += 1;
    const live = process.stderr.isTTY === true;
    if (!live && kills % 10 !== 0 && kills !== of) return;
    const done = Math.round((BAR_CELLS * kills) / of);
    const bar = `[${'#'.repeat(done)}${'.'.repeat(BAR_CELLS - done)}]`;
    process.stderr.write(`${live ? '\r' : ''}${bar} ${kills}/${of} kills, ${busy} with a position${live ? '   ' : '\n'}`);
  };
}

function nakedProgress(of: number): (entries: number) => void {
  return (entries) =>
    process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${entries}/${of} entries${process.stderr.isTTY ? '   ' : '\n'}`);
}

async function main(options: CrashOptions): Promise<number> {
  const { naked } = options;
  const report =
    naked === null
      ? await crash(options, progressWriter())
      : await nakedReport({ ...options, entries: naked }, nakedProgress(naked));
  process.stderr.write('\n');
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${Math.round(report.wallMs / 1_000)} s; ${JSON.stringify(report.figures)}\n`);
  process.stdout.write(`${tableOf(report.checks).join('\n')}\n${report.ok ? 'PASSED' : 'FAILED'}\n`);
  return report.ok ? 0 : 1;
}

function optionsOrLeave(): CrashOptions {
  try {
    return crashOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`crash: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

process.exitCode = await main(optionsOrLeave());
