// Swings, displacement and gaps by hand; the ATR is 1 throughout (scene.ts).
import { describe, expect, it } from 'vitest';
import { defaultParams } from '../../../strategy/smc/params.ts';
import { type Ohlc, QUIET, Scene } from './scene.ts';

const peak = (high: number): Ohlc => [100, high, 99.5, 100];

describe('swings', () => {
  it('are known five bars after the bar they are drawn on, and not before', () => {
    const scene = new Scene();
    scene.play(peak(102));
    scene.rest(4);
    expect(scene.lines()).toEqual([]);
    scene.rest(1);
    expect(scene.lines()).toEqual(['swing.high 102 first', 'pool.created buySide swing 102 x1']);
    expect(scene.engine.events[0]).toMatchObject({ at: scene.ms(5), knownAt: scene.ms(0) });
  });

  it('count the earliest of equal highs', () => {
    const scene = new Scene();
    scene.play(peak(102), QUIET, peak(102));
    scene.rest(3);
    expect(scene.lines()).toEqual(['swing.high 102 first', 'pool.created buySide swing 102 x1']);
    scene.rest(10);
    expect(scene.engine.lastSwing('high')?.atMs).toBe(scene.ms(15));
  });

  it('are spoilt by one higher bar to their right', () => {
    const scene = new Scene();
    scene.play(peak(102), QUIET, QUIET, QUIET, QUIET, peak(102.1));
    expect(scene.lines()).toEqual([]);
    scene.rest(5);
    expect(scene.lines()[0]).toBe('swing.high 102.1 first');
  });

  it('are named against the one before', () => {
    const scene = new Scene();
    const labels: unknown[] = [];
    for (const high of [102, 103, 101, 101]) {
      scene.play(peak(high));
      const event = scene.rest(5)[0];
      labels.push(event?.kind === 'swing.high' ? event.label : event);
      scene.rest(6);
    }
    expect(labels).toEqual(['first', 'HH', 'LH', 'EH']);
  });
});

describe('displacement', () => {
  const told = (bars: readonly Ohlc[]): string[] => {
    const scene = new Scene();
    scene.play(...bars);
    return scene.lines().filter((line) => line.startsWith('displacement'));
  };

  it('is one bar whose body is one ATR and six tenths of its range', () => {
    // Body 1.5, range 2.5: exactly 0.6.
    expect(told([[100, 102, 99.5, 101.5]])).toEqual(['displacement long single from']);
    // Body 1.5, range 2.6.
    expect(told([[100, 102.1, 99.5, 101.5]])).toEqual([]);
    // Body 0.9 is less than an ATR, whatever its share.
    expect(told([[100, 100, 99.1, 99.1]])).toEqual([]);
  });

  it('is up to three bars of one colour that travel two ATR together', () => {
    // 100 → 100.7 → 101.4 → 102: net 2.0, no body of one ATR.
    const rise: Ohlc[] = [
      [100, 100.8, 99.9, 100.7],
      [100.7, 101.5, 100.6, 101.4],
      [101.4, 102.1, 101.3, 102],
    ];
    expect(told(rise)).toEqual(['displacement long multi from']);
    expect(told(rise.slice(0, 2))).toEqual([]);
    // The middle bar closes down: no longer one move.
    expect(told([rise[0] as Ohlc, [101.5, 101.6, 101.3, 101.4], rise[2] as Ohlc])).toEqual([]);
  });

  it('asks for 1.5 ATR on 15m', () => {
    expect(defaultParams('15m').displacement.singleAtr).toBe(1.5);
    expect(defaultParams('1m').displacement.singleAtr).toBe(1.0);
  });
});

