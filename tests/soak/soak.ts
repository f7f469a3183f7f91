// Soak: one long run of the shipped bot against the shipped exchange, troubled on the way and judged from outside.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, passed } from './check.ts';
import { checkBars, readProbe } from './check-bars.ts';
import { checkBooks } from './check-books.ts';
import { checkLedger } from './check-ledger.ts';
import { checkLoop, checkMemory, checkScans, type ScanLine } from './check-process.ts';
import { checkRows, checkSecrets } from './check-rows.ts';
import { gather } from './evidence.ts';
import { Mischief } from './mischief.ts';
import type { SoakOptions } from './options.ts';
import { endProduct, type Product, type RunningExchange, startExchange, startProduct } from './processes.ts';
import { NOT_READABLE, type Report } from './report.ts';
import { VenueDoor } from './venue-door.ts';

const START_BALANCE = '10000';
/** The last part of the run is left in peace, so that books can be compared at rest. */
const QUIET_TAIL_MINUTES = 10;
const END_WITHIN_MS = 60_000;
/** Gates loose enough for positions to be opened in an invented market. */
const GATES = { MIN_QUOTE_VOLUME_24H: '0', COST_GATE_R: '0.4' };
/** Vitals of the cold start are its own business. */
const SETTLED_LOOKS = 3;

interface Folders {
  readonly root: string;
  readonly data: string;
  readonly rows: string;
  readonly rebuilt: string;
  readonly probe: string;
}

interface Heard {
  readonly scans: ScanLine[];
  readonly closed: string[];
  readonly signals: string[];
  readonly alarms: Map<string, number>;
  text: string;
  opened: number;
}

export interface Progress {
  readonly minutes: number;
  readonly of: number;
  readonly speed: number;
  readonly troubles: number;
  readonly late: number;
}

function folders(): Folders {
  const root = mkdtempSync(join(tmpdir(), 'perpscout-soak-'));
  const at = (name: string): string => join(root, name);
  for (const name of ['data', 'ml', 'exchange']) mkdirSync(at(name));
  return { root, data: at('data'), rows: at('ml'), rebuilt: at('rebuilt'), probe: at('probe.ndjson') };
}

