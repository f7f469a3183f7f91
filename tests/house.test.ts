// The house stays a house: who may import whom, what a pure floor may not touch, no circles, no crowded files.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeOnly, importsOf, inspect, MAX_MEAN_LINES, readSources, type SourceFile } from './support/house.ts';

const root = join(import.meta.dirname, '..');
const sources = readSources(root, ['src', 'services', 'strategy']);
const seeded = (path: string, text: string): string[] => inspect([{ path, text }]);

describe('the house as it stands', () => {
  it('has no import, ambient or size fault and no import circle', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(inspect(sources)).toEqual([]);
  });

  it(`keeps its code files under ${MAX_MEAN_LINES} lines on average`, () => {
    const lines = sources.map((file) => file.text.split('\n').length);
    expect(lines.reduce((a, b) => a + b, 0) / lines.length).toBeLessThan(MAX_MEAN_LINES);
  });

  it('opens every file with a comment that says which room it is', () => {
    const silent = sources.filter((file) => !/^(#!.*\n)?\s*\/\//.test(file.text)).map((file) => file.path);
    expect(silent).toEqual([]);
  });
});

describe('the inspection finds a seeded violation of each kind', () => {
  it('catches an upward import', () => {
    expect(seeded('strategy/peek.ts', "import { x } from '../services/data-service.ts';")).toEqual([
      'strategy/peek.ts: imports services/data-service.ts, which strategy/ must not see',
    ]);
  });

  it('catches an import of a sibling adapter', () => {
    expect(seeded('src/adapters/journal/peek.ts', "import { y } from '../binance/rest.ts';")[0]).toContain(
      'src/adapters/binance/rest.ts',
    );
  });

  it('catches the emulator borrowing the schemas of the bot', () => {
    expect(seeded('src/emulator/peek.ts', "import type { W } from '../adapters/binance/wire.ts';")[0]).toContain('must not see');
  });

  it('catches node: modules and foreign packages on a pure floor', () => {
    expect(seeded('src/risk/disk.ts', "import { readFileSync } from 'node:fs';")[0]).toContain('node:fs on a pure floor');
    expect(seeded('services/web.ts', "import axios from 'axios';")[0]).toContain('package axios');
  });

  it.each([
    ['Date.now', 'const t = Date.now();'],
    ['new Date()', 'const d = new Date();'],
    ['Math.random', 'const r = Math.random();'],
    ['process', "const e = process.env['X'];"],
    ['performance', 'const p = performance.now();'],
    ['console', "console.log('x');"],
    ['a timer', 'setTimeout(() => {}, 1);'],
    ['fetch', "const f = fetch('x');"],
  ])('catches ambient %s', (name, code) => {
    expect(seeded('src/book/ambient.ts', code)).toEqual([`src/book/ambient.ts: uses ${name} on a pure floor`]);
  });

  it.each([
    ["if (settings.MODE === 'paper') return;"],
    ["const kind = run.mode === 'backtest' ? 1 : 2;"],
    ['if (isLive) send();'],
    ['const mode = options.run.runMode;'],
  ])('catches a question for the mode: %s', (code) => {
    for (const room of ['strategy', 'src/risk', 'src/book', 'services'])
      expect(seeded(`${room}/curious.ts`, code)).toEqual([`${room}/curious.ts: asks in which mode it runs`]);
    expect(seeded('src/app/composition.ts', code)).toEqual([]);
  });

  it('catches a file of more than 350 lines', () => {
    expect(seeded('src/core/long.ts', '\n'.repeat(351))[0]).toContain('352 lines');
  });

  it('catches an import circle', () => {
    const files: SourceFile[] = [
      { path: 'src/core/a.ts', text: "import { b } from './b.ts';" },
      { path: 'src/core/b.ts', text: "import { a } from './a.ts';" },
    ];
    expect(inspect(files)).toEqual(['import circle: src/core/a.ts → src/core/b.ts → src/core/a.ts']);
  });

  it('catches a file outside every room', () => {
    expect(seeded('src/misc/helper.ts', '')).toEqual(['src/misc/helper.ts: stands in no room of the house']);
  });

  it('does not mistake comments and quoted words for code', () => {
    expect(codeOnly("// Date.now()\nconst a = 'Math.random'; /* process.exit */")).not.toMatch(/Date|Math|process/);
    expect(
      importsOf(
        "import { a } from './a.ts';\nexport type { B } from './b.ts';\nconst c = await import('./c.ts');\nimport './d.ts';",
      ),
    ).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts']);
  });
});
