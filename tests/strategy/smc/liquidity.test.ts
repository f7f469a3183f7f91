// Pools and sweeps by hand; the ATR is 1 throughout (scene.ts).
import { describe, expect, it } from 'vitest';
import { type Ohlc, Scene } from './scene.ts';

const peak = (high: number): Ohlc => [100, high, 99.5, 100];

/** A pool above the market for each high, in time order. */
function withPools(...highs: readonly number[]): Scene {
  const scene = new Scene();
  for (const high of highs) {
    scene.play(peak(high));
    scene.rest(6);
  }
  return scene;
}

const about = (scene: Scene): string[] => scene.lines().filter((line) => line.startsWith('sweep') || line.startsWith('pool'));

describe('liquidity pools', () => {
  it('merge within a tenth of an ATR: the outer level counts, and the weight grows', () => {
    // The other way round the higher one would have swept the lower.
    const scene = withPools(102.1, 102);
    expect(scene.engine.pools('buySide')).toMatchObject([{ kind: 'equal', level: 102.1, weight: 2 }]);
  });

  it('stay apart beyond that, the nearest in front', () => {
    const scene = withPools(103, 102.5, 102.3);
    expect(scene.engine.pools('buySide').map((pool) => pool.level)).toEqual([102.3, 102.5, 103]);
  });

  it('age away after 1,500 bars', () => {
    const scene = withPools(102);
    // Known one bar before the newest: 1,499 more bars make its age 1,500.
    scene.rest(1_499);
    expect(scene.engine.pools('buySide').some((pool) => pool.level === 102)).toBe(true);
    scene.rest(1);
    expect(about(scene)).toContain('pool.expired buySide swing 102 x1');
  });
});

describe('sweeps', () => {
  it('are a wick beyond the level with the close back below, and speak for shorts', () => {
    const scene = withPools(102);
    scene.play([101, 102.1, 100.9, 101.5]);
    expect(about(scene)).toEqual(['sweep short single 102 x1 of 1']);
    expect(scene.engine.lastSweep('short')).toMatchObject({ level: 102, kind: 'single', atMs: scene.ms(0) });
    expect(scene.engine.pools('buySide')).toEqual([]);
  });

  it('need one tick beyond: a touch leaves the pool where it is', () => {
    const scene = withPools(102);
    scene.play([101, 102, 100.9, 101.5]);
    expect(about(scene)).toEqual([]);
    expect(scene.engine.pools('buySide').length).toBe(1);
  });

  it('are no sweep where the close stays on the level', () => {
    const scene = withPools(102);
    scene.play([101, 102.5, 100.9, 102]);
    expect(about(scene)).toEqual([]);
    expect(scene.engine.pools('buySide').length).toBe(1);
  });

  it('take several pools in one event, named by the outermost', () => {
    const scene = withPools(102.5, 102.1, 102);
    scene.play([101, 102.8, 100.9, 101.5]);
    expect(about(scene)).toEqual(['sweep short strong 102.5 x3 of 2']);
  });

  it('are also a break that fails within three bars', () => {
    const scene = withPools(102);
    const beyond: Ohlc = [102.2, 102.4, 102.1, 102.3];
    scene.play([101, 102.5, 100.9, 102.2], beyond, beyond);
    expect(about(scene)).toEqual([]);
    scene.play([102.3, 102.4, 101.5, 101.8]);
    expect(about(scene)).toEqual(['sweep short single 102 x1 of 1']);
  });

  it('are over when four closes stayed beyond: the pool was run', () => {
    const scene = withPools(102);
    const beyond: Ohlc = [102.2, 102.4, 102.1, 102.3];
    scene.play([101, 102.5, 100.9, 102.2], beyond, beyond, beyond);
    expect(about(scene)).toEqual(['pool.run buySide swing 102 x1']);
    scene.play([102.3, 102.4, 101.5, 101.8]);
    expect(about(scene)).toEqual([]);
  });
});
