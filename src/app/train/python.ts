// App, `perpscout train`: which Python of this machine can train. The first one that has the libraries is taken; a version manager's
// Python often stands before the system's and has none of them.
import { spawnSync } from 'node:child_process';

export const CANDIDATES: readonly string[] = ['python3', '/usr/bin/python3', 'python'];
const NEEDED = ['numpy', 'xgboost', 'sklearn'] as const;
const PROBE = `import importlib.util as u; print(','.join(m for m in ${JSON.stringify(NEEDED)} if u.find_spec(m) is None))`;
const PROBE_MS = 20_000;

export type FoundPython =
  | { readonly kind: 'ready'; readonly command: string }
  /** The Python that lacks least, and what it lacks. */
  | { readonly kind: 'lacking'; readonly command: string; readonly missing: readonly string[] }
  | { readonly kind: 'none' };

export function findPython(candidates: readonly string[] = CANDIDATES): FoundPython {
  let lacking: Extract<FoundPython, { kind: 'lacking' }> | null = null;
  for (const command of candidates) {
    const answer = spawnSync(command, ['-c', PROBE], { encoding: 'utf8', timeout: PROBE_MS });
    if (answer.status !== 0) continue;
    const missing = answer.stdout
      .trim()
      .split(',')
      .filter((name) => name !== '');
    if (missing.length === 0) return { kind: 'ready', command };
    if (lacking === null || missing.length < lacking.missing.length) lacking = { kind: 'lacking', command, missing };
  }
  return lacking ?? { kind: 'none' };
}
