// App, shared by run, scan and exchange: reading the options that choose the embedded exchange's market.
import { MarketDataError } from '../emulator/market/market-data-error.ts';
import { recordedSource } from '../emulator/market/recorded-source.ts';
import type { MarketSource } from '../emulator/market/source.ts';
import { syntheticSource } from '../emulator/market/synthetic-source.ts';
import { StartError } from '../ports/errors.ts';
import { klineFolder } from './backtest/kline-folder.ts';
import type { ParsedArgs } from './cli/command.ts';

export interface MarketChoice {
  readonly symbols: number;
  readonly seed: number;
  readonly speed: number | null;
  readonly fromMs: number | null;
  readonly recorded: string | null;
}

export function marketChoice(args: ParsedArgs): MarketChoice {
  const recorded = args.text('recorded');
  if (recorded !== null) klineFolder(recorded, '--recorded');
  return {
    symbols: args.integer('symbols', 1, 648) ?? 648,
    seed: args.integer('seed', 0, 2_147_483_647) ?? 1,
    speed: args.number('speed', 1, 1000),
    fromMs: args.instant('from'),
    recorded,
  };
}

/** The chosen market; broken recordings are told with file and line. */
export function openSource(choice: MarketChoice): MarketSource {
  try {
    const source =
      choice.recorded === null
        ? syntheticSource({ seed: choice.seed, symbols: choice.symbols })
        : recordedSource(choice.recorded);
    checkStart(source, choice);
    return source;
  } catch (error) {
    if (error instanceof MarketDataError) throw new StartError(2, error.message, { cause: error });
    throw error;
  }
}

function checkStart(source: MarketSource, { fromMs, recorded }: MarketChoice): void {
  if (fromMs === null || recorded === null) return;
  if (!source.contracts.some((_, index) => source.listed(index, fromMs))) {
    const end = Number.isFinite(source.endMs) ? new Date(source.endMs).toISOString() : 'open';
    throw new StartError(
      2,
      `--from ${new Date(fromMs).toISOString()}: no contract of "${recorded}" has bars there (recording ends ${end})`,
    );
  }
}

/** The same choice as words for a child process. */
export function marketArgs(choice: MarketChoice): string[] {
  const words = ['--symbols', String(choice.symbols), '--seed', String(choice.seed)];
  if (choice.fromMs !== null) words.push('--from', new Date(choice.fromMs).toISOString());
  if (choice.recorded !== null) words.push('--recorded', choice.recorded);
  return words;
}
