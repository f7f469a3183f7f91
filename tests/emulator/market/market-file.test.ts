import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MarketDataError } from '../../../src/emulator/market/market-data-error.ts';
import { readMarketFile } from '../../../src/emulator/market/market-file.ts';

describe('a table of the market', () => {
  it('is found in the sources when the program runs from dist', () => {
    const root = mkdtempSync(join(tmpdir(), 'market-file-'));
    const [sources, built] = [join(root, 'src/emulator/market'), join(root, 'dist/src/emulator/market')];
    for (const dir of [sources, built]) mkdirSync(dir, { recursive: true });
    writeFileSync(join(sources, 'contracts.csv'), 'the table');
    expect(readMarketFile('contracts.csv', built)).toBe('the table');
    expect(readMarketFile('contracts.csv', sources)).toBe('the table');
    expect(() => readMarketFile('brackets.csv', built)).toThrow(MarketDataError);
    rmSync(root, { recursive: true });
  });
});
