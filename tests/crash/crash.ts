// Crash: the whole run. Lanes are killed beside each other, each is left in peace at its end, and all are judged together.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, passed } from '../soak/check.ts';
import { gather } from '../soak/evidence.ts';
import { startProduct } from '../soak/processes.ts';
import { unsettled } from './journal-look.ts';
import { busyKills, judgeLane, reachableLengths } from './judge.ts';
import { type Kill, Lane, type LaneRun, SETTINGS, START_BALANCE } from './lane.ts';
import { percentile } from './naked-count.ts';
import type { CrashOptions } from './options.ts';
import { type SignalMinutes, signalMinutes } from './signal-minutes.ts';

const HOUR_MS = 3_600_000;
/** The market of three days is looked through at most; a kill uses up less than half an hour of it. */
const MOST_LANE_HOURS = 24;
const laneHours = (share: number): number => Math.min(MOST_LANE_HOURS, 2 + Math.ceil(share * 0.4));
const READY_WITHIN_MS = 60_000;
/** Funding of a closed trade is known a minute after it; the sweep of its orders is repeated after a minute too. */
const SETTLED_LATER_MS = 130_000;
const SETTLES_WITHIN_MS = 90_000;
const ENDS_WITHIN_MS = 30_000;

export interface CrashReport {
  readonly asked: CrashOptions;
  readonly ok: boolean;
  readonly wallMs: number;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly checks: readonly (Check & { readonly ok: boolean })[];
  readonly kills: readonly Kill[];
}

export interface Progress {
  readonly kills: number;
  readonly of: number;
  readonly kill: Kill;
}

interface LaneEnd {
  readonly run: LaneRun;
  readonly checks: readonly Check[];
  readonly entries: number;
  readonly closed: number;
  /** Reachable time without a live stop, span by span. */
  readonly nakedMs: readonly number[];
}

export async function crash(options: CrashOptions, onProgress: (progress: Progress) => void): Promise<CrashReport> {
  const root = mkdtempSync(join(tmpdir(), 'perpscout-crash-'));
  const begunMs = performance.now();
  try {
    mkdirSync(join(root, 'scan'));
    const shares = Array.from({ length: options.lanes }, (_, i) => Math.floor((options.kills + i) / options.lanes));
    const hours = laneHours(Math.max(...shares));
    const folders = { DATA_DIR: join(root, 'scan'), ML_LOG_DIR: join(root, 'scan') };
    const minutes = await signalMinutes({ ...options, hours: hours * options.lanes }, { ...folders, ...SETTINGS });
    const kills: Kill[] = [];
    const onKill = (kill: Kill): void => {
      kills.push(kill);
      onProgress({ kills: kills.length, of: options.kills, kill });
    };
    const settled = await Promise.allSettled(
      shares.map((share, i) =>
        laneOf({ options, root, minutes, share, number: i, hours, onKill, untilMs: begunMs + options.minutes * 60_000 }),
      ),
    );
    const failed = settled.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const ends = settled.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    return reportOf(options, ends, performance.now() - begunMs);
  } finally {
    if (options.keep === 'remove') rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    else process.stderr.write(`kept: ${root}\n`);
  }
}

interface LaneJob {
  readonly options: CrashOptions;
  readonly root: string;
  readonly minutes: SignalMinutes;
  readonly share: number;
  readonly number: number;
  readonly hours: number;
  readonly untilMs: number;
  readonly onKill: (kill: Kill) => void;
}

/** Each lane begins in a part of the span of its own, so that no two meet the same signals. */
async function laneOf({ options, root, minutes, share, number, hours, untilMs, onKill }: LaneJob): Promise<LaneEnd> {
  const { symbols, seed } = options;
  const fromMs = minutes.fromMs + number * hours * HOUR_MS;
  const lane = new Lane({
    folder: join(root, `lane-${number + 1}`),
    market: { symbols, seed, fromMs },
    closesMs: minutes.closesMs.filter((close) => close > fromMs),
    kills: share,
    untilMs,
    luck: seed * 1_000 + number,
    onKill,
  });
  try {
    await lane.open();
    const run = await lane.run();
    const quiet = await comeToRest(lane);
    return await judged(lane, run, quiet, fromMs);
  } finally {
    await lane.close();
  }
}

