// Soak: `npm run soak -- --hours 24 [--symbols 648] [--speed 60] [--seed S] [--faults] [--report FILE] [--keep]`. Market hours, not
// hours of the wall. Prints a bar, ends with a table, exits 0 or 1 (2 for a wrong word), and writes a JSON report.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SoakOptions } from './options.ts';
import { soakOptions } from './options.ts';
import { tableOf } from './report.ts';
import { type Progress, soak } from './soak.ts';

const BAR_CELLS = 30;
const EVERY_MS = 15_000;

/** On a terminal a bar that moves; in a pipe a line now and then. */
function progressWriter(): (progress: Progress) => void {
  let toldMs = 0;
  return ({ minutes, of, speed, troubles, late }) => {
    const live = process.stderr.isTTY === true;
    if (!live && performance.now() - toldMs < EVERY_MS) return;
    toldMs = performance.now();
    const done = Math.round((BAR_CELLS * minutes) / of);
    const bar = `[${'#'.repeat(done)}${'.'.repeat(BAR_CELLS - done)}]`;
    process.stderr.write(
      `${live ? '\r' : ''}${bar} ${minutes}/${of} market minutes, ${speed.toFixed(0)}×, ${troubles} troubles, ${late} late${live ? '   ' : '\n'}`,
    );
  };
}

async function main(options: SoakOptions): Promise<number> {
  const report = await soak(options, progressWriter());
  process.stderr.write('\n');
  mkdirSync(dirname(options.report), { recursive: true });
  writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
  const { marketMinutes, wallMs, achievedSpeed, figures, checks, notReadable } = report;
  process.stdout.write(
    `${marketMinutes} market minutes in ${Math.round(wallMs / 1_000)} s (${achievedSpeed}×); ${JSON.stringify({ ...figures, armed: undefined })}\n`,
  );
  process.stdout.write(`${tableOf(checks).join('\n')}\n${notReadable}\n${report.ok ? 'PASSED' : 'FAILED'}\n`);
  return report.ok ? 0 : 1;
}

function optionsOrLeave(): SoakOptions {
  try {
    return soakOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`soak: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

process.exitCode = await main(optionsOrLeave());