describe('fair value gaps', () => {
  // Highs to 100.5, then a bar from 100 to 101.6, then a bar whose low stays at 101: gap 100.5–101, half an ATR, middle 100.75.
  const up: readonly Ohlc[] = [QUIET, [100, 101.7, 99.9, 101.6], [101.6, 102, 101, 101.8]];
  const made = (bars: readonly Ohlc[] = up): Scene => {
    const scene = new Scene();
    scene.play(...bars);
    return scene;
  };
  const zoneLines = (scene: Scene): string[] => scene.lines().filter((line) => line.startsWith('fairValueGap'));

  it('are drawn on the middle bar and known at the close of the third', () => {
    const scene = made();
    expect(zoneLines(scene)).toEqual(['fairValueGap created long 100.5..101']);
    const gap = scene.engine.fairValueGaps('long')[0];
    expect(gap).toMatchObject({
      atMs: scene.ms(1),
      knownAtMs: scene.ms(0),
      mid: 100.75,
      state: 'fresh',
      displacement: true,
      structureBreak: false,
    });
    expect(gap?.sizeAtr).toBeCloseTo(0.5, 12);
    expect(scene.engine.touched).toEqual([]);
  });

  it('need a coloured middle, a quarter of an ATR and three minutes in a row', () => {
    const doji = made([QUIET, [101, 101.7, 99.9, 101], [101.6, 102, 101, 101.8]]);
    expect(zoneLines(doji)).toEqual([]);
    const small = made([QUIET, [100, 101.7, 99.9, 101.6], [101.6, 102, 100.7, 101.8]]);
    expect(zoneLines(small)).toEqual([]);
    const late = new Scene();
    late.play(QUIET, [100, 101.7, 99.9, 101.6]);
    late.skipMinutes(1);
    late.play([101.6, 102, 101, 101.8]);
    expect(zoneLines(late)).toEqual([]);
  });

  it('are touched at the near edge, halved in the middle, filled at the far edge and invalid by a close beyond it', () => {
    const scene = made();
    scene.play([101.8, 102, 101.1, 101.5]);
    expect(zoneLines(scene)).toEqual([]);
    scene.play([101.5, 101.6, 101, 101.4]);
    expect(zoneLines(scene)).toEqual(['fairValueGap tapped long 100.5..101']);
    expect(scene.engine.touched.map((zone) => zone.kind)).toEqual(['fairValueGap']);
    scene.play([101.4, 101.5, 100.7, 101.2]);
    expect(zoneLines(scene)).toEqual(['fairValueGap half long 100.5..101']);
    // 0.3 of 0.5 has been reached.
    expect(scene.engine.fairValueGaps('long')[0]?.fillFraction).toBeCloseTo(0.6, 12);
    scene.play([101.2, 101.3, 100.5, 101.1]);
    expect(zoneLines(scene)).toEqual(['fairValueGap filled long 100.5..101']);
    expect(scene.engine.fairValueGaps('long')).toEqual([]);
    scene.play([101.1, 101.1, 100, 100.5]);
    expect(zoneLines(scene)).toEqual([]);
    scene.play([100.5, 100.6, 100, 100.4]);
    expect(zoneLines(scene)).toEqual(['fairValueGap invalid long 100.5..101']);
  });

  it('go through all their states in one bar where one bar crosses them', () => {
    const scene = made();
    scene.play([101.8, 101.8, 99, 99.2]);
    const change = (what: string): string => `fairValueGap ${what} long 100.5..101`;
    expect(zoneLines(scene)).toEqual(['tapped', 'half', 'filled', 'invalid'].map(change));
  });

  it('turn round when inversion is on', () => {
    const base = defaultParams('1m');
    const scene = new Scene({ gap: { ...base.gap, inversion: true } });
    scene.play(...up, [101.8, 101.8, 99, 99.2]);
    expect(scene.lines()).toContain('inversionGap created short 100.5..101');
    expect(scene.engine.touched).toEqual([]);
    scene.play([99.2, 100.6, 99, 99.8]);
    expect(scene.lines()).toContain('inversionGap tapped short 100.5..101');
    expect(scene.engine.fairValueGaps('short').map((gap) => gap.kind)).toContain('inversionGap');
  });

  it('expire after 500 bars', () => {
    const scene = made();
    scene.rest(500, [101.8, 102.3, 101.3, 101.8]);
    expect(scene.engine.fairValueGaps('long').length).toBe(1);
    scene.rest(1, [101.8, 102.3, 101.3, 101.8]);
    expect(zoneLines(scene)).toEqual(['fairValueGap expired long 100.5..101']);
  });

  it('share a group where they follow each other', () => {
    const scene = made([...up, [101.8, 103.5, 101.7, 103.4], [103.4, 104, 102.5, 103.8]]);
    // Bars 2–4: high 101.7 of the second bar, low 101.7 of the fourth: no gap. Bars 3–5: 102 to 102.5, drawn two bars after the first.
    const gaps = scene.engine.fairValueGaps('long');
    expect(gaps.map((gap) => [gap.bottom, gap.top])).toEqual([
      [102, 102.5],
      [100.5, 101],
    ]);
    expect(new Set(gaps.map((gap) => gap.groupId)).size).toBe(2);
    const run = made([...up, [101.8, 103.5, 102.2, 103.4]]);
    // Now the fourth bar's low 102.2 leaves 101.7–102.2 right behind 100.5–101.
    const joined = run.engine.fairValueGaps('long');
    expect(joined.length).toBe(2);
    expect(joined[0]?.groupId).toBe(joined[1]?.id);
  });
});
