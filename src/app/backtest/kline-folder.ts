// App, backtest: a folder of klines that a user named. What cannot be used is said in one line and ends with the code of a wrong
// usage, whichever command it was given to.
import { existsSync, statSync } from 'node:fs';
import { MarketDataError } from '../../emulator/market/market-data-error.ts';
import { StartError } from '../../ports/errors.ts';

/** `option` is how the user named it, such as "perpscout backtest: --data". */
export function klineFolder(path: string, option: string): string {
  if (!existsSync(path)) throw new StartError(2, `${option} names "${path}", which does not exist`);
  if (!statSync(path).isDirectory()) throw new StartError(2, `${option} names "${path}", which is not a folder`);
  return path;
}

/** Broken data is told with its file and line. */
export async function refusingBadData<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MarketDataError) throw new StartError(2, error.message, { cause: error });
    throw error;
  }
}
