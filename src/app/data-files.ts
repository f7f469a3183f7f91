// App: where the bot keeps what it remembers, one set of files per mode.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openReadModel } from '../adapters/journal/read-model.ts';
import { HitRates } from '../book/hit-rates.ts';

interface DataPlace {
  readonly DATA_DIR: string;
  readonly MODE: string;
}

export const databasePath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `perpscout-${MODE}.sqlite`);
/** Takes the journal's rows while the database cannot. */
export const standbyPath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `standby-${MODE}.jsonl`);
/** Room that is given back when the disk is full. */
export const reservePath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `reserve-${MODE}.bin`);
export const tracePath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `traces-${MODE}.sqlite`);

export const holdPath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `hold-${MODE}.json`);
/** The simulated account of paper mode. */
export const paperPath = ({ DATA_DIR }: Pick<DataPlace, 'DATA_DIR'>): string => join(DATA_DIR, 'paper-account.json');
export const candlePath = ({ DATA_DIR, MODE }: DataPlace): string => join(DATA_DIR, `candles-${MODE}.bin`);

/** What became of past signals; of none where no database was written yet. Throws StartError for one of another layout. */
export function measuredRates(place: DataPlace): HitRates {
  const rates = new HitRates();
  if (!existsSync(databasePath(place))) return rates;
  const source = openReadModel(databasePath(place));
  try {
    rates.restore(source.hitCounts());
  } finally {
    source.close();
  }
  return rates;
}
