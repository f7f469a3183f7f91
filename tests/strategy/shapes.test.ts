// The shapes of what detectors hold. In a file of its own: objects that another test restored would have changed them already.
import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { BarFolder } from '../../src/core/bars.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import type { TwoTracks } from '../../strategy/two-tracks.ts';
import { CONTEXT, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

/** V8's own word on whether two objects have one hidden class. */
function sameShape(): (a: unknown, b: unknown) => boolean {
  setFlagsFromString('--allow-natives-syntax');
  return new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: unknown, b: unknown) => boolean;
}

it('gives back objects of the shape in which they were born: detectors that meet two shapes are slower ever after', () => {
  const born = open(smcConfluence, LOOSE) as TwoTracks;
  const folder = new BarFolder('1m', '15m');
  for (const bar of wildMinutes(11, 9_000)) {
    const trend = folder.push(bar);
    if (trend !== null) born.onTrendBar(trend);
    born.hear(bar, CONTEXT);
  }
  const restored = open(smcConfluence, LOOSE) as TwoTracks;
  const { facts, numbers } = born.snapshot();
  // As a file gives them back.
  restored.restore({ facts: JSON.parse(JSON.stringify(facts)), numbers });
  const isSame = sameShape();
  const found = ({ smc }: TwoTracks['entry']): Readonly<Record<string, readonly (object | null)[]>> => ({
    blocks: [...smc.orderBlocks('long'), ...smc.orderBlocks('short')],
    gaps: [...smc.fairValueGaps('long'), ...smc.fairValueGaps('short')],
    flipped: [...smc.flippedBlocks('long'), ...smc.flippedBlocks('short')],
    pools: [...smc.pools('buySide'), ...smc.pools('sellSide')],
    breaks: [smc.lastBreak('long', 'any'), smc.lastBreak('short', 'any')],
    sweeps: [smc.lastSweep('long'), smc.lastSweep('short')],
    swings: [smc.lastSwing('high'), smc.lastSwing('low')],
  });
  for (const track of ['trend', 'entry'] as const) {
    const after = found(restored[track]);
    for (const [kind, before] of Object.entries(found(born[track])))
      for (const [i, object] of before.entries())
        expect([track, kind, isSame(object, after[kind]?.[i])]).toEqual([track, kind, true]);
  }
  expect(Object.values(found(born.entry)).every((objects) => objects.length > 0)).toBe(true);
});
