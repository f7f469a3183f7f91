// Foreign clients, the road to them: installed on first use from this folder's own lock file, then loaded from here. The
// product never sees them, and the type checker passes without them.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const folder = import.meta.dirname;
const INSTALL_WITHIN_MS = 240_000;

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = (...path: string[]): Manifest => JSON.parse(readFileSync(join(folder, ...path, 'package.json'), 'utf8'));

/** The exact versions this folder asks for. */
export const pinned = (): Readonly<Record<string, string>> => manifest().dependencies ?? {};

export const installedVersion = (name: string): string => manifest('node_modules', name).version ?? '';

/** npm writes its hidden lock last: with it in place the installation was finished, and with these pins. */
function isInstalled(): boolean {
  if (!existsSync(join(folder, 'node_modules', '.package-lock.json'))) return false;
  return Object.entries(pinned()).every(
    ([name, version]) => existsSync(join(folder, 'node_modules', name)) && installedVersion(name) === version,
  );
}

/** npm tells the cause first, then where in itself it happened. */
const reasonOf = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('npm error') && !line.includes('    at '))
    .slice(0, 5)
    .join('; ');

/** Runs `npm ci` once; rejects with what npm said where the registry cannot be reached. */
export async function ensureForeign(): Promise<void> {
  if (isInstalled()) return;
  const args = ['ci', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  await new Promise<void>((resolve, reject) => {
    // npm is a script file on Windows and starts only through a shell there.
    const shell = process.platform === 'win32';
    execFile('npm', args, { cwd: folder, timeout: INSTALL_WITHIN_MS, shell }, (error, _stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`npm ci could not install the foreign clients: ${reasonOf(stderr)}`, { cause: error }));
    });
  });
}

const requireHere = createRequire(join(folder, 'package.json'));

/** The package's exports; the shape is the caller's claim, proven by what the client then does. */
export const loadForeign = <Exports>(name: string): Exports => requireHere(name) as Exports;