export async function soak(options: SoakOptions, onProgress: (progress: Progress) => void): Promise<Report> {
  const at = folders();
  const market = ['--symbols', String(options.symbols), '--seed', String(options.seed), '--speed', String(options.speed)];
  const exchange = await startExchange([...market, '--balance', START_BALANCE], {
    DATA_DIR: join(at.root, 'exchange'),
    LOG_LEVEL: 'warn',
  });
  try {
    return await withExchange(options, exchange, at, onProgress);
  } finally {
    await endProduct(exchange, END_WITHIN_MS);
    if (options.keep === 'remove') rmSync(at.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function withExchange(
  options: SoakOptions,
  exchange: RunningExchange,
  at: Folders,
  onProgress: (progress: Progress) => void,
): Promise<Report> {
  const door = new VenueDoor(exchange.rest, exchange);
  const { clock } = await door.control<{ clock: { nowMs: number } }>('state');
  const heard: Heard = { scans: [], closed: [], signals: [], alarms: new Map(), text: '', opened: 0 };
  const environment = { DATA_DIR: at.data, ML_LOG_DIR: at.rows, LOG_LEVEL: 'warn', ...GATES };
  const begunMs = performance.now();
  const bot = startProduct(['run', '--json', '--exchange', exchange.rest, '--probe', at.probe], environment, (line) =>
    hear(heard, line),
  );
  const trouble = new Mischief(door, options.seed, options.faults);
  try {
    const minutes = Math.round(options.hours * 60);
    await runUntil(minutes, { bot, heard, trouble, begunMs, onProgress });
    // The clock stands from here on: what the bot hands over is what the judge finds.
    await door.control('clock', { pause: true });
    const hits = await trouble.hits();
    const code = await endProduct(bot, END_WITHIN_MS);
    const wallMs = performance.now() - begunMs;
    writeFileSync(join(at.root, 'bot.stdout'), heard.text);
    writeFileSync(join(at.root, 'bot.stderr'), bot.stderr());
    const checks = await judge({ options, at, door, exchange, heard, bot, code, sinceMs: clock.nowMs, environment });
    const marketMinutes = heard.scans.length;
    return {
      asked: { ...options },
      ok: checks.every(passed),
      marketMinutes,
      wallMs: Math.round(wallMs),
      achievedSpeed: Math.round(((marketMinutes * 60_000) / wallMs) * 10) / 10,
      figures: {
        troubles: trouble.done,
        armed: trouble.armed,
        hits,
        alarms: Object.fromEntries(heard.alarms),
        opened: heard.opened,
        signals: heard.signals.length,
      },
      checks: checks.map((check) => ({ ...check, ok: passed(check) })),
      notReadable: NOT_READABLE,
    };
  } finally {
    bot.child.kill('SIGKILL');
  }
}

function hear(heard: Heard, line: string): void {
  heard.text += `${line}\n`;
  if (!line.startsWith('{')) return;
  const event = JSON.parse(line) as Record<string, unknown>;
  if (event['event'] === 'scan') heard.scans.push(event as unknown as ScanLine);
  if (event['event'] === 'closed') heard.closed.push(String(event['tradeId']));
  if (event['event'] === 'signal') heard.signals.push(String(event['id']));
  if (event['event'] === 'opened') heard.opened += 1;
  if (event['event'] === 'alarm') heard.alarms.set(String(event['code']), (heard.alarms.get(String(event['code'])) ?? 0) + 1);
}

interface Going {
  readonly bot: Product;
  readonly heard: Heard;
  readonly trouble: Mischief;
  readonly begunMs: number;
  readonly onProgress: (progress: Progress) => void;
}

/** No minute for so long is the end of the run: a bot that stands still proves nothing. */
const STALLED_MS = 120_000;

async function runUntil(minutes: number, { bot, heard, trouble, begunMs, onProgress }: Going): Promise<void> {
  let ended: number | null | undefined;
  void bot.exited.then((code) => {
    ended = code;
  });
  let state: 'before' | 'troubled' | 'quiet' = 'before';
  let newest = { minutes: 0, atMs: performance.now() };
  while (heard.scans.length < minutes) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (ended !== undefined)
      throw new Error(`the bot ended with ${ended} after ${heard.scans.length} minutes: ${bot.stderr().slice(-1_000)}`);
    if (heard.scans.length > newest.minutes) newest = { minutes: heard.scans.length, atMs: performance.now() };
    else if (performance.now() - newest.atMs > STALLED_MS)
      throw new Error(`no minute for ${STALLED_MS / 1_000} s after ${newest.minutes}: ${bot.stderr().slice(-1_000)}`);
    if (state === 'before' && heard.scans.length > 0) {
      trouble.start();
      state = 'troubled';
    }
    if (state === 'troubled' && heard.scans.length >= minutes - QUIET_TAIL_MINUTES) {
      await trouble.stop();
      state = 'quiet';
    }
    const speed = (heard.scans.length * 60_000) / (performance.now() - begunMs);
    const late = heard.scans.reduce((total, scan) => total + scan.late, 0);
    onProgress({ minutes: heard.scans.length, of: minutes, speed, troubles: trouble.done, late });
  }
}

interface Case {
  readonly options: SoakOptions;
  readonly at: Folders;
  readonly door: VenueDoor;
  readonly exchange: RunningExchange;
  readonly heard: Heard;
  readonly bot: Product;
  readonly code: number | null;
  readonly sinceMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

async function judge({ options, at, door, exchange, heard, bot, code, sinceMs, environment }: Case): Promise<readonly Check[]> {
  // Evidence first: reading klines turns the exchange's clock on, because weight is counted by its minutes.
  const evidence = await gather(door, join(at.data, 'perpscout-sim.sqlite'), { ms: sinceMs, balance: START_BALANCE });
  const rebuilt = startProduct(['export', '--json', '--out', at.rebuilt], environment, () => undefined);
  const exported = await rebuilt.exited;
  const story = await readProbe(at.probe);
  const written = { closedEvents: heard.closed, signalEvents: heard.signals, rowFolder: at.rows, rebuiltFolder: at.rebuilt };
  const lastBarMs = heard.scans.at(-1)?.bar ?? 0;
  const errors = bot
    .stderr()
    .split('\n')
    .filter((line) => /\bERROR\b|"level":(50|60)/.test(line) && !/Injected/.test(line));
  return [
    {
      id: 'exit',
      what: 'bot and export end with 0, the exchange met no failure of its own',
      seen: 3,
      faults: exits({ code, exported, failures: evidence.state.failures }),
    },
    liveliness(heard, options),
    checkScans(heard.scans, { minutes: Math.round(options.hours * 60), symbols: options.symbols }),
    ...(await checkBars(story, door, { lastBarMs })),
    ...checkLedger(evidence, options.speed),
    ...checkBooks(evidence),
    ...checkRows(evidence, written),
    checkSecrets([exchange.apiKey, exchange.apiSecret], { folders: [at.data, at.rows], texts: [heard.text, bot.stderr()] }),
    checkMemory(story.vitals),
    checkLoop(story.vitals, SETTLED_LOOKS),
    {
      id: 'log',
      what: 'no line of the log is an error of ours',
      seen: 1,
      faults: errors.slice(0, 20),
      detail: `${evidence.state.clock.holdTimeouts} hold time-outs`,
    },
  ];
}

function exits({
  code,
  exported,
  failures,
}: {
  code: number | null;
  exported: number | null;
  failures: { count: number; last: string | null };
}): string[] {
  return [
    ...(code === 0 ? [] : [`the bot ended with ${code}`]),
    ...(exported === 0 ? [] : [`export ended with ${exported}`]),
    ...(failures.count === 0 ? [] : [`the exchange failed ${failures.count} times: ${failures.last}`]),
  ];
}

/** A bot that does nothing holds every invariant: in a long run it must have traded. */
const TRADES_WITHIN_HOURS = 6;

const liveliness = ({ opened, signals }: Heard, { hours }: SoakOptions): Check => ({
  id: 'live',
  what: 'positions were opened',
  seen: opened,
  faults: [],
  detail: `${signals.length} signals`,
  ...(hours < TRADES_WITHIN_HOURS ? { needs: 'mayBeEmpty' } : {}),
});
