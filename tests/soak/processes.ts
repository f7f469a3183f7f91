// Soak: the two real processes, started as a user starts them; the bot with a collector that can be called.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const SHIM = join(import.meta.dirname, '..', '..', 'src', 'perpscout.mjs');
const READY_WITHIN_MS = 120_000;

export type Environment = Readonly<Record<string, string>>;

export interface Product {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
}

export function startProduct(words: readonly string[], environment: Environment, onLine: (line: string) => void): Product {
  const child = spawn(process.execPath, ['--expose-gc', SHIM, ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', onLine);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  const exited = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      process.off('exit', reap);
      resolve(code);
    });
  });
  return { child, exited, stderr: () => stderr };
}

export interface RunningExchange extends Product {
  readonly rest: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export async function startExchange(words: readonly string[], environment: Environment): Promise<RunningExchange> {
  let onFirst: (line: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => {
    onFirst = resolve;
  });
  const product = startProduct(['exchange', ...words], environment, (line) => onFirst(line));
  const gaveUp = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error('the exchange said nothing')), READY_WITHIN_MS);
    void first.then(() => clearTimeout(timer));
    void product.exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the exchange ended with ${code}: ${product.stderr().slice(-500)}`));
    });
  });
  // Once it is up, its later end is no failure of its start.
  gaveUp.catch(() => undefined);
  const ready = JSON.parse(await Promise.race([first, gaveUp])) as { rest: string; apiKey: string; apiSecret: string };
  return { ...product, ...ready };
}

/** Asks for an end in good order and insists after a while; the exit code, null for a process that had to be killed. */
export async function endProduct({ child, exited }: Product, withinMs: number): Promise<number | null> {
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const code = await exited;
  clearTimeout(insist);
  return code;
}
