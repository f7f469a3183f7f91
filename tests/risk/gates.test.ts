// The start gates (I5): one bad fact is one reason, no fact at all is never permission.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { entryGates, type GateFacts } from '../../src/risk/gates.ts';
import { MIDNIGHT } from '../support/a-signal.ts';

const now = epochMs(MIDNIGHT);
const ago = (ms: number) => epochMs(MIDNIGHT - ms);
const ETH = { symbol: symbolId('ETHUSDT'), unresolved: null, candleFault: null, freeConditionalSlots: 10 };

const good: GateFacts = {
  now,
  runtimeFault: null,
  journalFault: null,
  instanceLock: 'held',
  clock: { offsetMs: 499, measuredMs: ago(60_000) },
  account: { canTrade: true, hedgeMode: false, multiAssets: false },
  withdrawRight: 'off',
  userStream: { state: 'up', sinceMs: ago(60_000) },
  reconciledMs: ago(60_000),
  instrumentsMs: ago(3_600_000),
  diskFreeBytes: 1e9,
  memoryFault: null,
  loopLagMs: 5,
  entryBreaker: 'closed',
  latches: new Map(),
  ladder: 'NORMAL',
  symbol: ETH,
};

const bad: readonly [string, Partial<GateFacts>][] = [
  ['runtime', { runtimeFault: 'SQLite 3.52.0' }],
  ['integrity', { journalFault: 'quick_check failed' }],
  ['lock', { instanceLock: 'lost' }],
  ['clock', { clock: null }],
  ['clock', { clock: { offsetMs: 500, measuredMs: now } }],
  ['clock', { clock: { offsetMs: -500, measuredMs: now } }],
  ['clock', { clock: { offsetMs: Number.NaN, measuredMs: now } }],
  ['clock', { clock: { offsetMs: 0, measuredMs: ago(15 * 60_000) } }],
  ['canTrade', { account: null }],
  ['canTrade', { account: { canTrade: false, hedgeMode: false, multiAssets: false } }],
  ['hedgeMode', { account: { canTrade: true, hedgeMode: true, multiAssets: false } }],
  ['multiAssets', { account: { canTrade: true, hedgeMode: false, multiAssets: true } }],
  ['withdrawRight', { withdrawRight: 'on' }],
  ['withdrawRight', { withdrawRight: 'unknown' }],
  ['userStream', { userStream: { state: 'down' } }],
  ['reconcile', { reconciledMs: null }],
  ['reconcile', { reconciledMs: ago(60_001) }],
  ['instruments', { instrumentsMs: null }],
  ['instruments', { instrumentsMs: ago(2 * 3_600_000) }],
  ['disk', { diskFreeBytes: 1e6 }],
  ['disk', { diskFreeBytes: Number.NaN }],
  ['memory', { memoryFault: 'heap over its limit' }],
  ['loopLag', { loopLagMs: 1_001 }],
  ['loopLag', { loopLagMs: Number.NaN }],
  ['entryBreaker', { entryBreaker: 'open' }],
  ['entryBreaker', { entryBreaker: 'halfOpen' }],
  ['latch', { latches: new Map([['pause', 'asked by a person']]) }],
  ['ladder', { ladder: 'PROTECT_ONLY' }],
  ['unresolved', { symbol: { ...ETH, unresolved: 'an entry is unknown' } }],
  ['candles', { symbol: { ...ETH, candleFault: 'a hole at 12:01' } }],
  ['orderSlots', { symbol: { ...ETH, freeConditionalSlots: 2 } }],
];

describe('entry gates', () => {
  it('are open when every fact is good', () => {
    expect(entryGates(good)).toEqual([]);
    expect(entryGates({ ...good, withdrawRight: 'notApplicable', symbol: null })).toEqual([]);
  });

  it.each(bad)('%s closes alone', (gate, change) => {
    expect(entryGates({ ...good, ...change }).map((reason) => reason.gate)).toEqual([gate]);
  });

  it('list every reason: no bad fact hides another', () => {
    fc.assert(
      fc.property(fc.subarray([...bad], { minLength: 1 }), (chosen) => {
        const facts: GateFacts = Object.assign({}, good, ...chosen.map(([, change]) => change));
        const reasons = entryGates(facts).map(({ gate }) => gate);
        // Of several changes to one fact the last stands; its gate must be there.
        const last = chosen.at(-1) as (typeof bad)[number];
        // A stream that is down has nothing to be reconciled with.
        const wanted = last[0] === 'reconcile' && facts.userStream.state === 'down' ? 'userStream' : last[0];
        expect(reasons).toContain(wanted);
      }),
    );
  });
});
