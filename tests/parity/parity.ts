// Parity as in contract §8.11 over one recorded span: (a) signals and gates byte-equal in sim, paper, replay and backtest; (b) sizes
// and intents byte-equal in replay and journal and in paper and backtest; (c) sim against backtest: each trade whose fills differ,
// with the cause. The report names the first difference of every comparison.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings, type Settings } from '../../src/app/config.ts';
import { toLine } from '../../src/app/replay/exact-values.ts';
import { type Difference, partingOf } from '../../src/app/replay/first-difference.ts';
import { JournalWriter } from '../../src/app/replay/journal-writer.ts';
import { replayRun } from '../../src/app/replay/replay-run.ts';
import { MINUTE_MS } from '../../src/core/timeframe.ts';
import type { Logger } from '../../src/ports/logger.ts';
import { run as runCommand } from '../support/cli.ts';
import { backtestSide, seriesOf } from './backtest-side.ts';
import { differingFills, type FillDifference } from './fill-causes.ts';
import { paperSide } from './paper-side.ts';
import { recordedRun, type SaidOfRun } from './recorded-run.ts';

export interface Comparison {
  readonly name: string;
  readonly compared: number;
  readonly different: number;
  readonly first: Difference | null;
}

export interface ParityReport {
  readonly fromMs: number;
  readonly toMs: number;
  readonly comparisons: readonly Comparison[];
  readonly trades: { readonly sim: number; readonly paper: number; readonly backtest: number };
  readonly fills: readonly FillDifference[];
}

