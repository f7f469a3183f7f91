// App, `run --record FILE`: opens the journal of a run and writes its head. A record that cannot be kept up ends with a word in
// the log; the run goes on.
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { SETTING_NAMES, type Settings } from '../config.ts';
import { packageVersion } from '../package-version.ts';
import type { OpenedVenue } from '../venue.ts';
import { JOURNAL_VERSION } from './journal-lines.ts';
import { JournalWriter } from './journal-writer.ts';
import { RunRecorder } from './run-recorder.ts';

export interface RunRecord {
  readonly recorder: RunRecorder;
  /** `ended`: in good order, so that a reader knows that nothing is missing. */
  close(how: 'ended' | 'broken'): Promise<void>;
}

export interface RecordedRun {
  readonly settings: Settings;
  readonly opened: OpenedVenue;
  readonly wallClock: WallClock;
  readonly logger: Logger;
}

/** Neither secrets nor people nor folders are needed to decide the same again. */
const LEFT_OUT = /KEY|SECRET|TOKEN|_DIR$|_FILE$|_URL$|_IDS?$/;

export function recordRun(path: string, { settings, opened, wallClock, logger }: RecordedRun): RunRecord {
  const writer = new JournalWriter(path, wallClock, (error) =>
    logger.error({ path, error: error instanceof Error ? error.message : String(error) }, 'the run journal ends here'),
  );
  const recorder = new RunRecorder({ market: opened.venue.clock, wall: wallClock, write: (line) => writer.write(line) });
  recorder.head({
    version: JOURNAL_VERSION,
    codeVersion: packageVersion(),
    settings: Object.fromEntries(
      SETTING_NAMES.filter((name) => !LEFT_OUT.test(name)).map((name) => [name, settings[name as keyof Settings]]),
    ),
    accountId: opened.accountId,
    startedMs: opened.startedMs,
    speed: opened.speed,
    decideWhen: opened.pacer.decideWhen,
    model: settings.ML_FILTER === 'off' || settings.ML_MODEL_DIR === '' ? 'none' : 'asked',
  });
  return {
    recorder,
    close: async (how) => {
      if (how === 'ended') recorder.ended();
      await writer.close();
    },
  };
}
