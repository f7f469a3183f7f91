// Risk, room 5: the start gates (invariant I5). One pure function that lists every reason why no entry may be sent now;
// an empty list is the only permission. What is not known counts as a reason, never as a pass.

import type { AccountConfig } from '../core/orders.ts';
import { LADDER, type LadderLevel } from '../core/trade.ts';
import type { EpochMs, SymbolId } from '../core/units.ts';

export type GateId =
  | 'runtime'
  | 'integrity'
  | 'lock'
  | 'clock'
  | 'hedgeMode'
  | 'multiAssets'
  | 'canTrade'
  | 'withdrawRight'
  | 'userStream'
  | 'reconcile'
  | 'instruments'
  | 'disk'
  | 'memory'
  | 'loopLag'
  | 'entryBreaker'
  | 'latch'
  | 'ladder'
  | 'unresolved'
  | 'candles'
  | 'orderSlots';

export interface GateReason {
  readonly gate: GateId;
  readonly text: string;
}

/** What one symbol adds. */
export interface SymbolGateFacts {
  readonly symbol: SymbolId;
  /** Null, or what is unresolved there: an intent in `unknown`, a quarantine, a foreign position. */
  readonly unresolved: string | null;
  /** Null, or what is wrong with its candles: a hole, a provisional last bar, older than 10 s. */
  readonly candleFault: string | null;
  readonly freeConditionalSlots: number;
}

export interface GateFacts {
  readonly now: EpochMs;
  /** Null, or what is wrong with Node or SQLite. */
  readonly runtimeFault: string | null;
  /** Null, or what the integrity check of the database found. */
  readonly journalFault: string | null;
  readonly instanceLock: 'held' | 'lost';
  /** Offset to the venue's clock and when it was measured; null = never. */
  readonly clock: { readonly offsetMs: number; readonly measuredMs: EpochMs } | null;
  readonly account: AccountConfig | null;
  /** `notApplicable`: a venue without such a right (the embedded exchange, the demo). */
  readonly withdrawRight: 'off' | 'on' | 'unknown' | 'notApplicable';
  readonly userStream: { readonly state: 'up'; readonly sinceMs: EpochMs } | { readonly state: 'down' };
  /** Positions and both order lists were read completely at this venue time; null = never. */
  readonly reconciledMs: EpochMs | null;
  readonly instrumentsMs: EpochMs | null;
  readonly diskFreeBytes: number;
  readonly memoryFault: string | null;
  readonly loopLagMs: number;
  readonly entryBreaker: 'closed' | 'halfOpen' | 'open';
  /** Name → reason: pause, panic, safeMode, ban … */
  readonly latches: ReadonlyMap<string, string>;
  readonly ladder: LadderLevel;
  readonly symbol: SymbolGateFacts | null;
}

/** reliability.md I5. */
export const MAX_CLOCK_OFFSET_MS = 500;
export const MAX_CLOCK_AGE_MS = 15 * 60_000;
export const MAX_INSTRUMENTS_AGE_MS = 2 * 3_600_000;
/** Room for a day of WAL and rows, and for the moment in which the disk fills while a position is open. */
export const MIN_DISK_FREE_BYTES = 256 * 1024 * 1024;
/** A loop this late decides on a market that has gone. */
export const MAX_LOOP_LAG_MS = 1_000;
/** Disaster stop, target, and a working stop that is replaced by a second one before it goes; one in reserve (reliability.md B24). */
export const MIN_CONDITIONAL_SLOTS = 5;

type Check = (facts: GateFacts) => readonly [GateId, string] | null;

