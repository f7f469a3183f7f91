// The renderer draws on real pixels: what matters is that ink appears where it must, in the colours that were asked for.
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { FONT_FAMILY, registerFont } from '../../../src/adapters/chart/font.ts';
import { frameOf, type Rect } from '../../../src/adapters/chart/layout.ts';
import { CanvasChartRenderer } from '../../../src/adapters/chart/renderer.ts';
import { themeOf } from '../../../src/adapters/chart/theme.ts';
import { epochMs } from '../../../src/core/units.ts';
import type { ChartLook, ChartSpec } from '../../../src/ports/chart.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const DARK: ChartLook = { size: 'desktop', theme: 'dark', rising: 'green' };
const bars = wildMinutes(5, 200);
const last = bars[199] as (typeof bars)[number];
const at = (i: number) => epochMs(bars[i]?.openMs ?? 0);

function aSpec(change: Partial<ChartSpec> = {}): ChartSpec {
  return {
    look: DARK,
    title: '測試USDT  多  訂單塊',
    subtitle: '匯合分數 82（不是勝率）',
    footer: 'PerpScout',
    timeframe: '1m',
    priceDecimals: 2,
    bars,
    zones: [
      {
        side: 'long',
        top: last.close,
        bottom: last.close * 0.995,
        fromMs: at(120),
        toMs: null,
        label: '多 訂單塊',
        weight: 'main',
      },
    ],
    sweeps: [{ side: 'long', level: last.close * 0.998, fromMs: at(60), toMs: at(90), label: '掃蕩' }],
    breaks: [{ side: 'long', level: last.close, swingMs: at(100), atMs: at(130), label: 'BOS' }],
    plan: {
      side: 'long',
      entry: last.close,
      stop: last.close * 0.99,
      target: last.close * 1.01,
      atMs: last.openMs,
      words: { entry: '進場', stop: '停損', target: '目標' },
    },
    panel: { kind: 'volume', label: '成交量' },
    ...change,
  };
}

async function pixels(png: Uint8Array): Promise<{ width: number; height: number; data: Uint8ClampedArray }> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const ink = canvas.getContext('2d');
  ink.drawImage(image, 0, 0);
  return { width: image.width, height: image.height, data: ink.getImageData(0, 0, image.width, image.height).data };
}

const rgb = (hex: string): number[] => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

/** How many pixels of an area have exactly this colour. */
async function count(png: Uint8Array, colour: string, area: Rect): Promise<number> {
  const { width, data } = await pixels(png);
  const [r, g, b] = rgb(colour);
  let found = 0;
  for (let y = Math.ceil(area.y); y < area.y + area.height; y++) {
    for (let x = Math.ceil(area.x); x < area.x + area.width; x++) {
      const i = (y * width + x) * 4;
      if (data[i] === r && data[i + 1] === g && data[i + 2] === b) found += 1;
    }
  }
  return found;
}

describe('the font', () => {
  it('is registered and leaves ink for Chinese, Latin and digits', () => {
    registerFont();
    for (const text of ['訂單塊多空掃蕩停損目標進場成交量', 'BOS CHoCH MSS', '0123456789']) {
      const canvas = createCanvas(600, 60);
      const ink = canvas.getContext('2d');
      ink.font = `30px "${FONT_FAMILY}"`;
      ink.fillText(text, 5, 40);
      const { data } = ink.getImageData(0, 0, 600, 60);
      let dark = 0;
      for (let i = 3; i < data.length; i += 4) if ((data[i] ?? 0) > 128) dark += 1;
      // Even a thin digit of 30 px covers some 30 pixels.
      expect(dark).toBeGreaterThan(text.length * 30);
    }
  });

  it('draws each sign differently: no row of empty boxes', () => {
    registerFont();
    const drawn = [...'訂單塊多空掃蕩停損'].map((letter) => {
      const canvas = createCanvas(40, 40);
      const ink = canvas.getContext('2d');
      ink.font = `30px "${FONT_FAMILY}"`;
      ink.fillText(letter, 4, 32);
      return ink.getImageData(0, 0, 40, 40).data.join();
    });
    expect(new Set(drawn).size).toBe(9);
  });
});

describe('a picture', () => {
  const renderer = new CanvasChartRenderer();

  it('has the asked size, on a desk and on a phone', async () => {
    for (const size of ['desktop', 'phone'] as const) {
      const { width, height } = await pixels(await renderer.render(aSpec({ look: { ...DARK, size } })));
      expect([width, height]).toEqual([frameOf(size).width, frameOf(size).height]);
    }
  });

  it('shows rising candles in the colour that the reader calls rising', async () => {
    const rising = bars.slice(0, 150).map((bar) => ({ ...bar, open: bar.low, close: bar.high }));
    const { price } = frameOf('desktop');
    for (const theme of ['dark', 'light'] as const) {
      for (const colour of ['green', 'red'] as const) {
        const look: ChartLook = { size: 'desktop', theme, rising: colour };
        const png = await renderer.render(aSpec({ look, bars: rising, plan: null, zones: [], sweeps: [], breaks: [] }));
        expect(await count(png, themeOf(look).rising, price)).toBeGreaterThan(1_000);
        expect(await count(png, themeOf(look).falling, price)).toBe(0);
      }
    }
  });

  it('shows the plan on the axis: three filled tags', async () => {
    const theme = themeOf(DARK);
    const { axis } = frameOf('desktop');
    const png = await renderer.render(aSpec());
    for (const colour of [theme.entry, theme.stop, theme.target]) expect(await count(png, colour, axis)).toBeGreaterThan(500);
    const without = await renderer.render(aSpec({ plan: null }));
    expect(await count(without, theme.stop, axis)).toBe(0);
  });

  it('draws the panel that was asked for', async () => {
    const { panel } = frameOf('desktop');
    const theme = themeOf(DARK);
    const macd = await renderer.render(aSpec({ panel: { kind: 'macd', label: 'MACD' } }));
    const volume = await renderer.render(aSpec());
    // Only the MACD line has the colour of longs in the lower panel.
    expect(await count(macd, theme.long, panel)).toBeGreaterThan(20);
    expect(await count(volume, theme.long, panel)).toBe(0);
  });

  it('survives one bar, a flat market, no volume and words that are far too long', async () => {
    const flat = bars.slice(0, 50).map((bar) => ({ ...bar, open: 5, high: 5, low: 5, close: 5, volume: 0 }));
    const long = '很長的標題'.repeat(60);
    for (const change of [
      { bars: bars.slice(0, 1), plan: null },
      { bars: flat, plan: null, zones: [] },
      { title: long, subtitle: long, footer: long },
    ]) {
      const png = await renderer.render(aSpec(change));
      expect([...png.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
    }
  });

  it('draws 200 candles in less than 300 ms (twice the ceiling) and at most 120 KB', async () => {
    await renderer.render(aSpec());
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      const png = await renderer.render(aSpec());
      times.push(performance.now() - from);
      expect(png.length).toBeLessThanOrEqual(120 * 1024);
    }
    expect(Math.min(...times)).toBeLessThan(300);
  });
});
