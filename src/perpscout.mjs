#!/usr/bin/env node
// The command `perpscout`: runs the built code when there is any, else the sources through tsx, so that `npx perpscout`
// works after `npm ci` alone.
import { existsSync } from 'node:fs';

const built = new URL('../dist/src/main.js', import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`perpscout needs Node 20.19 or newer; this is ${process.versions.node}\n`);
  process.exit(78);
}
if (existsSync(built)) {
  await import(built.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
}
