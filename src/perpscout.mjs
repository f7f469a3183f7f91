#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=4
// The command `perpscout`: runs the built code where no source is newer, else the sources through tsx. One malloc arena for all threads
// and a small nursery keep the process some 50 MB smaller (`perpscout bench --only rss`).
import { readdirSync, statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// The detectors are many short methods over one row of numbers; by its own measure (27 bytes) V8 calls most of them instead of putting them
// in place. `perpscout bench --only detectors --recorded DIR` with and without this line shows what it is worth.
setFlagsFromString('--max-inlined-bytecode-size-small=60');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`perpscout needs Node 20.19 or newer; this is ${process.versions.node}\n`);
  process.exit(78);
}

const root = new URL('../', import.meta.url);

/** Whether dist/ was built after the last change of a source. */
function isBuilt() {
  const stamp = statSync(new URL('dist/built', root), { throwIfNoEntry: false });
  if (stamp === undefined) return false;
  return ['src', 'services', 'strategy'].every((room) =>
    readdirSync(new URL(`${room}/`, root), { recursive: true }).every(
      (file) => statSync(new URL(`${room}/${file}`, root)).mtimeMs <= stamp.mtimeMs,
    ),
  );
}

if (isBuilt()) {
  await import(new URL('dist/src/main.js', root).href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
}
