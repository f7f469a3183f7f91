// App, `perpscout why`: the recorded decision about one contract at one bar, read beside a running bot or after it.
import { existsSync } from 'node:fs';
import type { DecisionTraces } from '../../../services/decision-traces.ts';
import { openReadModel, type ReadModel } from '../../adapters/journal/read-model.ts';
import { HitRates } from '../../book/hit-rates.ts';
import { barOpen } from '../../core/timeframe.ts';
import { type SymbolId, symbolId } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';
import type { DecisionWish } from '../../ports/history.ts';
import type { ParsedArgs } from '../cli/command.ts';
import { loadSettings } from '../config.ts';
import { databasePath, tracePath } from '../data-files.ts';
import { textIn } from '../text/catalogue.ts';
import { decisionReport, storedTraces } from './why-lookup.ts';
import { type WhyReport, whyLines, whyRecord } from './why-report.ts';

const NEAR_NAMES = 5;

export async function run(args: ParsedArgs): Promise<number> {
  const settings = loadSettings(process.env);
  const [name] = args.operands;
  if (name === undefined) throw new StartError(2, 'perpscout why: SYMBOL is missing, e.g. perpscout why BTCUSDT');
  const at = args.instant('at');
  const database = databasePath(settings);
  if (!existsSync(database))
    throw new StartError(2, `there is no database ${database} yet; run the bot first, or set DATA_DIR and MODE`);
  const traces = storedTraces(tracePath(settings), at);
  const journal = openReadModel(database);
  try {
    const symbol = knownSymbol(name, [...traces.symbols(), ...journal.signalSymbols()]);
    const report = reportOf({ symbol, atMs: at === null ? null : barOpen(at, settings.ENTRY_TF) }, traces, journal);
    if (args.has('json')) process.stdout.write(`${JSON.stringify(whyRecord(report))}\n`);
    else process.stdout.write(`${whyLines(report, textIn(settings.APP_LANG)).join('\n')}\n`);
    return 0;
  } finally {
    journal.close();
  }
}

function reportOf(wish: DecisionWish, traces: DecisionTraces, journal: ReadModel): WhyReport {
  const rates = new HitRates();
  rates.restore(journal.hitCounts());
  const report = decisionReport(wish, traces, journal);
  const decisions = report.decisions.map((decision) => ({
    ...decision,
    measured: rates.rateOf(decision.evaluation.setup, decision.evaluation.score),
  }));
  return { ...report, decisions };
}

function knownSymbol(asked: string, known: readonly string[]): SymbolId {
  const name = asked.toUpperCase();
  if (known.includes(name)) return symbolId(name);
  if (known.length === 0)
    throw new StartError(2, `nothing is recorded yet, also not for ${name}; a running bot records each minute`);
  const near = nearNames(name, [...new Set(known)]);
  throw new StartError(2, `"${asked}" is no contract that was ever scanned; did you mean ${near.join(', ')}?`);
}

const stemOf = (name: string): string => name.replace(/(USDT|USDC|USD|PERP)$/, '');

/** Names that hold what was asked; where there is none, those with the fewest letters to change. */
export function nearNames(asked: string, known: readonly string[]): string[] {
  const stem = stemOf(asked);
  const holding = stem === '' ? [] : known.filter((name) => name.includes(stem));
  const letters = (name: string): number => Math.min(lettersToChange(asked, name), lettersToChange(stem, stemOf(name)));
  return (holding.length > 0 ? holding : known)
    .map((name) => ({ name, cost: holding.length > 0 ? name.indexOf(stem) : letters(name) }))
    .sort((a, b) => a.cost - b.cost || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, NEAR_NAMES)
    .map(({ name }) => name);
}

/** Letters to add, drop or change until one name is the other. */
function lettersToChange(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (before[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1]);
      row.push(Math.min(changed, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