/** A last life without faults: it must settle whatever the dead left behind, and hand over in good order. */
async function comeToRest(lane: Lane): Promise<Check> {
  const { clock } = await lane.state();
  await lane.stepTo(clock.nowMs + SETTLED_LATER_MS);
  const fromMs = clock.nowMs + SETTLED_LATER_MS;
  const life = lane.live();
  try {
    const ready = await life.says('ready', READY_WITHIN_MS);
    const deadline = performance.now() + SETTLES_WITHIN_MS;
    while (unsettled(lane.database).length > 0 && performance.now() < deadline) await new Promise((go) => setTimeout(go, 500));
    const left = unsettled(lane.database);
    await lane.door.control('clock', { pause: true });
    const code = await life.end(ENDS_WITHIN_MS);
    const after = await lane.state();
    lane.note({ fromMs, toMs: after.clock.nowMs, readyAfterMs: life.readyAfterMs });
    const faults = [
      ...(ready ? [] : ['the last life was not ready within a minute']),
      ...left.map((trade) => `${trade} is not settled`),
      ...(code === 0 ? [] : [`the last life ended with ${code}: ${life.stderr.slice(-300)}`]),
    ];
    return { id: 'rest', what: 'a last life without faults settles everything and ends with 0', seen: 1, faults };
  } finally {
    await life.kill();
  }
}

async function judged(lane: Lane, run: LaneRun, quiet: Check, fromMs: number): Promise<LaneEnd> {
  const evidence = await gather(lane.door, lane.database, { ms: fromMs, balance: START_BALANCE });
  const rebuilt = `${lane.environment['ML_LOG_DIR']}-rebuilt`;
  const exported = await startProduct(['export', '--json', '--out', rebuilt], lane.environment, () => undefined).exited;
  const judgedAs = { evidence, ...run, rowFolder: lane.environment['ML_LOG_DIR'] ?? '', rebuiltFolder: rebuilt };
  return {
    run,
    checks: [
      quiet,
      { id: 'exit', what: 'export ends with 0', seen: 1, faults: exported === 0 ? [] : [`${exported}`] },
      ...judgeLane(judgedAs),
    ],
    entries: evidence.ledger.orders.filter(({ clientOrderId }) => /^k7.-.{14}-e/.test(clientOrderId)).length,
    closed: evidence.journal.closed.length,
    nakedMs: reachableLengths(evidence, run.lives),
  };
}

/** One line for the same check of every lane. */
function merged(ends: readonly LaneEnd[]): readonly Check[] {
  const [first, ...others] = ends.map(({ checks }) => checks);
  return (first ?? []).map((check, i) => {
    const all = [check, ...others.flatMap((checks) => checks[i] ?? [])];
    const details = all.flatMap(({ detail }) => detail ?? []);
    const detail = details.length === 0 ? {} : { detail: details.join(' · ') };
    const faults = all.flatMap((one, lane) => one.faults.map((fault) => `lane ${lane + 1}: ${fault}`));
    return { ...check, seen: all.reduce((sum, one) => sum + one.seen, 0), faults, ...detail };
  });
}

function reportOf(options: CrashOptions, ends: readonly LaneEnd[], wallMs: number): CrashReport {
  const kills = ends.flatMap(({ run }) => run.kills);
  const checks = [busyKills(kills), ...merged(ends)];
  const ready = ends.flatMap(({ run }) => run.lives.flatMap(({ readyAfterMs }) => readyAfterMs ?? []));
  const naked = ends.flatMap(({ nakedMs }) => nakedMs);
  const hits: Record<string, number> = {};
  for (const { run } of ends)
    for (const [name, count] of Object.entries(run.hits)) if (count > 0) hits[name] = (hits[name] ?? 0) + count;
  return {
    asked: options,
    ok: checks.every(passed),
    wallMs: Math.round(wallMs),
    figures: {
      kills: kills.length,
      killedBeforeReady: ends.flatMap(({ run }) => run.lives).filter(({ readyAfterMs }) => readyAfterMs === null).length,
      readyAfterMs: Math.round(ready.reduce((sum, ms) => sum + ms, 0) / Math.max(1, ready.length)),
      entries: ends.reduce((sum, { entries }) => sum + entries, 0),
      closedTrades: ends.reduce((sum, { closed }) => sum + closed, 0),
      nakedMs: {
        spans: naked.length,
        p50: Math.round(percentile(naked, 0.5)),
        p99: Math.round(percentile(naked, 0.99)),
        longest: Math.round(Math.max(0, ...naked)),
      },
      hits,
    },
    checks: checks.map((check) => ({ ...check, ok: passed(check) })),
    kills,
  };
}
