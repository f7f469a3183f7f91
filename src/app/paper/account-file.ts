// App, paper mode: the simulated account on disk. It is written whole or not at all before anybody hears what changed it, so
// that a killed process and its journal agree; what ended long ago is given up, so that the file stays small.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { DAY_MS } from '../../core/timeframe.ts';
import { StartError } from '../../ports/errors.ts';
import type { SimSnapshot } from '../../sim/snapshot.ts';

export interface PaperState {
  readonly version: 1;
  /** Which market's prices the account lives on: those of another one would mean nothing to its positions. */
  readonly market: string;
  /** Grows with every `--fresh`, so that no trade id comes twice. */
  readonly generation: number;
  /** Market time up to which resting orders have been held against the prices. */
  readonly nowMs: number;
  readonly account: SimSnapshot;
}

/** Settled trades are looked up for hours at most; a week leaves room for a bot that was away. */
const KEPT_MS = 7 * DAY_MS;

export class PaperAccountFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Null where none was kept. Refuses what cannot be read: a new account in its place would forget open positions. */
  load(): PaperState | null {
    if (!existsSync(this.#path)) return null;
    try {
      const found: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (isPaperState(found)) return found;
    } catch (cause) {
      throw new StartError(78, this.#unreadable(), { cause });
    }
    throw new StartError(78, this.#unreadable());
  }

  save(state: PaperState): void {
    const file = openSync(`${this.#path}.new`, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify({ ...state, account: recent(state.account, state.nowMs - KEPT_MS) }));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${this.#path}.new`, this.#path);
  }

  /** For `--fresh`; returns the generation that the new account has. */
  setAside(suffix: string): number {
    if (!existsSync(this.#path)) return 1;
    const before = readGeneration(this.#path);
    renameSync(this.#path, `${this.#path}.${suffix}`);
    return before + 1;
  }

  #unreadable(): string {
    return `the paper account ${this.#path} cannot be read; put a copy back in its place, or begin a new one with --fresh`;
  }
}

function isPaperState(found: unknown): found is PaperState {
  if (typeof found !== 'object' || found === null) return false;
  const { version, market, generation, nowMs, account } = Object.fromEntries(Object.entries(found));
  const numbers = typeof generation === 'number' && typeof nowMs === 'number';
  return version === 1 && typeof market === 'string' && numbers && typeof account === 'object' && account !== null;
}

/** Of a file that may be damaged: its generation is looked for in its text. */
function readGeneration(path: string): number {
  const found = /"generation":(\d+)/.exec(readFileSync(path, 'utf8'));
  return found === null ? 1 : Number(found[1]);
}

function recent(account: SimSnapshot, fromMs: number): SimSnapshot {
  const young = (row: { readonly atMs: number }): boolean => row.atMs >= fromMs;
  const open = new Set(['NEW', 'PARTIALLY_FILLED', 'TRIGGERING', 'TRIGGERED']);
  return {
    ...account,
    orders: account.orders.filter((row) => row.updateMs >= fromMs || open.has(row.status)),
    algos: account.algos.filter((row) => row.updateMs >= fromMs || open.has(row.algoStatus)),
    trades: account.trades.filter(young),
    incomes: account.incomes.filter(young),
    positionHistory: account.positionHistory.filter(young),
    nakedClosed: account.nakedClosed.filter(({ toMs }) => toMs >= fromMs),
    orderChanges: account.orderChanges?.filter(young) ?? [],
    marginMoves: account.marginMoves?.filter(young) ?? [],
  };
}
