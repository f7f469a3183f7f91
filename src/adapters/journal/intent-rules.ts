// Adapters, the journal: the rules that every journal keeps, whatever it is written on.
import type { IntentRow } from '../../core/journal.ts';
import type { TradeState } from '../../core/trade.ts';
import { invariant } from '../../core/units.ts';

/** Nothing more happens to these, except that a position seen later reopens them. */
export const FINAL_STATES: readonly TradeState[] = ['swept', 'voidUnsent', 'voidRejected', 'voidFenced'];
/** reliability.md §3.4: a final trade is watched for a ghost position this long. */
export const GHOST_WATCH_MS = 60 * 60_000;
/** Contract: the win rate that leverage is drawn from. */
export const RECENT_TRADES = 200;

/** Lives that are kept; a loop of crashes is found among the newest of them. */
export const KEPT_LIVES = 1_000;
export const RECENT_LIVES = 100;

export const isFinal = (state: TradeState): boolean => FINAL_STATES.includes(state);

/** A stale version means that two hands wrote one trade: our mistake, so nothing of the commit stands. */
export function checkVersion(row: IntentRow, heldVersion: number | null): void {
  if (heldVersion === null) return;
  invariant(
    row.version === heldVersion + 1,
    `intent ${row.tradeId} is at version ${heldVersion}; version ${row.version} does not follow it`,
  );
}

/** The instant from which a final intent is old: by the newest instant that the journal knows, since a journal has no clock. */
export const intentInstant = (row: IntentRow): number => Math.max(row.barCloseMs, row.openedMs ?? 0, row.closedMs ?? 0);
