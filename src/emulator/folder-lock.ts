// Emulator, memory: one exchange per folder. The lock names its process and is touched every second, so that neither a
// killed owner nor a reused process number keeps the folder closed.
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';

const STALE_MS = 10_000;

interface Owner {
  readonly pid: number;
  readonly nonce: string;
}

export class FolderLock {
  readonly #path: string;
  readonly #own: Owner = { pid: process.pid, nonce: randomUUID() };

  constructor(path: string) {
    this.#path = path;
    if (this.#take()) return;
    const owner = readOwner(path);
    if (owner !== null && isAlive(owner.pid) && Date.now() - statSync(path).mtimeMs < STALE_MS) {
      throw new Error(`another exchange (process ${owner.pid}) uses this data folder: ${path} is held`);
    }
    rmSync(path, { force: true });
    if (!this.#take()) throw new Error(`another exchange took this data folder just now: ${path} is held`);
  }

  refresh(): void {
    if (readOwner(this.#path)?.nonce !== this.#own.nonce) {
      throw new Error(`another exchange has taken this data folder over: ${this.#path}`);
    }
    const now = new Date();
    utimesSync(this.#path, now, now);
  }

  release(): void {
    if (readOwner(this.#path)?.nonce === this.#own.nonce) rmSync(this.#path, { force: true });
  }

  #take(): boolean {
    try {
      writeFileSync(this.#path, JSON.stringify(this.#own), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (cause) {
      if (errorCode(cause) === 'EEXIST') return false;
      throw new Error(`the lock ${this.#path} cannot be written`, { cause });
    }
  }
}

/** Null where the file is gone or was cut off while being written. */
function readOwner(path: string): Owner | null {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return typeof found.pid === 'number' && typeof found.nonce === 'string' ? { pid: found.pid, nonce: found.nonce } : null;
  } catch (cause) {
    if (cause instanceof SyntaxError || errorCode(cause) === 'ENOENT') return null;
    throw new Error(`the lock ${path} cannot be read`, { cause });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it lives and belongs to somebody else.
    return errorCode(cause) === 'EPERM';
  }
}

const errorCode = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? String(cause.code) : '');
