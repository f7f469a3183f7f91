// Soak: the invariants that can be read from the exchange's ledger, from outside and after the fact: I1, I2, I8, I9, I12.
import { type Check, FaultList, utc } from './check.ts';
import { exact, shown, sum } from './decimal.ts';
import { type Evidence, type Ledger, type LedgerFill, own } from './evidence.ts';

/** T1 is 10 s; the close that follows it must be over within two more (issue 4). */
const NAKED_LIMIT_MS = 12_000;
const MAX_POSITIONS = 3;
/** On the wall, as requests and their repetitions take it; at 60× an hour of the market passes meanwhile. */
const ORPHAN_LIMIT_MS = 60_000;
const ALIVE = new Set(['NEW', 'PARTIALLY_FILLED', 'TRIGGERING']);

/** `speed`: market time over wall time. */
export function checkLedger({ ledger, naked, state }: Evidence, speed = 1): readonly Check[] {
  const orphaned = orphans(ledger, { nowMs: state.clock.nowMs, limitMs: ORPHAN_LIMIT_MS * speed });
  return [nakedTime(naked), singleEntry(ledger), exitsShrink(ledger.fills), caps(ledger), orphaned];
}

function nakedTime(naked: Evidence['naked']): Check {
  const faults = new FaultList();
  for (const { symbol, fromMs, wallMs } of naked)
    if (wallMs > NAKED_LIMIT_MS)
      faults.add(`${symbol} stood without a live stop for ${Math.round(wallMs)} ms from ${utc(fromMs)} on`);
  const sorted = naked.map(({ wallMs }) => wallMs).sort((a, b) => a - b);
  const detail =
    sorted.length === 0
      ? 'none'
      : `median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, longest ${Math.round(sorted.at(-1) ?? 0)} ms of wall time`;
  return {
    id: 'I1',
    what: 'no position without a live stop for 12 s',
    seen: naked.length,
    faults: faults.all,
    detail,
    needs: 'mayBeEmpty',
  };
}

function singleEntry(ledger: Ledger): Check {
  const faults = new FaultList();
  const entries = own(ledger.orders, (order) => order.clientOrderId).filter(([, { role }]) => role === 'e');
  const byTrade = new Map<string, string>();
  for (const [order, { tradeId }] of entries) {
    if (byTrade.has(tradeId)) faults.add(`trade ${tradeId} has a second accepted entry, ${order.clientOrderId}`);
    byTrade.set(tradeId, order.quantity);
  }
  for (const [tradeId, quantity] of byTrade) {
    const filled = sum(
      own(ledger.fills, (fill) => fill.clientOrderId)
        .filter(([, id]) => id.tradeId === tradeId && id.role === 'e')
        .map(([fill]) => exact(fill.qty)),
    );
    if (filled > exact(quantity)) faults.add(`trade ${tradeId} filled ${shown(filled)} of ${quantity}`);
  }
  return {
    id: 'I2',
    what: 'one entry order per trade, never filled beyond its size',
    seen: entries.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

const signed = (fill: LedgerFill): bigint => (fill.side === 'BUY' ? exact(fill.qty) : -exact(fill.qty));
const size = (value: bigint): bigint => (value < 0n ? -value : value);

function exitsShrink(fills: readonly LedgerFill[]): Check {
  const faults = new FaultList();
  const position = new Map<string, bigint>();
  const exits = new Set(
    own(fills, (fill) => fill.clientOrderId)
      .filter(([, { role }]) => role !== 'e')
      .map(([fill]) => fill),
  );
  for (const fill of fills) {
    const before = position.get(fill.symbol) ?? 0n;
    const after = before + signed(fill);
    position.set(fill.symbol, after);
    if (!exits.has(fill)) continue;
    const turned = before > 0n ? after < 0n : after > 0n;
    if (turned || size(after) >= size(before))
      faults.add(`${fill.symbol} ${utc(fill.atMs)}: ${fill.clientOrderId} took ${shown(before)} to ${shown(after)}`);
  }
  return {
    id: 'I8',
    what: 'no exit, stop or target enlarges or turns a position',
    seen: exits.size,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}

function caps(ledger: Ledger): Check {
  const faults = new FaultList();
  const held = new Set<string>();
  let most = 0;
  for (const { symbol, signedQty, atMs } of ledger.positionHistory) {
    if (exact(signedQty) === 0n) held.delete(symbol);
    else held.add(symbol);
    most = Math.max(most, held.size);
    if (held.size > MAX_POSITIONS) faults.add(`${held.size} positions at ${utc(atMs)}: ${[...held].join(' ')}`);
  }
  return {
    id: 'I9',
    what: `never more than ${MAX_POSITIONS} positions`,
    seen: ledger.positionHistory.length,
    faults: faults.all,
    detail: `at most ${most} at once`,
    needs: 'mayBeEmpty',
  };
}

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

function flatSpans(ledger: Ledger, symbol: string, nowMs: number): readonly Interval[] {
  const spans: Interval[] = [];
  let fromMs: number | null = null;
  for (const mark of ledger.positionHistory) {
    if (mark.symbol !== symbol) continue;
    if (exact(mark.signedQty) === 0n) fromMs ??= mark.atMs;
    else if (fromMs !== null) {
      spans.push({ fromMs, toMs: mark.atMs });
      fromMs = null;
    }
  }
  return fromMs === null ? spans : [...spans, { fromMs, toMs: nowMs }];
}

function orphans(ledger: Ledger, { nowMs, limitMs }: { readonly nowMs: number; readonly limitMs: number }): Check {
  const faults = new FaultList();
  const resting = [
    ...own(ledger.orders, (order) => order.clientOrderId).map(([order]) => ({ ...order, name: order.clientOrderId })),
    ...own(ledger.algos, (algo) => algo.clientAlgoId).map(([algo]) => ({
      ...algo,
      name: algo.clientAlgoId,
      status: algo.algoStatus,
    })),
  ];
  const spans = new Map<string, readonly Interval[]>();
  for (const { name, symbol, status, createMs, updateMs } of resting) {
    const flat = spans.get(symbol) ?? flatSpans(ledger, symbol, nowMs);
    spans.set(symbol, flat);
    const endMs = ALIVE.has(status) ? nowMs : updateMs;
    for (const span of flat) {
      const overlap = Math.min(endMs, span.toMs) - Math.max(createMs, span.fromMs);
      if (overlap > limitMs)
        faults.add(`${name} on ${symbol} outlived its position by ${Math.round(overlap / 1_000)} s from ${utc(span.fromMs)} on`);
    }
  }
  return {
    id: 'I12',
    what: 'no order of ours outlives its position by 60 s of wall time',
    seen: resting.length,
    faults: faults.all,
    needs: 'mayBeEmpty',
  };
}
