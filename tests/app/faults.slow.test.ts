// The shipped bot against an exchange that loses answers, refuses and throttles: what must hold, held against the exchange's
// all-knowing ledger. Faults are drawn by the exchange's seed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseClientId } from '../../src/core/client-id.ts';
import { aHome, type Ended, jsonLines, type Running, run, start } from '../support/cli.ts';

type Line = Record<string, unknown>;

const FAULTS = [
  { switch: 'res.drop', method: 'POST', path: '/fapi/v1/order', probability: 0.3 },
  { switch: 'res.503u', value: 0.5, method: 'POST', path: '/fapi/v1/order', probability: 0.2 },
  { switch: 'res.drop', method: 'POST', path: '/fapi/v1/algoOrder', probability: 0.3 },
  { switch: 'res.503f', method: 'POST', path: '/fapi/v1/algoOrder', probability: 0.2 },
  { switch: 'res.code', value: -1001, method: 'GET', probability: 0.05 },
];
/** T1 is 10 s; the close that follows it must be over within two more. */
const NAKED_LIMIT_MS = 12_000;
/** A tenth of a second of the wall at 300×. */
const ON_THE_WAY_MS = 30_000;

describe('two hours of lost, refused and unknown answers', () => {
  const home = aHome({ MIN_QUOTE_VOLUME_24H: '0', COST_GATE_R: '0.4' });
  const venueHome = aHome();
  let venue: Running;
  let rest: string;
  let ended: Ended;
  let lines: Line[];
  const door = async (path: string, body?: unknown): Promise<Line> =>
    (await (
      await fetch(`${rest}/__exchange/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) })
    ).json()) as Line;

  beforeAll(async () => {
    venue = start(['exchange', '--symbols', '60', '--seed', '3', '--speed', '300'], venueHome.environment);
    rest = String(JSON.parse(await venue.line((line) => line.includes('"ready"')))['rest']);
    await door('faults', FAULTS);
    ended = await run(['run', '--json', '--exchange', rest, '--for', '2h'], home.environment);
    lines = jsonLines(ended.stdout);
  }, 400_000);
  afterAll(async () => {
    venue.child.kill('SIGTERM');
    await venue.ended;
    home.remove();
    venueHome.remove();
  });

  it('ends in good order, with positions opened although every third answer was lost', async () => {
    expect(ended.code).toBe(0);
    expect(lines.filter((line) => line['event'] === 'opened').length).toBeGreaterThan(2);
    const { hits } = (await door('faults')) as { hits: Record<string, number> };
    expect((hits['res.drop'] ?? 0) + (hits['res.503f'] ?? 0) + (hits['res.503u'] ?? 0)).toBeGreaterThan(5);
  });

  it('never has more than one entry accepted for one trade', async () => {
    const { orders } = (await door('ledger')) as { orders: { clientOrderId: string }[] };
    const entries = orders.map((order) => parseClientId(order.clientOrderId)).filter((id) => id?.role === 'e');
    const trades = entries.map((id) => id?.tradeId);
    expect(trades.length).toBeGreaterThan(2);
    expect(new Set(trades).size).toBe(trades.length);
  });

  it(`leaves no position without a live stop for ${NAKED_LIMIT_MS / 1000} s`, async () => {
    const { intervals } = (await door('naked')) as { intervals: { wallMs: number }[] };
    expect(intervals.length).toBeGreaterThan(2);
    expect(Math.max(...intervals.map(({ wallMs }) => wallMs))).toBeLessThan(NAKED_LIMIT_MS);
  });

  it('hands over exactly the positions that the exchange holds', async () => {
    const stopped = lines.find((line) => line['event'] === 'stopped') ?? {};
    const { positions } = stopped['handover'] as { positions: { symbol: string; stop: number | null }[] };
    const { positionHistory } = (await door('ledger')) as {
      positionHistory: { symbol: string; signedQty: string; atMs: number }[];
    };
    // At 300× the market has gone on since: what stops and targets did after the bot had left, or on its way to it, is left out.
    const leftMs = Number(stopped['at']);
    const before = positionHistory.filter(({ atMs }) => atMs <= leftMs);
    const onTheWay = new Set(before.filter(({ atMs }) => atMs > leftMs - ON_THE_WAY_MS).map(({ symbol }) => symbol));
    const last = new Map(before.map((row) => [row.symbol, Number(row.signedQty)]));
    const held = [...last].filter(([, amount]) => amount !== 0).map(([symbol]) => symbol);
    const known = (symbols: readonly string[]) => symbols.filter((symbol) => !onTheWay.has(symbol)).sort();
    expect(leftMs).toBeGreaterThan(0);
    expect(known(positions.map(({ symbol }) => symbol))).toEqual(known(held));
    expect(positions.every(({ stop }) => stop !== null)).toBe(true);
  });
});

describe('an address that the venue has banned', () => {
  it('is told until when, ends with 75, and a restart sends nothing before that', async () => {
    const home = aHome();
    const venueHome = aHome();
    const venue = start(['exchange', '--symbols', '3', '--speed', '1'], venueHome.environment);
    const rest = String(JSON.parse(await venue.line((line) => line.includes('"ready"')))['rest']);
    const act = { method: 'POST', body: JSON.stringify({ act: 'ban', durationMs: 3_600_000 }) };
    expect((await fetch(`${rest}/__exchange/act`, act)).status).toBe(200);
    const first = await run(['run', '--exchange', rest], home.environment);
    const again = await run(['run', '--exchange', rest], home.environment);
    venue.child.kill('SIGTERM');
    await venue.ended;
    for (const { code, stderr } of [first, again]) {
      expect(code).toBe(75);
      expect(stderr).toMatch(/has asked us to send nothing until 20\d\d-.*Z \(another 3\d\d\d s\)/);
    }
    // One question was answered with the ban; the refusal of the second start comes from the file.
    expect(first.stderr).toContain('the venue banned this address');
    expect(again.stderr).not.toContain('banned');
    home.remove();
    venueHome.remove();
  }, 120_000);
});
