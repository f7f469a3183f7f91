import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frameOf,
  indexAt,
  LabelBoard,
  linearScale,
  priceScale,
  type Rect,
  roundTicks,
  spread,
  timeScale,
  timeTicks,
  zonePlaces,
} from '../../../src/adapters/chart/layout.ts';
import { epochMs } from '../../../src/core/units.ts';
import { aBar, minutesFrom } from '../../support/a-bar.ts';

const START = Date.parse('2025-06-02T16:00:00Z');
const AREA: Rect = { x: 10, y: 20, width: 1_000, height: 400 };

const apart = (a: Rect, b: Rect): boolean =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

describe('the areas of a picture', () => {
  it('lie inside it and do not overlap, on a desk and on a phone', () => {
    for (const size of ['desktop', 'phone'] as const) {
      const { width, height, header, price, panel, axis, times, footer } = frameOf(size);
      const areas = [header, price, panel, axis, times, footer];
      for (const [i, area] of areas.entries()) {
        expect(area.x).toBeGreaterThanOrEqual(0);
        expect(area.y).toBeGreaterThanOrEqual(0);
        expect(area.x + area.width).toBeLessThanOrEqual(width);
        expect(area.y + area.height).toBeLessThanOrEqual(height);
        for (const other of areas.slice(i + 1)) expect(apart(area, other)).toBe(true);
      }
    }
  });

  it('are 1200 × 700 on a desk and 780 wide on a phone', () => {
    expect(frameOf('desktop')).toMatchObject({ width: 1_200, height: 700 });
    expect(frameOf('phone')).toMatchObject({ width: 780 });
  });
});

describe('the price scale', () => {
  it('puts the low at the foot, the high at the top and the middle between', () => {
    const scale = linearScale(100, 200, AREA);
    // The area spans y 20 to 420.
    expect([scale.y(100), scale.y(150), scale.y(200)]).toEqual([420, 220, 20]);
  });

  it('holds every candle, the plan and the main zone, but no other zone', () => {
    const bars = [aBar({ open: 100, high: 101, low: 99, close: 100 })];
    const plan = {
      side: 'long',
      entry: 100,
      stop: 95,
      target: 110,
      atMs: epochMs(0),
      words: { entry: '', stop: '', target: '' },
    } as const;
    const zone = { side: 'long', fromMs: epochMs(0), toMs: null, label: '' } as const;
    const zones = [
      { ...zone, top: 92, bottom: 90, weight: 'main' },
      { ...zone, top: 200, bottom: 190, weight: 'other' },
    ] as const;
    const { low, high } = priceScale({ bars, plan, zones }, AREA);
    expect(low).toBeLessThan(90);
    expect(high).toBeGreaterThan(110);
    expect(high).toBeLessThan(190);
  });

  it('survives a market that never moved', () => {
    const bars = [aBar({ open: 5 }), aBar({ openMs: epochMs(60_000), open: 5 })];
    const scale = priceScale({ bars, plan: null, zones: [] }, AREA);
    expect(scale.y(5)).toBeGreaterThan(AREA.y);
    expect(scale.y(5)).toBeLessThan(AREA.y + AREA.height);
  });
});

describe('the time scale', () => {
  const bars = minutesFrom(START, 100);

  it('keeps all bars inside, in order, with room at the right for the plan', () => {
    const scale = timeScale(bars, AREA);
    const places = bars.map((bar) => scale.x(bar.openMs));
    expect(places[0]).toBeGreaterThan(AREA.x);
    expect(scale.lastX).toBeLessThan(AREA.x + AREA.width - 5 * scale.step);
    for (const [i, x] of places.slice(1).entries()) expect(x - (places[i] ?? 0)).toBeCloseTo(scale.step, 9);
  });

  it('puts a time before the first bar on the first bar, and one in a hole on the bar before', () => {
    const holed = [...bars.slice(0, 10), ...bars.slice(20)];
    const scale = timeScale(holed, AREA);
    expect(scale.x(0)).toBe(scale.x(START));
    expect(scale.x(START + 15 * 60_000)).toBe(scale.x(START + 9 * 60_000));
    expect(indexAt(holed, START - 1)).toBe(-1);
  });

  it('writes times on whole steps of the clock', () => {
    // 10 px a bar and 100 px between labels are ten minutes: 16:00, 16:10 … 17:30.
    const ticks = timeTicks(bars, 10, 100);
    expect(ticks).toHaveLength(10);
    expect(ticks.every((ms) => ms % 600_000 === 0)).toBe(true);
  });
});