const processChecks: readonly Check[] = [
  (f) => (f.runtimeFault === null ? null : ['runtime', f.runtimeFault]),
  (f) => (f.journalFault === null ? null : ['integrity', f.journalFault]),
  (f) => (f.instanceLock === 'held' ? null : ['lock', 'this process does not hold the instance lock']),
  (f) =>
    f.diskFreeBytes >= MIN_DISK_FREE_BYTES
      ? null
      : [
          'disk',
          `${Math.floor(f.diskFreeBytes / 1_048_576)} MiB of disk are free, ${MIN_DISK_FREE_BYTES / 1_048_576} are kept in reserve`,
        ],
  (f) => (f.memoryFault === null ? null : ['memory', f.memoryFault]),
  (f) => (f.loopLagMs <= MAX_LOOP_LAG_MS ? null : ['loopLag', `the loop is ${Math.round(f.loopLagMs)} ms late`]),
];

const clockCheck: Check = ({ clock, now }) => {
  if (clock === null) return ['clock', "the venue's clock was never measured"];
  // Written so that NaN fails.
  if (!(Math.abs(clock.offsetMs) < MAX_CLOCK_OFFSET_MS))
    return ['clock', `our clock is ${Math.round(clock.offsetMs)} ms away from the venue's`];
  return now - clock.measuredMs < MAX_CLOCK_AGE_MS ? null : ['clock', "the venue's clock was last measured over 15 min ago"];
};

const reconcileCheck: Check = ({ userStream, reconciledMs }) => {
  if (userStream.state === 'down') return ['userStream', 'the user stream is down'];
  if (reconciledMs !== null && reconciledMs >= userStream.sinceMs) return null;
  return ['reconcile', 'positions and both order lists were not read since the user stream connected'];
};

const instrumentsCheck: Check = ({ instrumentsMs, now }) =>
  instrumentsMs !== null && now - instrumentsMs < MAX_INSTRUMENTS_AGE_MS
    ? null
    : ['instruments', 'the contract list is older than 2 h'];

const accountChecks: readonly Check[] = [
  (f) => (f.account === null ? ['canTrade', 'the account configuration was not read'] : null),
  (f) => (f.account === null || f.account.canTrade ? null : ['canTrade', 'the key may not trade futures']),
  (f) => (f.account?.hedgeMode ? ['hedgeMode', 'the account is in hedge mode; one-way mode is needed'] : null),
  (f) => (f.account?.multiAssets ? ['multiAssets', 'the account is in multi-assets mode; single-asset mode is needed'] : null),
  (f) =>
    f.withdrawRight === 'off' || f.withdrawRight === 'notApplicable'
      ? null
      : ['withdrawRight', `the key's withdrawal right is ${f.withdrawRight}; it must be off`],
  clockCheck,
  reconcileCheck,
  instrumentsCheck,
  (f) => (f.entryBreaker === 'closed' ? null : ['entryBreaker', `the entry breaker is ${f.entryBreaker}`]),
  (f) => (f.ladder === LADDER[0] ? null : ['ladder', `the bot is at level ${f.ladder}`]),
];

function symbolReasons(symbol: SymbolGateFacts): GateReason[] {
  const reasons: GateReason[] = [];
  if (symbol.unresolved !== null) reasons.push({ gate: 'unresolved', text: `${symbol.symbol}: ${symbol.unresolved}` });
  if (symbol.candleFault !== null) reasons.push({ gate: 'candles', text: `${symbol.symbol}: ${symbol.candleFault}` });
  if (!(symbol.freeConditionalSlots >= MIN_CONDITIONAL_SLOTS))
    reasons.push({
      gate: 'orderSlots',
      text: `${symbol.symbol}: ${symbol.freeConditionalSlots} conditional orders are free, ${MIN_CONDITIONAL_SLOTS} are needed`,
    });
  return reasons;
}

/** Every reason against an entry now, in a fixed order. */
export function entryGates(facts: GateFacts): readonly GateReason[] {
  const reasons: GateReason[] = [];
  for (const check of [...processChecks, ...accountChecks]) {
    const found = check(facts);
    if (found !== null) reasons.push({ gate: found[0], text: found[1] });
  }
  for (const [name, reason] of facts.latches) reasons.push({ gate: 'latch', text: `${name}: ${reason}` });
  if (facts.symbol !== null) reasons.push(...symbolReasons(facts.symbol));
  return reasons;
}
