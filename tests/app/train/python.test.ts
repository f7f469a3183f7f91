// Which Python can train: the first with the libraries, else the one that lacks least, else none.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPython } from '../../../src/app/train/python.ts';
import { aHome, run } from '../../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpscout-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that answers as a Python which lacks these modules. */
function aPython(name: string, missing: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho ${missing}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('the Python that trains', () => {
  it('is the first that has everything', () => {
    const [bare, whole] = [aPython('bare', 'numpy,xgboost,sklearn'), aPython('whole', '')];
    expect(findPython(['no-such-python', bare, whole])).toEqual({ kind: 'ready', command: whole });
  });

  it('is named with what it lacks where none has everything, and is none where there is none', () => {
    const [bare, near] = [aPython('bare', 'numpy,xgboost,sklearn'), aPython('near', 'xgboost')];
    expect(findPython([bare, near])).toEqual({ kind: 'lacking', command: near, missing: ['xgboost'] });
    expect(findPython(['no-such-python'])).toEqual({ kind: 'none' });
  });
});

describe('perpscout train', () => {
  const home = aHome({ APP_LANG: 'en' });
  afterAll(() => home.remove());

  it.each([
    [['train', '--in', 'rows'], 'perpscout train: --out DIR is missing, and ML_MODEL_DIR is not set'],
    [['train', '--in', 'rows', '--out', 'm', '--kind', 'tree'], '--kind is "tree"; allowed: xgboost | logistic'],
    [['train', '--in', 'rows', '--out', 'm', '--judge-from', 'May'], '--judge-from is "May"'],
  ])('%j is refused with what is allowed', async (words, sentence) => {
    const { code, stderr } = await run(words, home.environment, home.folder);
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
