// Services, room 6: takes over what the journal knows. Recovery and start are one path; it may be killed and run again at any step.
import { resumeManagement } from '../../src/book/lifecycle-manage.ts';
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { IntentRow, JournalState } from '../../src/core/journal.ts';
import type { Admission } from './admission.ts';
import type { EntryDesk } from './entry-desk.ts';
import type { Ladder } from './ladder.ts';
import type { Latches } from './latches.ts';
import { alarmNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import type { PositionWatch } from './position-watch.ts';
import { restoreTrade } from './rows.ts';
import type { RuntimeSettings, SettingsInForce } from './runtime-settings.ts';
import type { ShadowDesk } from './shadow-desk.ts';
import type { TradeDesk } from './trade-desk.ts';

export interface BootParts {
  readonly ports: ExecutionPorts;
  readonly options: ExecutionOptions;
  readonly desk: TradeDesk;
  readonly shadows: ShadowDesk;
  readonly entries: EntryDesk;
  readonly admission: Admission;
  readonly watch: PositionWatch;
  readonly settings: RuntimeSettings;
  readonly latches: Latches;
  readonly ladder: Ladder;
  readonly onSettings: (settings: SettingsInForce) => void;
}

export function takeOver(parts: BootParts, state: JournalState, now: Instant): void {
  const { desk, shadows, entries, admission, watch, latches } = parts;
  restoreSettings(parts, now);
  latches.restore(state.latches);
  for (const row of state.intents) {
    const trade = restored(parts, row, state, now);
    if (trade !== null) desk.adopt(resumeManagement(trade));
  }
  shadows.restore(state);
  entries.restore(state);
  const decided = state.intents.map(({ symbol, side, barCloseMs }) => ({ symbol, side, barCloseMs }));
  admission.restore({ recentNetR: state.recentNetR, closed: state.recentClosed, entries: decided });
  if (state.peakEquityUsdt !== null) watch.restore(state.peakEquityUsdt);
}

function restoreSettings({ settings, ports, onSettings }: BootParts, now: Instant): void {
  for (const { name, reason } of settings.restore())
    ports.notifier.publish(alarmNotice('setting', `${name} of an earlier run does not hold any more: ${reason}`, now.venueMs));
  onSettings(settings.inForce);
}

/** A contract may leave the venue's list while its trade runs: the plan knows its grid, the venue settles it, we book it. */
function restored(parts: BootParts, row: IntentRow, state: JournalState, now: Instant): LiveTrade | null {
  const { options, ports, ladder, entries } = parts;
  const grid = row.plan.grid ?? null;
  const listed = options.instrumentOf(row.symbol) !== null;
  if (listed || grid !== null) {
    if (!listed) {
      const text = `${row.symbol} is not on the venue's list any more; its trade ${row.tradeId} (${row.state}) is followed until it is settled`;
      ports.notifier.publish(alarmNotice('delisted', text, now.venueMs));
    }
    return restoreTrade(row, state, entries.frame(row.symbol, grid), now);
  }
  const text = `${row.symbol} is not on the venue's list any more; its trade ${row.tradeId} (${row.state}) cannot be managed`;
  ladder.raise('unlisted', 'PROTECT_ONLY', text);
  ports.notifier.publish(alarmNotice('unlisted', text, now.venueMs));
  return null;
}
