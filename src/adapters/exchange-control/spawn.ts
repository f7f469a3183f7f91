// Adapters, exchange-control: the embedded exchange as a second process that lives and dies with us. Its first line on
// stdout says where it listens; its standard input is our lifeline to it: when we are gone, it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { StartError } from '../../ports/errors.ts';

export interface SpawnOptions {
  /** Program and arguments, e.g. [process.execPath, 'bin/perpscout.js', 'exchange', …]. */
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly readyWithinMs: number;
  readonly onStderrLine: (line: string) => void;
}

export interface ReadyExchange {
  readonly rest: string;
  readonly ws: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface SpawnedExchange extends ReadyExchange {
  readonly pid: number;
  /** Resolves when the process has ended by itself or by stop(): its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** Asks it to end, and insists after two seconds. */
  stop(): Promise<void>;
}

const INSIST_AFTER_MS = 2_000;

export async function spawnExchange(options: SpawnOptions): Promise<SpawnedExchange> {
  const [program, ...rest] = options.argv;
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...options.environment } });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(null));
  });
  // Belt and braces: without this a crash of ours between spawn and ready would leave an orphan.
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  void exited.then(() => process.off('exit', reap));
  const lastLines: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > 5) lastLines.shift();
      options.onStderrLine(line);
    });
  }
  try {
    const ready = await firstLine(child, options.readyWithinMs, exited);
    return { ...ready, pid: child.pid ?? 0, exited, stop: () => stopChild(child, exited) };
  } catch (error) {
    reap();
    const last = lastLines.length === 0 ? '' : ` It said: ${lastLines.join(' | ')}`;
    throw new StartError(
      69,
      `the embedded exchange did not start: ${error instanceof Error ? error.message : 'unknown'}.${last}`,
      { cause: error },
    );
  }
}

function firstLine(child: ChildProcess, readyWithinMs: number, exited: Promise<number | null>): Promise<ReadyExchange> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ready line within ${readyWithinMs} ms`)), readyWithinMs);
    child.once('error', (cause) => reject(new Error(`the program could not be run (${cause.name})`, { cause })));
    void exited.then((code) => reject(new Error(`it ended with code ${code ?? 'none'} before it was ready`)));
    if (child.stdout === null) return reject(new Error('it has no standard output'));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      const ready = readReady(line);
      if (ready === null) reject(new Error('its first line was no ready line'));
      else resolve(ready);
    });
    void exited.then(() => clearTimeout(timer));
  });
}

/** The line carries the secret of a toy account; still it is never put into a message. */
export function readReady(line: string): ReadyExchange | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('ready' in value) || value.ready !== true) return null;
  const { rest, ws, apiKey, apiSecret } = Object.fromEntries(Object.entries(value));
  if (typeof rest !== 'string' || typeof ws !== 'string' || typeof apiKey !== 'string' || typeof apiSecret !== 'string')
    return null;
  return { rest, ws, apiKey, apiSecret };
}

async function stopChild(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  child.stdin?.end();
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), INSIST_AFTER_MS);
  await exited;
  clearTimeout(insist);
}
