// Structure, order blocks and the dealing range by hand; the ATR is 1 throughout (scene.ts).
import { describe, expect, it } from 'vitest';
import { defaultParams, type SmcParams } from '../../../strategy/smc/params.ts';
import type { OrderBlock } from '../../../strategy/smc/types.ts';
import { EARLIER_LOW, type Ohlc, RISE, Scene } from './scene.ts';

const mirror = (bars: readonly Ohlc[]): Ohlc[] =>
  bars.map(([open, high, low, close]) => [200 - open, 200 - low, 200 - high, 200 - close]);
const blockParams = (change: Partial<SmcParams['block']>): Partial<SmcParams> => ({
  block: { ...defaultParams('1m').block, ...change },
});

function risen(before: readonly Ohlc[] = [], change: Partial<SmcParams> = {}): Scene {
  const scene = new Scene(change);
  scene.play(...before, ...RISE);
  return scene;
}

const only = (scene: Scene, word: string): string[] => scene.lines().filter((line) => line.includes(word));
const block = (scene: Scene): OrderBlock | undefined => scene.engine.orderBlocks('long')[0];

describe('structure', () => {
  it('breaks by a close beyond the swing: the first break is a BOS, with its leg and grade', () => {
    const scene = risen();
    const event = scene.engine.events.find((e) => e.kind === 'structure.bos');
    // Leg 103 − 98 = 5, overshoot 103.4 − 103 = 0.4: both pass the amplitude filter.
    expect(event).toMatchObject({ side: 'long', level: 103, legHeight: 5, grade: 1, at: scene.ms(7), knownAt: scene.ms(0) });
    expect(scene.engine.trend).toBe(1);
    expect(scene.engine.lastBreak('long', 'any')).toMatchObject({ form: 'bos', msbGrade: 1, displacement: true });
  });

  it('is not broken by a wick', () => {
    const scene = new Scene();
    scene.play(...RISE.slice(0, -1), [101.3, 103.6, 101.2, 103]);
    expect(only(scene, 'structure')).toEqual([]);
    expect(scene.engine.trend).toBe(0);
  });

  it('breaks each swing once', () => {
    const scene = risen();
    scene.play([103.4, 104, 102.5, 102.6], [102.6, 104.2, 102.5, 104]);
    expect(only(scene, 'structure')).toEqual([]);
  });

  it('calls a break against the trend an MSS where its leg held displacement, and a CHoCH where it did not', () => {
    // After the break a top at 105, then a low at 103.2 with five higher lows on either side: the swing to be broken downwards.
    const turn: Ohlc[] = [
      [103.4, 105, 103.3, 104.6],
      [104.6, 104.9, 104.2, 104.5],
      [104.5, 104.8, 104.1, 104.3],
      [104.3, 104.7, 104, 104.4],
      [104.4, 104.6, 103.9, 104],
      [104, 104.1, 103.2, 103.6],
      [103.6, 104.2, 103.5, 104],
      [104, 104.4, 103.9, 104.2],
      [104.2, 104.5, 104, 104.3],
      [104.3, 104.4, 103.8, 104],
      [104, 104.1, 103.6, 103.7],
    ];
    const slow = risen();
    slow.play(...turn, [103.7, 103.8, 103, 103.1]);
    expect(only(slow, 'structure').map((line) => line.split(' ')[0])).toEqual(['structure.choch']);
    expect(slow.engine.trend).toBe(-1);
    const fast = risen();
    fast.play(...turn, [103.7, 103.8, 102.2, 102.3]);
    expect(only(fast, 'structure').map((line) => line.split(' ')[0])).toEqual(['structure.mss']);
  });

  it('extends when price passes the level by a third of the leg, and the block learns of it', () => {
    const scene = risen();
    expect(block(scene)?.msbGrade).toBe(1);
    // 103 + 0.33 × 5 = 104.65.
    scene.play([103.4, 104.6, 103, 104.5]);
    expect(only(scene, 'msb')).toEqual([]);
    scene.play([104.5, 104.7, 104, 104.5]);
    expect(only(scene, 'msb.extended').length).toBe(1);
    expect(block(scene)?.msbGrade).toBe(2);
    expect(scene.engine.lastBreak('long', 'any')?.msbGrade).toBe(2);
  });

  it('waits 20 bars for the extension', () => {
    const scene = risen();
    scene.rest(20, [103.5, 104, 103.1, 103.5]);
    scene.play([103.5, 105, 103.4, 103.9]);
    expect(only(scene, 'msb')).toEqual([]);
    expect(block(scene)?.msbGrade).toBe(1);
  });

  it('gives grade 0 to a break that closes too little beyond its level', () => {
    // The overshoot is 0.4 ATR.
    const scene = new Scene({ msb: { ...defaultParams('1m').msb, overAtr: 0.5 } });
    scene.play(...RISE);
    expect(scene.engine.lastBreak('long', 'any')?.msbGrade).toBe(0);
  });
});

