// App, `perpscout study --rows`: training rows of recordings, so that a model can be tried before a bot has run for months.
import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import type { StrategySettings } from '../../../strategy/strategy.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { MarketSource } from '../../emulator/market/source.ts';
import { packageVersion } from '../package-version.ts';
import { type RowsReport, recordedRows } from '../study/recorded-rows.ts';
import { type PassId, passSettings } from '../study/study.ts';
import { Screen } from '../terminal/screen.ts';
import type { Text } from '../text/catalogue.ts';

export interface RowsWish {
  readonly source: MarketSource;
  readonly settings: StrategySettings;
  readonly pass: PassId;
  readonly placebos: number;
  readonly seed: number;
  readonly out: string;
  readonly text: Text;
}

export function writeRows({ source, settings, pass, placebos, seed, out, text }: RowsWish): RowsReport {
  const screen = new Screen(process.stderr, text, () => systemClock.now());
  const chosen = new Map(passSettings(settings)).get(pass) ?? settings;
  const configHash = sha256Hex(JSON.stringify([pass, settings.pair, chosen.minConfidence, String(chosen.costGateR)])).slice(
    0,
    16,
  );
  const run = { runId: `study-${seed}`, runMode: 'backtest', configHash, codeVersion: packageVersion(), modelVersion: null };
  const work = recordedRows({ source, strategy: smcConfluence, settings: chosen, placebos, seed, out, run });
  let step = work.next();
  while (!step.done) {
    screen.progress(text('study.rowsProgress'), step.value, 100);
    step = work.next();
  }
  screen.settle();
  return step.value;
}
