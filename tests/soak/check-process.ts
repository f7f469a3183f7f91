// Soak: the process itself: scan lines without a hole, memory that stays flat (contract §8.17), an event loop that breathes (I13).
import type { Vitals } from '../../src/app/probe.ts';
import { type Check, FaultList, utc } from './check.ts';

const MINUTE_MS = 60_000;
const FLAT_RATIO = 1.1;
/** reliability.md §6.2: healthy is a p99 below 50 ms. */
const LOOP_P99_MS = 50;
/** Before this many looks a process is still warming up: its memory says nothing about leaks. */
const LOOKS_FOR_FLATNESS = 80;

export interface ScanLine {
  readonly bar: number;
  readonly symbols: number;
  readonly ready: number;
  readonly late: number;
  readonly closeToRankMs: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

export function checkScans(scans: readonly ScanLine[], asked: { readonly minutes: number; readonly symbols: number }): Check {
  const faults = new FaultList();
  scans.forEach(({ bar, symbols, ready, late }, i) => {
    const before = scans[i - 1]?.bar;
    if (before !== undefined && bar - before !== MINUTE_MS) faults.add(`after ${utc(before)} came ${utc(bar)}`);
    if (symbols !== asked.symbols || ready + late !== symbols)
      faults.add(`${utc(bar)}: ${ready} ready and ${late} late of ${symbols}, ${asked.symbols} were asked for`);
  });
  if (scans.length < asked.minutes) faults.add(`${scans.length} minutes were scanned, ${asked.minutes} were asked for`);
  const late = scans.reduce((total, scan) => total + scan.late, 0);
  return {
    id: 'scan',
    what: 'a scan line for every minute, every symbol ready or late',
    seen: scans.length,
    faults: faults.all,
    detail: `${late} symbol minutes late`,
  };
}

export function checkMemory(vitals: readonly Vitals[]): Check {
  const quarter = Math.floor(vitals.length / 4);
  const rss = vitals.map((line) => line.rss);
  const [second, last] = [median(rss.slice(quarter, 2 * quarter)), median(rss.slice(-quarter))];
  const peak = Math.max(...vitals.map((line) => line.peakRss));
  const judged = vitals.length >= LOOKS_FOR_FLATNESS;
  const faults: string[] = [];
  if (vitals.some((line) => !line.collected))
    faults.push('the bot was not started with --expose-gc: nothing was collected before a look');
  if (judged && !(last <= FLAT_RATIO * second)) faults.push(`median RSS rose from ${second} to ${last} MB`);
  const detail = `median ${second} → ${last} MB after collection, peak ${peak} MB${judged ? '' : '; too short to judge flatness'}`;
  return { id: 'I13', what: 'RSS flat (last quarter ≤ 1.10 × second)', seen: vitals.length, faults, detail };
}

/** Looks before which the thread waited for a core for more than this share of the time say how busy the machine was. */
const STARVED_SHARE = 0.05;
/** So few looks at a free machine are no verdict. */
const LOOKS_FOR_LOOP = 8;

export function checkLoop(vitals: readonly Vitals[], settledFrom: number): Check {
  const running = vitals.slice(settledFrom);
  const undisturbed = running.filter(({ starvedMs, wallMs }, i) => {
    const before = (running[i - 1] ?? vitals[settledFrom - 1])?.wallMs ?? Number.NaN;
    return starvedMs === null || starvedMs <= STARVED_SHARE * (wallMs - before);
  });
  const judged = undisturbed.length >= LOOKS_FOR_LOOP;
  const p99 = median(undisturbed.map((line) => line.loopDelayP99Ms));
  const longest = Math.max(...running.map((line) => line.loopDelayMaxMs));
  const faults = !judged || p99 <= LOOP_P99_MS ? [] : [`the median p99 of the loop's delay is ${p99.toFixed(1)} ms`];
  const others = `${running.length - undisturbed.length} looks left out: the machine was busy with others`;
  return {
    id: 'I13',
    what: `event loop: median p99 ≤ ${LOOP_P99_MS} ms`,
    seen: undisturbed.length,
    faults,
    detail: `${judged ? `median p99 ${p99.toFixed(1)} ms` : 'too few looks to judge'}, longest ${longest.toFixed(0)} ms; ${others}`,
    ...(judged ? {} : { needs: 'mayBeEmpty' }),
  };
}