export interface ParityRequest {
  readonly recorded: string;
  /** First minute, ISO. */
  readonly from: string;
  /** Such as 24h. */
  readonly span: string;
  readonly folder: string;
  /** Settings of all four, as in `.env`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onStep: (text: string) => void;
}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The whole bot over real sockets against the embedded exchange, recorded. */
async function simJournal({ recorded, from, span, folder, environment }: ParityRequest): Promise<string> {
  const path = join(folder, 'sim.journal.gz');
  const words = ['run', '--json', '--speed', '1000', '--recorded', recorded, '--from', from, '--for', span, '--record', path];
  const places = { DATA_DIR: join(folder, 'sim'), ML_LOG_DIR: join(folder, 'sim-rows'), LOG_LEVEL: 'error' };
  const ended = await runCommand(words, { ...environment, ...places });
  if (ended.code !== 0) throw new Error(`the sim run ended with ${ended.code}: ${ended.stderr.slice(-500)}`);
  return path;
}

export async function parity(request: ParityRequest): Promise<ParityReport> {
  const { onStep, folder, recorded } = request;
  onStep('sim: the bot against the embedded exchange');
  const simPath = await simJournal(request);
  const sim = await recordedRun(simPath);
  const settings: Settings = { ...loadSettings({}, ''), ...sim.head.settings };
  const toMs = Math.max(...sim.gates.keys());
  const files = readdirSync(recorded)
    .filter((name) => /\.csv(\.gz)?$/.test(name))
    .sort()
    .map((name) => join(recorded, name));
  const series = seriesOf({ files, toMs });
  onStep('paper: the same bot, the paper account');
  const paper = await paperSide(sim, settings, { series, toMs, folder, logger: silent });
  const paperPath = join(folder, 'paper.journal.gz');
  await write(
    paperPath,
    paper.lines.map((line) => line),
  );
  onStep('backtest');
  const { accountId, identity } = paper;
  const backtest = await backtestSide(sim, settings, { series, toMs, accountId, identity, logger: silent });
  onStep('replay of both journals');
  const comparisons = [
    await replayed('replay = journal of sim', simPath),
    await replayed('replay = journal of paper', paperPath),
    compareGates('gates: sim = paper', sim, paper),
    compareSignals('signals: sim = paper', evaluationsOf(sim), evaluationsOf(paper)),
    compareSignals(
      'signals: sim = backtest',
      evaluationsOf(sim),
      new Map(backtest.results.flatMap(({ signals }) => signals).map(({ signal }) => [signal.id, JSON.stringify(signal)])),
    ),
    compareSignals('decisions and rows: paper = backtest', rowsOf(paper), rowsOf(backtest)),
    compareSignals('sizes and intents: paper = backtest', linesOf(paper.intents), linesOf(backtest.intents)),
    compareSignals('closed trades: paper = backtest', closedOf(paper), closedOf(backtest)),
  ];
  const trades = { sim: sim.closed.size, paper: paper.closed.size, backtest: backtest.closed.size };
  return { fromMs: sim.firstMs, toMs, comparisons, trades, fills: differingFills(sim, backtest, series) };
}

async function write(path: string, lines: readonly Parameters<JournalWriter['write']>[0][]): Promise<void> {
  const writer = new JournalWriter(path, { every: () => () => undefined }, (error) => {
    throw error;
  });
  for (const line of lines) writer.write(line);
  await writer.close();
}

async function replayed(name: string, path: string): Promise<Comparison> {
  const report = await replayRun({ path, atMs: null, logger: silent, onMinute: () => undefined });
  return { name, compared: report.counts.minutes, different: report.difference === null ? 0 : 1, first: report.difference };
}

const evaluationsOf = ({ signals }: SaidOfRun): Map<string, string> =>
  new Map([...signals].map(([id, row]) => [id, row.evaluationJson]));
const rowsOf = ({ signals }: SaidOfRun): Map<string, string> => new Map([...signals].map(([id, { row }]) => [id, toLine(row)]));
const linesOf = (all: ReadonlyMap<string, readonly string[]>): Map<string, string> =>
  new Map([...all].map(([id, lines]) => [id, toLine(lines)]));
const closedOf = ({ closed }: SaidOfRun): Map<string, string> => new Map([...closed].map(([id, trade]) => [id, toLine(trade)]));

function compareGates(name: string, left: SaidOfRun, right: SaidOfRun): Comparison {
  const lines = ({ gates }: SaidOfRun): Map<string, string> =>
    new Map([...gates].map(([closeMs, verdicts]) => [new Date(closeMs).toISOString(), toLine(verdicts)]));
  return compareSignals(name, lines(left), lines(right));
}

/** Both sides by key; the first difference in the order of the left side. */
export function compareSignals(name: string, left: ReadonlyMap<string, string>, right: ReadonlyMap<string, string>): Comparison {
  let first: Difference | null = null;
  let different = 0;
  const keys = new Set([...left.keys(), ...right.keys()]);
  for (const key of keys) {
    const [a, b] = [left.get(key) ?? null, right.get(key) ?? null];
    if (a === b) continue;
    different += 1;
    const parting = partingOf(a, b);
    first ??= { minute: key, symbol: parting.symbol, field: parting.field, recorded: parting.left, replayed: parting.right };
  }
  return { name, compared: keys.size, different, first };
}

export function reportLines({ fromMs, toMs, comparisons, trades, fills }: ParityReport): string[] {
  const shown = (value: unknown): string => (JSON.stringify(value) ?? 'nothing').slice(0, 160);
  const minutes = Math.round((toMs - fromMs) / MINUTE_MS);
  const lines = [`${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}: ${minutes} minutes`];
  for (const { name, compared, different, first } of comparisons) {
    lines.push(`${different === 0 ? 'equal    ' : 'DIFFERENT'}  ${name} (${compared} compared, ${different} different)`);
    if (first === null) continue;
    lines.push(`    first: ${first.minute} ${first.symbol} ${first.field}`);
    lines.push(`      ${shown(first.recorded)}`, `      ${shown(first.replayed)}`);
  }
  lines.push(`trades closed: sim ${trades.sim}, paper ${trades.paper}, backtest ${trades.backtest}`);
  const apart = new Set(fills.map(({ minute, symbol }) => `${minute} ${symbol}`)).size;
  lines.push(`sim against backtest: fills differ in ${apart} trades`);
  for (const { symbol, side, minute, what, cause } of fills) lines.push(`    ${minute} ${symbol} ${side}: ${what} (${cause})`);
  return lines;
}