describe('round numbers', () => {
  it('are one, two or five of a power of ten apart', () => {
    expect(roundTicks(0.1, 1.05, 5).map((v) => v.toFixed(1))).toEqual(['0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(roundTicks(100, 100, 5)).toEqual([]);
  });

  it('stay inside the span and are never more than one over the wanted number', () => {
    const span = fc.tuple(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.double({ min: 1e-3, max: 10, noNaN: true }));
    fc.assert(
      fc.property(span, fc.integer({ min: 2, max: 12 }), ([low, share], most) => {
        const high = low * (1 + share);
        const ticks = roundTicks(low, high, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        for (const tick of ticks) expect(tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)).toBe(true);
      }),
    );
  });
});

describe('labels', () => {
  it('on the axis are moved apart and stay inside, in the order of their prices', () => {
    const wanted = fc.array(fc.double({ min: -50, max: 450, noNaN: true }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(wanted, (centres) => {
        const placed = spread(centres, 30, 0, 400);
        const sorted = centres.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y || a.i - b.i);
        const inOrder = sorted.map(({ i }) => placed[i] ?? Number.NaN);
        for (const [i, y] of inOrder.entries()) {
          expect(y).toBeGreaterThanOrEqual(-1e-9);
          expect(y).toBeLessThanOrEqual(400 + 1e-9);
          if (i > 0) expect(y - (inOrder[i - 1] ?? 0)).toBeGreaterThanOrEqual(30 - 1e-9);
        }
      }),
    );
  });

  it('on the axis stay where they are when they have room', () => {
    expect(spread([200, 100, 300], 30, 0, 400)).toEqual([200, 100, 300]);
  });

  it('in the plot take the first free place and never lie on another, nor outside', () => {
    const board = new LabelBoard(AREA);
    const box = { width: 100, height: 20 };
    const first = { x: 50, y: 50, ...box };
    expect(board.place([first])).toEqual(first);
    const moved = { x: 50, y: 80, ...box };
    expect(board.place([{ x: 100, y: 60, ...box }, moved])).toEqual(moved);
    expect(board.place([{ x: 950, y: 60, ...box }, first])).toBeNull();
    board.block({ x: 500, y: 100, width: 50, height: 50 });
    expect(board.place([{ x: 490, y: 110, ...box }])).toBeNull();
  });
});

describe('the label of a zone', () => {
  const size = { width: 120, height: 26 };
  const rect = fc
    .record({
      x: fc.integer({ min: AREA.x, max: AREA.x + AREA.width - 2 }),
      y: fc.integer({ min: AREA.y, max: AREA.y + AREA.height - 2 }),
      height: fc.integer({ min: 2, max: 80 }),
    })
    .map((zone): Rect => ({ ...zone, width: AREA.x + AREA.width - zone.x }));

  it('has places only over the columns of its zone and at most one line away from it', () => {
    fc.assert(
      fc.property(rect, fc.constantFrom('long', 'short'), (zone, side) => {
        const places = zonePlaces(zone, side, size, AREA);
        expect(places.length).toBeGreaterThan(0);
        for (const { x, y, width, height } of places) {
          expect(x < zone.x + zone.width && x + width > zone.x).toBe(true);
          const away = Math.max(zone.y - (y + height), y - (zone.y + zone.height));
          expect(away).toBeLessThanOrEqual(size.height + 2);
        }
      }),
    );
  });

  it('never stands at the left edge of the picture while its zone begins at the right', () => {
    const zone = { x: 900, y: 200, width: 110, height: 20 };
    // The area ends at x = 1,010: a label of 120 begins at 890 at the latest.
    expect(Math.min(...zonePlaces(zone, 'short', size, AREA).map(({ x }) => x))).toBe(890);
  });
});
