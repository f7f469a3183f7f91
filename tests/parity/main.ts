// npm run parity -- [--recorded DIR] [--from 2025-06-02T00:00Z] [--for 24h]: the whole recorded day through sim, paper, replay and
// backtest, and what differs. Settings of the environment hold for all four. Ends with 1 where something that must be equal is not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sharedDir } from '../support/shared-data.ts';
import { parity, reportLines } from './parity.ts';

const { values } = parseArgs({
  options: {
    recorded: { type: 'string', default: sharedDir('market-data/klines/1m_2025-05-04_2025-06-24') ?? '' },
    from: { type: 'string', default: '2025-06-02T00:00Z' },
    for: { type: 'string', default: '24h' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'perpscout-parity-'));
try {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const begun = performance.now();
  const onStep = (text: string): void =>
    void process.stderr.write(`${((performance.now() - begun) / 1_000).toFixed(0).padStart(4)} s  ${text}\n`);
  const { recorded, from } = values;
  const report = await parity({ recorded, from, span: values.for, folder, environment, onStep });
  process.stdout.write(`${reportLines(report).join('\n')}\n`);
  process.exitCode = report.comparisons.some(({ different }) => different > 0) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
