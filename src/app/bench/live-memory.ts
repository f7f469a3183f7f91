// App, `perpscout bench`: the memory of the bot's process with the whole market, read by its own probe: after a forced collection,
// and at its highest. Its gates are open, so that it trades; beside a Discord on this machine it posts, and draws a chart for each trade.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../config.ts';
import type { Vitals } from '../probe.ts';
import { atMost, type Figure, median } from './figure.ts';
import { startPair } from './live-pair.ts';

const SPEED = 60;
/** Long enough for rings and traces to fill beyond the start, short enough to be waited for. */
const MARKET_MINUTES = 30;

/** Gates so loose that positions are opened in an invented market. */
const GATES = { MIN_QUOTE_VOLUME_24H: '0', COST_GATE_R: '0.4' };

/** The Discord of these settings, if it is one on this machine: nobody's real channel gets the trades of a measurement. */
function discordOf(settings: Settings): Readonly<Record<string, string>> {
  const { DISCORD_TOKEN, DISCORD_API_URL, DISCORD_GUILD_ID, DISCORD_CHANNEL_ID } = settings;
  if (DISCORD_TOKEN === '' || !DISCORD_API_URL.startsWith('http:')) return {};
  return { DISCORD_TOKEN, DISCORD_API_URL, DISCORD_GUILD_ID, DISCORD_CHANNEL_ID };
}

export async function memoryFigures(symbols: number, settings: Settings): Promise<Figure[]> {
  const discord = discordOf(settings);
  const unit = 'DISCORD_TOKEN' in discord ? 'MB with Discord' : 'MB';
  const probeIn = (folder: string): string => join(folder, 'probe.ndjson');
  const pair = await startPair({
    symbols,
    speed: SPEED,
    nodeFlags: ['--expose-gc'],
    settings: { ...GATES, ...discord },
    botWords: (folder) => ['--probe', probeIn(folder), '--for', `${MARKET_MINUTES}m`],
    onLine: () => undefined,
  });
  try {
    const code = await pair.ended;
    if (code !== 0) throw new Error(`the bot ended with ${code}`);
    const vitals = vitalsOf(readFileSync(probeIn(pair.folder), 'utf8'));
    const settled = vitals.slice(-Math.max(1, Math.floor(vitals.length / 4)));
    return [
      atMost('rss648.collectedMb', { value: median(settled.map(({ rss }) => rss)), unit, bound: 256 }),
      atMost('rss648.peakMb', { value: Math.max(...vitals.map(({ peakRss }) => peakRss)), unit, bound: 256 }),
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
