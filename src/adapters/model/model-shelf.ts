// Adapters, models: the model in use. New files are read whole and tried before they take the place of the old model; what is refused
// changes nothing. Without files there is no model, and that is no fault.
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSource } from '../../ports/model.ts';
import { ModelRefusedError } from './fields.ts';
import { type ExpectedRows, type GateDemand, type LoadedModel, loadModel, MODEL_FILES } from './load-model.ts';

/** Empty where the file is not there; a file that may not be looked at is one that will be refused by its name. */
function markOf(path: string): string {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? '' : `${path} ${found.mtimeMs} ${found.size} ${found.ino}`;
  } catch (error) {
    return `${path} ${error instanceof Error ? error.message : String(error)}`;
  }
}

function reasonOf(error: unknown, dir: string): string {
  if (error instanceof ModelRefusedError) return `${join(dir, error.file)}${error.message.slice(error.file.length)}`;
  return `${dir}: ${error instanceof Error ? error.message : String(error)}`;
}

/** Where a training leaves the model that it replaced. */
const PREVIOUS = 'previous';

export interface ShelfOptions {
  readonly dir: string;
  readonly expected: ExpectedRows;
  readonly demand: GateDemand;
  readonly onLoaded: (model: LoadedModel) => void;
  /** `kept`: version of the model that stays in use, null where there is none. */
  readonly onRefused: (reason: string, kept: string | null) => void;
}

export class ModelShelf implements ModelSource {
  readonly #options: ShelfOptions;
  #current: LoadedModel | null = null;
  /** Files that were tried, and files that were seen but may still be being written. */
  #tried = '';
  #seen = '';
  #state: 'closed' | 'open' = 'closed';

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  current(): LoadedModel | null {
    return this.#current;
  }

  /** At the start: the folder's model, or the one that the last training replaced. */
  open(): void {
    const { dir } = this.#options;
    this.#state = 'open';
    this.#seen = this.#fingerprint();
    if (this.#seen === '') return;
    this.#tried = this.#seen;
    if (this.#take(dir) === 'refused' && existsSync(join(dir, PREVIOUS, MODEL_FILES[0]))) this.#take(join(dir, PREVIOUS));
  }

  /** Every few seconds. Files are read when they stood still from one look to the next: a training may be writing them. */
  refresh(): void {
    if (this.#state === 'closed') return;
    const now = this.#fingerprint();
    const before = this.#seen;
    this.#seen = now;
    if (now === '' || now === this.#tried || now !== before) return;
    this.#tried = now;
    this.#take(this.#options.dir);
  }

  #take(dir: string): 'taken' | 'refused' {
    const { expected, demand, onLoaded, onRefused } = this.#options;
    try {
      this.#current = loadModel(dir, expected, demand);
    } catch (error) {
      // Whatever is wrong with files must not end a bot that may hold a position.
      onRefused(reasonOf(error, dir), this.#current?.version ?? null);
      return 'refused';
    }
    onLoaded(this.#current);
    return 'taken';
  }

  /** Empty where none of the files is there. */
  #fingerprint(): string {
    const { dir } = this.#options;
    const parts = MODEL_FILES.map((name) => markOf(join(dir, name)));
    return parts.every((part) => part === '') ? '' : parts.join('|');
  }
}
