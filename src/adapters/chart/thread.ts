// Adapter chart: the worker thread's side: draws one picture after the other and hands the bytes over without copying them.
import { parentPort } from 'node:worker_threads';
import type { ChartRenderer } from '../../ports/chart.ts';
import { CanvasChartRenderer } from './renderer.ts';
import type { Answer, Job } from './worker-renderer.ts';

function draw(renderer: ChartRenderer, { picture }: Job): Promise<Uint8Array> {
  switch (picture.kind) {
    case 'candles':
      return renderer.render(picture.spec);
    case 'curve':
      return renderer.curve(picture.spec);
    case 'reliability':
      return renderer.reliability(picture.spec);
  }
}

async function answer(renderer: ChartRenderer, job: Job): Promise<Answer> {
  try {
    // A copy of its own: what the canvas gives may be a window on a larger buffer, which could not be handed over.
    return { id: job.id, kind: 'drawn', bytes: Uint8Array.from(await draw(renderer, job)) };
  } catch (error) {
    return { id: job.id, kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const renderer = new CanvasChartRenderer();
  let before: Promise<void> = Promise.resolve();
  port.on('message', (job: Job) => {
    before = before.then(async () => {
      const done = await answer(renderer, job);
      port.postMessage(done, done.kind === 'drawn' ? [done.bytes.buffer as ArrayBuffer] : []);
    });
  });
}
