// App: this run of the process among those before it. Its start is written down before anything else happens, its end when it ends in good
// order; the start after three crashes within ten minutes is latched into safe mode (reliability.md K25, H13).
import type { JournalRow, JournalState, LifeEnding } from '../core/journal.ts';
import type { Notice } from '../core/notice.ts';
import type { EpochMs } from '../core/units.ts';
import type { WallClock } from '../ports/clock.ts';
import { JournalError, StartError } from '../ports/errors.ts';
import type { TradeJournal } from '../ports/journal.ts';
import type { Logger } from '../ports/logger.ts';
import { CRASH_LOOP, crashLoop, LOOP_WINDOW_MS } from '../risk/crash-loop.ts';

export interface Life {
  /** What the journal knew before this run, and the latch that the crashes before it set. */
  readonly state: JournalState;
  /** Null, or what a person must hear of the crashes. */
  readonly alarm: Omit<Notice, 'event' | 'at'> | null;
  /** Whoever is not heard from any more has crashed; a refusal with an exit code of its own is an end in good order. */
  during<T>(work: () => Promise<T>): Promise<T>;
  end(ending: LifeEnding): void;
}

const utc = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const reasonOf = (crashes: readonly EpochMs[]): string =>
  `${crashes.length} crashes within ${LOOP_WINDOW_MS / 60_000} min, found at ${crashes.map(utc).join(', ')}`;

type Entries = 'asLatched' | 'allowed';

const WHAT_NOW: Readonly<Record<Entries, string>> = {
  asLatched:
    'Positions are protected and led to their end, nothing new is opened. When you know why: /resume on Discord, or start once with "perpscout run --allow-entries".',
  allowed: 'This start was asked to allow entries all the same.',
};

interface Tools {
  readonly wallClock: Pick<WallClock, 'epoch'>;
  readonly logger: Logger;
}

export function beginLife(journal: TradeJournal, { wallClock, logger }: Tools, entries: Entries): Life {
  const before = journal.load();
  const beganMs = wallClock.epoch();
  const crashes = crashLoop(before.lives, beganMs);
  const reason = crashes === null ? null : reasonOf(crashes);
  const rows: readonly JournalRow[] = [
    { table: 'life', beganMs, loop: reason === null ? 'none' : 'found' },
    ...(reason === null ? [] : [{ table: 'latch', name: CRASH_LOOP, reason } as const]),
  ];
  const write = (written: readonly JournalRow[]): void => {
    try {
      journal.commit(written);
    } catch (error) {
      // The rooms find out by themselves that nothing can be written, and open nothing.
      if (!(error instanceof JournalError)) throw error;
      logger.warn({ error: error.message, kept: error.kept }, 'start or end of this run could not be written to the database');
    }
  };
  const end = (ending: LifeEnding): void => write([{ table: 'lifeEnd', beganMs, endedMs: wallClock.epoch(), ending }]);
  write(rows);
  if (reason !== null) logger.error({ reason }, 'the process crashed again and again: safe mode');
  return {
    // Also where the latch itself could not be written: in this run it holds.
    state: reason === null ? before : { ...before, latches: new Map([...before.latches, [CRASH_LOOP, reason]]) },
    alarm:
      reason === null ? null : { severity: 'critical', code: CRASH_LOOP, text: `safe mode: ${reason}. ${WHAT_NOW[entries]}` },
    end,
    during: async (work) => {
      try {
        const result = await work();
        end('stopped');
        return result;
      } catch (error) {
        if (error instanceof StartError) end('refused');
        throw error;
      }
    },
  };
}
