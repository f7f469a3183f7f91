// The exchange is killed under a running bot and started again: the bot says so in one line, stays alive, recovers alone, and
// refills what it missed.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBars, readProbe } from '../soak/check-bars.ts';
import { VenueDoor } from '../soak/venue-door.ts';
import { aHome, type Ended, jsonLines, start } from '../support/cli.ts';

/** Enough for four sockets: all of them fall at once, and that is one thing to tell. */
const SYMBOLS = 200;
/** Of the wall; the pauses between tries have grown to seconds by then. */
const AWAY_MS = Number(process.env['PERPSCOUT_OUTAGE_S'] ?? 8) * 1_000;
/** The market is so far ahead when the bot is back, whenever its next try comes. */
const AHEAD_MS = 5 * 60_000;
const MINUTES_AFTER = 15;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an outage of the exchange', () => {
  const home = aHome();
  const venueHome = aHome();
  const probe = join(home.folder, 'probe.ndjson');
  let ended: Ended;
  let bars: Awaited<ReturnType<typeof checkBars>>;
  afterAll(() => {
    home.remove();
    venueHome.remove();
  });

  beforeAll(async () => {
    const port = String(await freePort());
    const words = ['exchange', '--symbols', String(SYMBOLS), '--seed', '3', '--speed', '60', '--port', port];
    const exchange = () => start(words, venueHome.environment);
    let venue = exchange();
    const ready = JSON.parse(await venue.line((line) => line.includes('"ready"'))) as Record<
      'rest' | 'apiKey' | 'apiSecret',
      string
    >;
    const bot = start(['run', '--json', '--exchange', ready.rest, '--probe', probe], home.environment);
    let scans = 0;
    const scansSoFar = (): number => scans;
    bot.child.stdout?.on('data', (text: string) => {
      scans += text.split('"event":"scan"').length - 1;
    });
    await bot.line((line) => line.includes('"event":"scan"'));

    venue.child.kill('SIGKILL');
    await venue.ended;
    await bot.line((line) => line.includes('streamDown'));
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    venue = exchange();
    await venue.line((line) => line.includes('"ready"'));
    const door = new VenueDoor(ready.rest, ready);
    await door.control('clock', { stepMs: AHEAD_MS });
    await bot.line((line) => line.includes('streamUp'));
    const back = scansSoFar();
    while (scansSoFar() < back + MINUTES_AFTER) await new Promise((resolve) => setTimeout(resolve, 100));
    // What still comes late is let in before the bot is asked to end.
    await door.control('clock', { pause: true });
    bot.child.kill('SIGTERM');
    ended = await bot.ended;
    const lastBarMs = Number(scansOf(ended).at(-1)?.['bar']);
    bars = await checkBars(await readProbe(probe), door, { lastBarMs });
    venue.child.kill('SIGTERM');
    await venue.ended;
  }, 300_000);

  const scansOf = ({ stdout }: Ended) => jsonLines(stdout).filter((line) => line['event'] === 'scan');

  it('is told in one line at its beginning and one at its end, and ends nothing', () => {
    expect(ended.code).toBe(0);
    const alarms = jsonLines(ended.stdout).filter((line) => line['event'] === 'alarm');
    expect(alarms.map((line) => line['code'])).toEqual(['streamDown', 'streamUp']);
  });

  it('costs no minute: each has its scan line, and what was missed came late', () => {
    const opens = scansOf(ended).map((line) => Number(line['bar']));
    expect(opens.every((bar, i) => i === 0 || bar - (opens[i - 1] ?? 0) === 60_000)).toBe(true);
    expect(scansOf(ended).reduce((late, line) => late + Number(line['late']), 0)).toBeGreaterThanOrEqual(SYMBOLS / 4);
  });

  it('leaves no gap: every symbol was fed every minute, each as the exchange has it, and every 15m bar too', () => {
    expect(bars.map(({ id, faults }) => ({ id, faults }))).toEqual(['bars', 'I10', 'fold'].map((id) => ({ id, faults: [] })));
    expect(bars.every(({ seen }) => seen >= SYMBOLS)).toBe(true);
  });
});
