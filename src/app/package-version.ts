// App: the version that rows, snapshots and handovers are signed with, wherever the code runs from.
import { existsSync, readFileSync } from 'node:fs';

export const packageVersion = (): string => {
  const file = [new URL('../../package.json', import.meta.url), new URL('../../../package.json', import.meta.url)].find((url) =>
    existsSync(url),
  );
  return file === undefined ? 'unknown' : String(JSON.parse(readFileSync(file, 'utf8')).version);
};
