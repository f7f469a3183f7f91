// App, `perpscout bench`: the shipped exchange and the shipped bot as two processes, for figures that only the whole shows. Both
// live in a folder of their own that goes with them.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ControlDoor } from '../../adapters/exchange-control/client.ts';
import { type SpawnedExchange, spawnExchange } from '../../adapters/exchange-control/spawn.ts';
import { launchOf } from './launch.ts';

const READY_WITHIN_MS = 120_000;
const INSIST_AFTER_MS = 15_000;

export interface PairOptions {
  readonly symbols: number;
  readonly speed: number;
  readonly nodeFlags: readonly string[];
  /** Settings of the bot besides its folders. */
  readonly settings: Readonly<Record<string, string>>;
  /** Words behind `run --json --exchange URL`, made from the folder of the pair. */
  readonly botWords: (folder: string) => readonly string[];
  readonly onLine: (line: Readonly<Record<string, unknown>>) => void;
}

export interface LivePair {
  readonly exchange: SpawnedExchange;
  readonly door: ControlDoor;
  readonly folder: string;
  /** Resolves when the bot has ended by itself or by stop(). */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

const shimPath = (): string =>
  new URL(import.meta.url.endsWith('.ts') ? '../../perpscout.mjs' : '../../../../src/perpscout.mjs', import.meta.url).pathname;

export async function startPair(options: PairOptions): Promise<LivePair> {
  const folder = mkdtempSync(join(tmpdir(), 'perpscout-bench-'));
  const launch = launchOf(shimPath());
  const environment = { ...launch.env, PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'silent', ML_LOG_DIR: join(folder, 'ml') };
  const market = ['--symbols', String(options.symbols), '--speed', String(options.speed)];
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  const exchange = await spawnExchange({
    argv: [process.execPath, ...launch.flags, shimPath(), 'exchange', ...market],
    environment: { ...environment, DATA_DIR: join(folder, 'exchange'), PERPSCOUT_CHILD: '1' },
    readyWithinMs: READY_WITHIN_MS,
    onStderrLine: () => undefined,
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const words = ['run', '--json', '--exchange', exchange.rest, ...options.botWords(folder)];
  const bot = spawn(process.execPath, [...launch.flags, ...options.nodeFlags, shimPath(), ...words], {
    env: { ...environment, DATA_DIR: join(folder, 'data'), ...options.settings },
    // Settings of whoever measures must not change what is measured.
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  createInterface({ input: bot.stdout }).on('line', (line) => options.onLine(JSON.parse(line)));
  const ended = new Promise<number | null>((resolve) => bot.once('close', resolve));
  const stop = async (): Promise<void> => {
    await endInOrder(bot, ended);
    await exchange.stop();
    remove();
  };
  return { exchange, door: new ControlDoor(exchange.rest, null), folder, ended, stop };
}

async function endInOrder(bot: ChildProcess, ended: Promise<number | null>): Promise<void> {
  bot.kill('SIGTERM');
  const insist = setTimeout(() => bot.kill('SIGKILL'), INSIST_AFTER_MS);
  await ended;
  clearTimeout(insist);
}
