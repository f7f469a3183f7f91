// The band a sweep leaves: level to wick, thirty bars, two visits.
import { describe, expect, it } from 'vitest';
import type { SmcView } from '../../strategy/smc/types.ts';
import { SweepWatch } from '../../strategy/sweep-watch.ts';
import { aBar } from '../support/a-bar.ts';
import { aSweep, aView } from '../support/smc-view.ts';

const viewAt = (barIndex: number, sweptAt = 10): SmcView =>
  aView({ barIndex, sweeps: barIndex >= sweptAt ? [aSweep({ index: sweptAt, level: 100, kind: 'strong' })] : [] });

/** Bars 8 and 9 stay above 100, bar 10 dips to 98.5 and closes back above: lows of 8–10 are 101, 99, 98.5. */
function swept(): SweepWatch {
  const watch = new SweepWatch('1m');
  watch.onBar(aBar({ low: 101, high: 103, open: 102, close: 102 }), viewAt(8));
  watch.onBar(aBar({ low: 99, high: 103, open: 102, close: 101 }), viewAt(9));
  watch.onBar(aBar({ low: 98.5, high: 102, open: 101, close: 100.5 }), viewAt(10));
  return watch;
}
const calm = aBar({ open: 101, close: 101.5, low: 100.5, high: 102 });
const visit = aBar({ open: 101, close: 101, low: 99.5, high: 101 });

describe('the band of a sweep', () => {
  it('reaches from the swept level to the furthest wick', () => {
    expect(swept().zone('long')).toMatchObject({
      kind: 'sweep',
      side: 'long',
      top: 100,
      bottom: 98.5,
      strength: 'strong',
      touches: 0,
    });
    expect(swept().zone('short')).toBeNull();
  });

  it('is mirrored for buy-side liquidity', () => {
    const watch = new SweepWatch('1m');
    const view = aView({ barIndex: 10, sweeps: [aSweep({ side: 'short', index: 10, level: 100 })] });
    watch.onBar(aBar({ open: 99, close: 99.5, high: 101.2, low: 98 }), view);
    expect(watch.zone('short')).toMatchObject({ top: 101.2, bottom: 100 });
  });

  it('is not touched by the bar that made it', () => {
    expect(swept().touched('long')).toBeNull();
  });

  it('is touched by a later bar that reaches the level', () => {
    const watch = swept();
    watch.onBar(calm, viewAt(11));
    expect(watch.touched('long')).toBeNull();
    watch.onBar(visit, viewAt(12));
    expect(watch.touched('long')).toMatchObject({ touches: 1 });
  });

  it('counts a visit of several bars once, and is used up when the second one ends', () => {
    const watch = swept();
    for (const [i, bar] of [visit, visit, calm, visit].entries()) watch.onBar(bar, viewAt(11 + i));
    expect(watch.touched('long')).toMatchObject({ touches: 2 });
    watch.onBar(calm, viewAt(15));
    expect(watch.zone('long')).toBeNull();
  });

  it('ends with a close beyond the wick, not with a wick', () => {
    const watch = swept();
    watch.onBar(aBar({ open: 101, close: 99, low: 98, high: 101 }), viewAt(11));
    expect(watch.zone('long')).not.toBeNull();
    watch.onBar(aBar({ open: 99, close: 98.4, low: 98.4, high: 99 }), viewAt(12));
    expect(watch.zone('long')).toBeNull();
  });

  it('lives 30 bars', () => {
    const watch = swept();
    for (let i = 11; i <= 40; i++) watch.onBar(calm, viewAt(i));
    expect(watch.zone('long')).not.toBeNull();
    watch.onBar(calm, viewAt(41));
    expect(watch.zone('long')).toBeNull();
  });

  it('follows how far the price went since', () => {
    const watch = swept();
    watch.onBar(aBar({ open: 101, close: 104, low: 101, high: 105 }), viewAt(11));
    watch.onBar(calm, viewAt(12));
    expect(watch.zone('long')).toMatchObject({ reach: 105 });
  });
});
