// Crash: what must hold after so many deaths, held against the exchange's all-knowing ledger. The judges of the soak are used where they judge
// the same; what is particular to a killed bot stands here.

import { type Check, FaultList, utc } from '../soak/check.ts';
import { checkBooks } from '../soak/check-books.ts';
import { checkLedger } from '../soak/check-ledger.ts';
import { checkRows } from '../soak/check-rows.ts';
import { exact } from '../soak/decimal.ts';
import { type Evidence, type Ledger, own } from '../soak/evidence.ts';
import type { Kill } from './lane.ts';
import type { LifeSpan } from './life.ts';
import { type CountedLedger, type NakedSpan, nakedSpans, percentile } from './naked-count.ts';

/** Issue 5: no position without a live stop for more than this much reachable time. */
export const NAKED_LIMIT_MS = 12_000;
/** reliability.md §3.7: from the start of a process to everything protected. */
export const BOOT_LIMIT_MS = 20_000;
export const BUSY_SHARE = 0.8;

export interface Case {
  readonly evidence: Evidence;
  readonly kills: readonly Kill[];
  readonly lives: readonly LifeSpan[];
  readonly rowFolder: string;
  readonly rebuiltFolder: string;
}

export function judgeLane({ evidence, kills, lives, rowFolder, rebuiltFolder }: Case): readonly Check[] {
  const ledger = evidence.ledger as Ledger & CountedLedger;
  const spans = nakedSpans(ledger, evidence.state.clock.nowMs);
  const written = {
    closedEvents: closedTrades(ledger),
    // What was said before a kill is not said again: the database answers for signals.
    signalEvents: evidence.journal.signals.map((row) => String(row['signal_id'])),
    rowFolder,
    rebuiltFolder,
  };
  return [
    ...checkLedger(evidence).filter(({ id }) => id !== 'I1'),
    reachable(spans, lives),
    fromBoot(spans, lives),
    agreed(spans, evidence.naked),
    noDangling(kills),
    ...checkBooks(evidence),
    ...checkRows(evidence, written),
  ];
}

/** Trades whose exits took away all that their entry brought, as the exchange filled them. */
function closedTrades(ledger: Ledger): readonly string[] {
  const left = new Map<string, bigint>();
  for (const [fill, { tradeId }] of own(ledger.fills, ({ clientOrderId }) => clientOrderId))
    left.set(tradeId, (left.get(tradeId) ?? 0n) + (fill.side === 'BUY' ? exact(fill.qty) : -exact(fill.qty)));
  return [...left].filter(([, qty]) => qty === 0n).map(([tradeId]) => tradeId);
}

const overlap = (span: NakedSpan, life: LifeSpan): number =>
  Math.max(0, Math.min(span.toMs, life.toMs) - Math.max(span.fromMs, life.fromMs));

/** The part of a naked span in which a process ran, boots included. */
const reachableMs = (span: NakedSpan, lives: readonly LifeSpan[]): number =>
  lives.reduce((sum, life) => sum + overlap(span, life), 0);

export function reachableLengths({ ledger, state }: Evidence, lives: readonly LifeSpan[]): readonly number[] {
  return nakedSpans(ledger as Ledger & CountedLedger, state.clock.nowMs).map((span) => reachableMs(span, lives));
}

function reachable(spans: readonly NakedSpan[], lives: readonly LifeSpan[]): Check {
  const faults = new FaultList();
  const lengths = spans.map((span) => {
    const ms = reachableMs(span, lives);
    if (ms > NAKED_LIMIT_MS) faults.add(`${span.symbol}: ${Math.round(ms)} ms of reachable time from ${utc(span.fromMs)} on`);
    return ms;
  });
  const detail = `p50 ${Math.round(percentile(lengths, 0.5))} ms, p99 ${Math.round(percentile(lengths, 0.99))} ms, longest ${Math.round(Math.max(0, ...lengths))} ms`;
  return {
    id: 'I1',
    what: `no position without a live stop for ${NAKED_LIMIT_MS / 1_000} s of reachable time`,
    seen: spans.length,
    faults: faults.all,
    detail,
    needs: 'mayBeEmpty',
  };
}

function fromBoot(spans: readonly NakedSpan[], lives: readonly LifeSpan[]): Check {
  const faults = new FaultList();
  const waits: number[] = [];
  for (const life of lives)
    for (const span of spans) {
      if (span.fromMs > life.fromMs || span.toMs <= life.fromMs) continue;
      const ms = Math.min(span.toMs, life.toMs) - life.fromMs;
      if (span.toMs <= life.toMs) waits.push(ms);
      if (ms > BOOT_LIMIT_MS)
        faults.add(`${span.symbol}: still naked ${Math.round(ms)} ms after the start of ${utc(life.fromMs)}`);
    }
  return {
    id: 'I1',
    what: `what a start finds naked is protected within ${BOOT_LIMIT_MS / 1_000} s`,
    seen: waits.length,
    faults: faults.all,
    detail: `longest ${Math.round(Math.max(0, ...waits))} ms`,
    needs: 'mayBeEmpty',
  };
}

/** Two counts that share no code must agree, span by span. */
export function agreed(mine: readonly NakedSpan[], theirs: readonly NakedSpan[]): Check {
  const faults = new FaultList();
  const keyOf = ({ symbol, fromMs, toMs }: NakedSpan): string => `${symbol} ${Math.round(fromMs)}–${Math.round(toMs)}`;
  const [a, b] = [mine, theirs].map((spans) => new Set(spans.map(keyOf)));
  for (const key of a ?? []) if (b?.has(key) !== true) faults.add(`${key} was counted by us alone`);
  for (const key of b ?? []) if (a?.has(key) !== true) faults.add(`${key} was counted by the exchange alone`);
  return {
    id: 'I1',
    what: 'our count of naked time = the exchange’s',
    seen: mine.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

function noDangling(kills: readonly Kill[]): Check {
  const faults = new FaultList();
  for (const kill of kills) for (const fault of kill.faults) faults.add(`${utc(kill.atMs)}: ${fault}`);
  return {
    id: 'I3',
    what: 'at each kill every position belongs to an open trade of the database',
    seen: kills.length,
    faults: faults.all,
  };
}

export function busyKills(kills: readonly Kill[]): Check {
  const busy = kills.filter(({ open, making }) => open.length + making.length > 0).length;
  const share = kills.length === 0 ? 0 : busy / kills.length;
  const by = (moment: Kill['moment']): number => kills.filter((kill) => kill.moment === moment).length;
  return {
    id: 'live',
    what: `a position open or opening at ${BUSY_SHARE * 100} % of the kills`,
    seen: kills.length,
    faults: share >= BUSY_SHARE ? [] : [`${busy} of ${kills.length}`],
    detail: `${busy} of ${kills.length}; ${kills.filter(({ making }) => making.length > 0).length} with an entry half done; boot ${by('boot')}, opening ${by('opening')}, holding ${by('holding')}, closing ${by('closing')}`,
  };
}
