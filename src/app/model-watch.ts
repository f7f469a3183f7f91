// App: the model of a run. Loaded at the start, looked at every few seconds; a new one takes over whole, a broken one is told by name
// and changes nothing. A run without a model folder, or with ML_FILTER=off, has none.
import { FEATURE_COLUMNS, FEATURE_NAMES } from '../../strategy/feature-schema.ts';
import type { ExpectedRows, GateDemand } from '../adapters/model/load-model.ts';
import { ModelShelf } from '../adapters/model/model-shelf.ts';
import { trainingSchemas } from '../core/training-rows.ts';
import type { EpochMs } from '../core/units.ts';
import type { Logger } from '../ports/logger.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Settings } from './config.ts';

/** How often the files are looked at; two looks that see the same are needed before they are read. */
export const MODEL_LOOK_MS = 5_000;

/** What a model must have been trained on to be asked by this version. */
export function expectedRows(): ExpectedRows {
  const { signals } = trainingSchemas(FEATURE_COLUMNS);
  return { featureNames: FEATURE_NAMES, featureHash: signals.featureHash, schemaHash: signals.hash };
}

/** What the training refused may be watched, never decide. */
export const demandOf = (mode: Settings['ML_FILTER']): GateDemand => (mode === 'on' ? 'promoted' : 'any');

export interface ModelWatchTools {
  readonly logger: Logger;
  readonly notifier: Notifier;
  readonly now: () => EpochMs;
}

/** Not opened yet: whoever should hear of it must listen first. */
export function watchModel(settings: Settings, { logger, notifier, now }: ModelWatchTools): ModelShelf | null {
  const { ML_FILTER: mode, ML_MODEL_DIR: dir } = settings;
  if (mode === 'on' && dir === '') logger.warn({ mode }, 'ML_FILTER is on, but ML_MODEL_DIR is empty: every signal passes');
  if (mode === 'off' || dir === '') return null;
  const shelf = new ModelShelf({
    dir,
    expected: expectedRows(),
    demand: demandOf(mode),
    onLoaded: ({ version, kind, promoted, goldenRows }) => {
      logger.info({ version, kind, promoted, goldenRows, mode }, 'model loaded');
      notifier.publish({ event: 'model', at: now(), version, kind, promoted, goldenRows, mode });
    },
    onRefused: (reason, kept) => {
      const rest = kept === null ? 'signals pass without a model' : `${kept} stays in use`;
      notifier.publish({
        event: 'alarm',
        at: now(),
        severity: 'warning',
        code: 'model',
        text: `model refused: ${reason}; ${rest}`,
      });
    },
  });
  return shelf;
}
