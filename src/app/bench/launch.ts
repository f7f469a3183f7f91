// App, `perpscout bench`: how the command is started by its own first line, so that what is measured is what people run.
import { readFileSync } from 'node:fs';

export interface Launch {
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
}

/** Reads `#!/usr/bin/env -S NAME=value … node --flag …`. */
export function launchOf(shimPath: string): Launch {
  const [line = ''] = readFileSync(shimPath, 'utf8').split('\n', 1);
  const found = /^#!\/usr\/bin\/env -S((?: \w+=\S+)*) node((?: --\S+)*)$/.exec(line);
  if (found === null) throw new Error(`${shimPath} does not say how it is started: "${line}"`);
  const words = (part = ''): string[] => part.split(' ').filter((word) => word !== '');
  return {
    env: Object.fromEntries(words(found[1]).map((word) => word.split('=', 2) as [string, string])),
    flags: words(found[2]),
  };
}
