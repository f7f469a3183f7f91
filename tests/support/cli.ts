// The command line as a user runs it: a real process, its own data folder, its output and exit code.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHIM = join(import.meta.dirname, '..', '..', 'src', 'perpscout.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line of stdout that the test is waiting for. */
  line(wanted: (line: string) => boolean): Promise<string>;
}

/** A folder that goes with the test; `environment` points the product into it. */
export function aHome(extra: Readonly<Record<string, string>> = {}): {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  remove(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'perpscout-test-'));
  return {
    folder,
    environment: { DATA_DIR: join(folder, 'data'), ML_LOG_DIR: join(folder, 'ml'), LOG_LEVEL: 'warn', ...extra },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export function start(words: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [SHIM, ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  const line = (wanted: (line: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = stdout.split('\n').find((text) => text !== '' && wanted(text));
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      void ended.then(({ code }) => reject(new Error(`it ended with ${code} before the line came: ${stderr.slice(-500)}`)));
      look();
    });
  return { child, ended, line };
}

export const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}, cwd?: string): Promise<Ended> =>
  start(words, environment, cwd).ended;

export const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