describe('order blocks', () => {
  it('are drawn on the last down candle of the leg and known with the break', () => {
    const scene = risen();
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock created long 98..99.4']);
    const made = block(scene);
    expect(made).toMatchObject({
      atMs: scene.ms(3),
      knownAtMs: scene.ms(0),
      mid: 98.7,
      legHeight: 5,
      breakForm: 'bos',
      brokenLevel: 103,
      displacementInLeg: true,
      fvgInLeg: true,
      sweep: { kind: 'none', onOb: false, barsBeforeBreak: Number.NaN },
    });
    // 99.5–101.2: 1.7 ATR.
    expect(made?.fvgSizeAtr).toBeCloseTo(1.7, 12);
    // Volume is 10 on every bar: no sum of three exceeds another.
    expect(made?.volumePercentile).toBe(100);
  });

  it('are the mirror image for shorts', () => {
    const scene = new Scene();
    scene.play(...mirror(RISE));
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock created short 100.6..102']);
    expect(scene.engine.trend).toBe(-1);
  });

  it('live through touches until the second one has ended', () => {
    const scene = risen();
    scene.play([103.4, 103.5, 99.4, 100]);
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock tapped long 98..99.4']);
    expect(scene.engine.touched.map((zone) => zone.kind)).toEqual(['orderBlock']);
    scene.play([100, 100.5, 99.5, 100.2]);
    expect(only(scene, 'orderBlock')).toEqual([]);
    expect(block(scene)).toMatchObject({ touches: 1, touching: false, state: 'tapped' });
    scene.play([100.2, 100.3, 98.7, 99]);
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock tapped long 98..99.4', 'orderBlock half long 98..99.4']);
    scene.play([99, 99.9, 99, 99.8]);
    expect(only(scene, 'orderBlock')).toEqual([]);
    scene.play([99.8, 100.5, 99.6, 100.2]);
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock consumed long 98..99.4']);
    expect(scene.engine.orderBlocks('long')).toEqual([]);
  });

  it('are spent at half where that is asked for', () => {
    const scene = risen([], blockParams({ consumedBy: 'half' }));
    scene.play([103.4, 103.5, 98.7, 99]);
    expect(only(scene, 'orderBlock').at(-1)).toBe('orderBlock consumed long 98..99.4');
  });

  it('survive a wick through the far edge, and turn into a mitigation block by a close through it', () => {
    const scene = risen();
    scene.play([103.4, 103.5, 97.5, 98]);
    expect(block(scene)?.state).toBe('half');
    scene.play([98, 98.2, 97, 97.9]);
    expect(only(scene, '98..99.4')).toEqual(['orderBlock invalid long 98..99.4', 'mitigation created short 98..99.4']);
    const flipped = scene.engine.flippedBlocks('short')[0];
    expect(flipped).toMatchObject({ kind: 'mitigation', touches: 0, state: 'fresh' });
    scene.play([97.9, 98, 97.5, 97.8]);
    expect(only(scene, 'mitigation')).toEqual(['mitigation tapped short 98..99.4']);
    scene.play([97.8, 99.6, 97.7, 99.5]);
    expect(only(scene, 'mitigation')).toEqual(['mitigation half short 98..99.4', 'mitigation invalid short 98..99.4']);
  });

  it('whose leg swept liquidity know it, and turn into a breaker', () => {
    const scene = risen(EARLIER_LOW);
    // The pool at 98.5 is taken by the bar of the low: three bars before the break, on the block itself.
    expect(block(scene)?.sweep).toEqual({ kind: 'single', onOb: true, barsBeforeBreak: 3 });
    scene.play([103.4, 103.5, 97, 97.5]);
    expect(only(scene, 'breaker')).toEqual(['breaker created short 98..99.4']);
  });

  it('expire after 600 bars', () => {
    const scene = risen();
    const away: Ohlc = [103.5, 103.9, 103.1, 103.5];
    scene.rest(600, away);
    expect(scene.engine.orderBlocks('long').length).toBe(1);
    scene.rest(1, away);
    expect(only(scene, 'orderBlock')).toEqual(['orderBlock expired long 98..99.4']);
  });

  it('are dropped with the reason where they are too wide or too narrow', () => {
    expect(only(risen([], blockParams({ maxAtr: 1.3 })), 'orderBlock')).toEqual(['orderBlock.dropped long tooWide 98..99.4']);
    expect(only(risen([], blockParams({ minTicks: 15 })), 'orderBlock')).toEqual(['orderBlock.dropped long tooNarrow 98..99.4']);
    expect(only(risen([], blockParams({ minTicks: 14 })), 'orderBlock')).toEqual(['orderBlock created long 98..99.4']);
  });
});

describe('the dealing range', () => {
  it('reaches from the origin of the leg to the extreme since the break', () => {
    const scene = risen();
    const { engine } = scene;
    expect(engine.range).toMatchObject({ side: 'long', origin: 98, extreme: 103.6 });
    // Half of 98–103.6 is 100.8; for a short the same place counts from the other end.
    expect(engine.rangePosition('long', 100.8)).toBeCloseTo(0.5, 12);
    expect(engine.rangePosition('long', 98)).toBe(1);
    expect(engine.rangePosition('short', 98)).toBe(0);
    scene.play([103.4, 104, 101.2, 102]);
    expect(engine.range?.extreme).toBe(104);
    // (104 − 102) / 6 and (104 − 101.2) / 6.
    expect(engine.retracementPct).toBeCloseTo(100 / 3, 9);
    expect(engine.deepestRetracementPct).toBeCloseTo(280 / 6, 9);
  });

  it('is unknown before the first break', () => {
    const { engine } = new Scene();
    expect(engine.range).toBeNull();
    expect(engine.rangePosition('long', 100)).toBeNaN();
    expect(engine.retracementPct).toBeNaN();
  });
});
