// App: bars that closed while no process watched. Virtual trades and labels of an earlier run get them before the loop begins.
import { readPatiently } from '../../services/data/patience.ts';
import type { JournalState } from '../core/journal.ts';
import { timeframeMs } from '../core/timeframe.ts';
import { epochMs, type SymbolId } from '../core/units.ts';
import type { Bot } from './assemble.ts';
import type { Settings } from './config.ts';
import type { RunRecorder } from './replay/run-recorder.ts';
import type { OpenedVenue, VenueTools } from './venue.ts';

const CATCH_UP_BARS = 1_500;

interface Catching {
  readonly settings: Settings;
  readonly opened: OpenedVenue;
  readonly tape: RunRecorder | null;
  readonly tools: VenueTools;
}

/** Open of the first bar that somebody of the journal still waits for, by symbol. */
function missedFrom({ virtuals, longLabels, watermarks }: JournalState): ReadonlyMap<SymbolId, number> {
  const from = new Map<SymbolId, number>();
  const want = (symbol: SymbolId, ms: number): void => void from.set(symbol, Math.min(ms, from.get(symbol) ?? ms));
  for (const trade of virtuals) want(trade.symbol, watermarks.get(trade.symbol) ?? trade.signalBarCloseMs);
  for (const { outcome } of longLabels) want(outcome.symbol, outcome.exitMs);
  return from;
}

/** Virtual trades and labels of an earlier run get the bars that closed while nobody watched. */
export async function catchUp(
  { settings, opened, tape, tools }: Catching,
  bot: Pick<Bot, 'data' | 'execution'>,
  state: JournalState,
): Promise<void> {
  const barMs = timeframeMs(settings.ENTRY_TF);
  const followed = [...missedFrom(state)].filter(([symbol]) => bot.data.bars(symbol) !== undefined);
  const missed = await Promise.all(
    followed.map(async ([symbol, fromMs]) => {
      const count = Math.min(CATCH_UP_BARS, Math.round((bot.data.runningOpenMs - fromMs) / barMs));
      const read = () => opened.venue.feed.history({ symbol, timeframe: settings.ENTRY_TF, count, fromMs: epochMs(fromMs) });
      // Positions are open by now: one refused page must not end the start that is to look after them.
      const bars = count <= 0 ? [] : await readPatiently(read, { ...tools, what: `missed bars of ${symbol}`, signal: null });
      return { symbol, bars: bars.map((entryBar) => ({ entryBar })) };
    }),
  );
  tape?.missed(missed);
  bot.execution.onBars(missed);
}
