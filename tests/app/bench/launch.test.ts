// What is measured is started as the command starts itself.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { launchOf } from '../../../src/app/bench/launch.ts';

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'launch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'shim.mjs');
  writeFileSync(path, text);
  return path;
}

it('reads environment and flags from the first line', () => {
  const path = fileWith('#!/usr/bin/env -S A=1 B=two node --x --y=3\n#!/usr/bin/env node\n');
  expect(launchOf(path)).toEqual({ env: { A: '1', B: 'two' }, flags: ['--x', '--y=3'] });
});

it('knows how the command itself is started', () => {
  const { env, flags } = launchOf(join(import.meta.dirname, '../../../src/perpscout.mjs'));
  expect(Object.keys(env)).toEqual(['MALLOC_ARENA_MAX']);
  expect(flags).toEqual(['--max-semi-space-size=4']);
});

it('says which line it did not understand', () => {
  expect(() => launchOf(fileWith('#!/bin/sh\n'))).toThrow('#!/bin/sh');
});
