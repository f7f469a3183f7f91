// App, `perpscout exchange --report`: what the market behind the exchange is like, in figures, beside nothing else — run it once
// for the seeded market and once with --recorded to hold the two against each other.
import { type MarketFigures, marketReport, medianFigures, reportText } from '../emulator/market/market-report.ts';
import { spreadOver } from '../emulator/market/market-window.ts';
import type { MarketSource } from '../emulator/market/source.ts';

const DAY_MS = 86_400_000;
/** As many as the recorded sets have, so that the two medians mean the same. */
const SEEDED_CONTRACTS = 18;
const SEEDED_DAYS = 14;

export function marketFiguresText(source: MarketSource): string {
  const rows = figuresOf(source);
  return `${reportText(rows)}\n${reportText([medianFigures(rows)])}\n`;
}

function figuresOf(source: MarketSource): MarketFigures[] {
  const endMs = Number.isFinite(source.endMs) ? source.endMs : source.defaultFromMs;
  if (source.kind === 'recorded') {
    const all = source.contracts.map((contract) => contract.symbol);
    return marketReport(source, all, { fromMs: 0, toMs: endMs });
  }
  const span = { fromMs: endMs - SEEDED_DAYS * DAY_MS, toMs: endMs };
  const chosen = spreadOver(source, SEEDED_CONTRACTS, span).flatMap((index) => source.contracts[index]?.symbol ?? []);
  return marketReport(source, chosen, span);
}
