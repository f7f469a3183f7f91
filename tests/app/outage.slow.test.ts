// The exchange is killed under a running bot and started again: the bot says so in one line, stays alive, recovers alone, and
// misses no minute.
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { aHome, jsonLines, start } from '../support/cli.ts';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('an outage of the exchange is told once at its beginning and once at its end, and costs no minute', async () => {
  const home = aHome();
  const venueHome = aHome();
  const port = String(await freePort());
  const exchange = () =>
    start(['exchange', '--symbols', '40', '--seed', '3', '--speed', '60', '--port', port], venueHome.environment);
  let venue = exchange();
  const rest = String(JSON.parse(await venue.line((line) => line.includes('"ready"')))['rest']);
  const bot = start(['run', '--json', '--exchange', rest], home.environment);
  const scans = (text: string): number => text.split('"event":"scan"').length - 1;
  await bot.line((line) => line.includes('"event":"scan"'));

  venue.child.kill('SIGKILL');
  await venue.ended;
  await bot.line((line) => line.includes('streamDown'));
  venue = exchange();
  await bot.line((line) => line.includes('streamUp'));
  // Ten more minutes of the market, at one a second.
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  bot.child.kill('SIGTERM');
  const { code, stdout } = await bot.ended;
  venue.child.kill('SIGTERM');
  await venue.ended;
  home.remove();
  venueHome.remove();

  expect(code).toBe(0);
  const lines = jsonLines(stdout);
  expect(lines.filter((line) => line['event'] === 'alarm').map((line) => line['code'])).toEqual(['streamDown', 'streamUp']);
  const bars = lines.filter((line) => line['event'] === 'scan').map((line) => Number(line['bar']));
  expect(scans(stdout)).toBeGreaterThan(5);
  expect(bars.every((bar, i) => i === 0 || bar - (bars[i - 1] ?? 0) === 60_000)).toBe(true);
}, 180_000);
