// Services, room 3: a start that does not give up at the first refused page. What may go through later is asked again a few
// times with growing pauses; what will not is told at once.
import type { WallClock } from '../../src/ports/clock.ts';
import { VenueError } from '../../src/ports/errors.ts';
import type { Logger } from '../../src/ports/logger.ts';

const TRIES = 6;
const FIRST_PAUSE_MS = 250;

export interface Patience {
  readonly wallClock: WallClock;
  readonly logger: Logger;
  /** Names the thing in the log. */
  readonly what: string;
  /** Aborted: nobody waits for the answer any more. */
  readonly signal: AbortSignal | null;
}

export async function readPatiently<T>(read: () => Promise<T>, { wallClock, logger, what, signal }: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof VenueError) || error.remedy === 'final' || attempt === TRIES || signal?.aborted === true)
        throw error;
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      logger.warn({ what, attempt, pauseMs, reason: error.message }, 'the venue did not answer; asking again');
      await new Promise<void>((resolve) => {
        wallClock.after(pauseMs, resolve);
      });
    }
  }
}
