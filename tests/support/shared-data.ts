// Where the recorded data lives that is too big for the repository. Tests that need it skip where it is absent, unless
// PERPSCOUT_SHARED promises it: then a missing folder is a failure.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const promised = process.env['PERPSCOUT_SHARED'];
const root = promised ?? join(import.meta.dirname, '..', '..', '..', 'shared');

/** The folder, or null where this machine does not have it. */
export function sharedDir(sub: string): string | null {
  const folder = join(root, sub);
  if (existsSync(folder)) return folder;
  if (promised !== undefined) throw new Error(`PERPSCOUT_SHARED is set, but ${sub} is missing there`);
  return null;
}
