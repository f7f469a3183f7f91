// The thread draws what the loop would have drawn, byte for byte, and its death costs only the pictures it had in hand.
import { Worker } from 'node:worker_threads';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, describe, expect, it } from 'vitest';
import { registerFont } from '../../../src/adapters/chart/font.ts';
import { write } from '../../../src/adapters/chart/pen.ts';
import { CanvasChartRenderer } from '../../../src/adapters/chart/renderer.ts';
import { MOST_WAITING, threadUrl, WorkerChartRenderer } from '../../../src/adapters/chart/worker-renderer.ts';
import { startThread } from '../../../src/app/worker-thread.ts';
import { aCurve, aReliability } from '../../support/a-picture.ts';

const threads = new WorkerChartRenderer(() => startThread(threadUrl()));
afterAll(() => threads.close());

describe('the chart thread', () => {
  it('draws the same bytes as the renderer itself', async () => {
    const here = new CanvasChartRenderer();
    const [curve, reliability] = await Promise.all([threads.curve(aCurve()), threads.reliability(aReliability())]);
    expect(Buffer.from(curve).equals(Buffer.from(await here.curve(aCurve())))).toBe(true);
    expect(Buffer.from(reliability).equals(Buffer.from(await here.reliability(aReliability())))).toBe(true);
  });

  it('rejects the pictures of a thread that died and starts a new one for the next', async () => {
    let started = 0;
    const mortal = new WorkerChartRenderer(() => {
      started += 1;
      return started === 1 ? new Worker('process.exit(3)', { eval: true }) : startThread(threadUrl());
    });
    await expect(mortal.curve(aCurve())).rejects.toThrow('the chart thread ended: exit code 3');
    expect((await mortal.curve(aCurve())).length).toBeGreaterThan(1_000);
    expect(started).toBe(2);
    await mortal.close();
  });

  it('refuses more pictures than it may hold, and says why a picture failed', async () => {
    const deaf = new WorkerChartRenderer(() => new Worker('setInterval(() => {}, 1000)', { eval: true }));
    const waiting = Array.from({ length: MOST_WAITING }, () => deaf.curve(aCurve()));
    const settled = Promise.allSettled(waiting);
    await expect(deaf.curve(aCurve())).rejects.toThrow(`${MOST_WAITING} pictures are waiting already`);
    await deaf.close();
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
    const broken = { ...aCurve(), points: null } as unknown as ReturnType<typeof aCurve>;
    await expect(threads.curve(broken)).rejects.toThrow('the picture could not be drawn');
  });
});

describe('the font', () => {
  it('draws the simplified signs of contract names as themselves, not as the box of a missing one', () => {
    registerFont();
    const drawn = (letter: string): string => {
      const canvas = createCanvas(40, 40);
      const ink = canvas.getContext('2d');
      write(ink, letter, { x: 4, y: 20, px: 28, colour: '#000000' });
      return canvas.toBuffer('image/png').toString('base64');
    };
    // A private-use character is in no font: it shows what a missing one looks like.
    const missing = drawn('\ue000');
    const shapes = [...'币马来龙虾测试'].map(drawn);
    expect(shapes).not.toContain(missing);
    expect(new Set(shapes).size).toBe(shapes.length);
  });
});
