// App, `perpscout bench`: the memory of the bot's process with the whole market, read by its own probe: after a forced collection,
// and at its highest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Vitals } from '../probe.ts';
import { atMost, type Figure, median } from './figure.ts';
import { startPair } from './live-pair.ts';

const SPEED = 60;
/** Long enough for rings and traces to fill beyond the start, short enough to be waited for. */
const MARKET_MINUTES = 30;

export async function memoryFigures(symbols: number): Promise<Figure[]> {
  const probeIn = (folder: string): string => join(folder, 'probe.ndjson');
  const pair = await startPair({
    symbols,
    speed: SPEED,
    nodeFlags: ['--expose-gc'],
    botWords: (folder) => ['--probe', probeIn(folder), '--for', `${MARKET_MINUTES}m`],
    onLine: () => undefined,
  });
  try {
    const code = await pair.ended;
    if (code !== 0) throw new Error(`the bot ended with ${code}`);
    const vitals = vitalsOf(readFileSync(probeIn(pair.folder), 'utf8'));
    const settled = vitals.slice(-Math.max(1, Math.floor(vitals.length / 4)));
    return [
      atMost('rss648.collectedMb', { value: median(settled.map(({ rss }) => rss)), unit: 'MB', bound: 256 }),
      atMost('rss648.peakMb', { value: Math.max(...vitals.map(({ peakRss }) => peakRss)), unit: 'MB', bound: 256 }),
    ];
  } finally {
    await pair.stop();
  }
}

const vitalsOf = (text: string): Vitals[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{"vitals"'))
    .map((line) => (JSON.parse(line) as { vitals: Vitals }).vitals);
