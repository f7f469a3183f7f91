// App: bursts of signals in words. Twelve longs within a quarter of an hour are shown as one, because they are nearly one bet.
import { clustersOf, isBurst } from '../../core/clusters.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import type { EpochMs, Side, SymbolId } from '../../core/units.ts';
import { clock } from '../terminal/format.ts';
import type { Text } from './catalogue.ts';
import { worded } from './words.ts';

const MOST_LINES = 5;

interface Shown {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly barCloseMs: EpochMs;
}

/** One line for each burst, the newest first. */
export function clusterLines(signals: readonly Shown[], clusterMinutes: number, text: Text): string[] {
  return clustersOf(signals, clusterMinutes * MINUTE_MS)
    .filter(isBurst)
    .toReversed()
    .slice(0, MOST_LINES)
    .map(({ side, fromMs, toMs, members }) =>
      text('cluster.line', {
        count: members.length,
        side: worded(text, 'side', side),
        from: clock(fromMs),
        to: clock(toMs),
        symbols: [...new Set(members.map(({ symbol }) => symbol))].join(' '),
      }),
    );
}
