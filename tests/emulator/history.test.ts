// The account on disk: what a change costs does not grow with the account's age, and no death of the process at any byte
// loses or invents anything.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SavedExchange, StateStore } from '../../src/emulator/state-store.ts';
import { START_MS } from './a-source.ts';
import { anExchange, type Json, type TestBot } from './an-exchange.ts';
import { algo, BUY, ETH, LIMIT, order, STOP } from './cause.ts';

let root: string;
let bots: TestBot[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perpscout-history-'));
  bots = [];
});
afterEach(async () => {
  for (const bot of bots) await bot.close();
  rmSync(root, { recursive: true, force: true });
});

const folder = (name: string): string => join(root, name);
const stateOf = (name: string): string => join(root, name, 'exchange', 'state.json');
const historyOf = (name: string): string => join(root, name, 'exchange', 'history.ndjson');
const saved = (name: string): SavedExchange => JSON.parse(readFileSync(stateOf(name), 'utf8'));

async function started(name: string): Promise<TestBot> {
  const bot = await anExchange({ dataDir: folder(name) });
  bots.push(bot);
  return bot;
}

async function stopped(bot: TestBot): Promise<void> {
  bots = bots.filter((other) => other !== bot);
  await bot.close();
}

async function roundTrips(bot: TestBot, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await bot.control('/act', { act: 'manualOpen', symbol: ETH, side: 'BUY', quantity: '0.5' });
    await bot.control('/act', { act: 'manualClose', symbol: ETH });
  }
}

/** Everything a client or an oracle can ask of the past. */
async function past(bot: TestBot): Promise<unknown[]> {
  const reads = ['allOrders', 'userTrades', 'allAlgoOrders', 'income', 'orderAmendment', 'openOrders', 'openAlgoOrders'];
  const answers: unknown[] = [await bot.control('/ledger')];
  for (const path of reads) answers.push((await bot.signed('GET', `/fapi/v1/${path}`, { symbol: ETH })).body);
  return answers;
}

function loaded(name: string): SavedExchange | null {
  const store = new StateStore(folder(name));
  try {
    return store.load();
  } finally {
    store.close();
  }
}

describe('the cost of a change', () => {
  it('is a living state that does not grow and a line or more of history', async () => {
    const bot = await started('a');
    await roundTrips(bot, 20);
    const young = { state: statSync(stateOf('a')).size, history: statSync(historyOf('a')).size };
    await roundTrips(bot, 180);
    const old = { state: statSync(stateOf('a')).size, history: statSync(historyOf('a')).size };
    // Only the digits of counters and sums may have become more.
    expect(old.state).toBeLessThan(young.state * 1.05);
    // Ten times the trades, ten times the history.
    expect(old.history / young.history).toBeGreaterThan(9.5);
    expect(old.history / young.history).toBeLessThan(10.5);
    // Two orders a round trip: nothing has been forgotten meanwhile.
    expect((await bot.control('/ledger'))['orders']).toHaveLength(400);
  });
});

describe('a restart', () => {
  it('knows the whole past in its order: ended and living, of both stores', async () => {
    const bot = await started('a');
    await roundTrips(bot, 2);
    const { body } = await order(bot, LIMIT);
    await bot.signed('PUT', '/fapi/v1/order', {
      symbol: ETH,
      orderId: body['orderId'] as number,
      side: 'BUY',
      quantity: '0.4',
      price: '1890.00',
    });
    await order(bot, BUY);
    await bot.step(3_000);
    await algo(bot, { ...STOP, clientAlgoId: 'first' });
    await bot.signed('DELETE', '/fapi/v1/algoOrder', { clientAlgoId: 'first' });
    await algo(bot, STOP);
    const before = await past(bot);
    const naked = ((await bot.control('/naked'))['intervals'] as Json[]).map(({ fromMs, toMs }) => [fromMs, toMs]);
    await stopped(bot);
    const again = await started('a');
    expect(await past(again)).toEqual(before);
    expect(((await again.control('/naked'))['intervals'] as Json[]).map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(naked);
    expect(naked).toContainEqual([START_MS, START_MS + 3_000]);
  });

  it('reads the one big file of earlier releases, and keeps it in the new form from then on', async () => {
    const bot = await started('a');
    await roundTrips(bot, 3);
    await order(bot, LIMIT);
    const before = await past(bot);
    await stopped(bot);
    const { historyBytes: _none, ...whole } = loaded('a') as SavedExchange;
    rmSync(historyOf('a'));
    writeFileSync(stateOf('a'), JSON.stringify({ ...whole, version: 1 }));
    const again = await started('a');
    expect(await past(again)).toEqual(before);
    await roundTrips(again, 1);
    const after = await past(again);
    await stopped(again);
    expect(saved('a')).toMatchObject({ version: 2, account: { trades: [], incomes: [] } });
    expect(await past(await started('a'))).toEqual(after);
  });

  it('says so when history is missing that the state knows of', async () => {
    const bot = await started('a');
    await roundTrips(bot, 1);
    await stopped(bot);
    writeFileSync(historyOf('a'), '');
    await expect(started('a')).rejects.toThrow(/cannot be read; start with --fresh/);
  });
});

describe('a death between two bytes', () => {
  it('leaves the account as it was before the change, wherever the writing stopped', async () => {
    const bot = await started('a');
    await roundTrips(bot, 1);
    cpSync(join(folder('a'), 'exchange'), join(folder('b'), 'exchange'), { recursive: true });
    await order(bot, BUY);
    const then = { history: readFileSync(historyOf('a')), state: readFileSync(stateOf('a')) };
    await stopped(bot);
    const wanted = loaded('b');
    const known = readFileSync(historyOf('b')).length;
    expect(then.history.length).toBeGreaterThan(known + 500);
    for (let cut = known; cut <= then.history.length; cut++) {
      writeFileSync(historyOf('b'), then.history.subarray(0, cut));
      expect(loaded('b')).toEqual(wanted);
    }
    // The new state beside the old one, cut anywhere: it counts only once it has the old one's name.
    for (let cut = 0; cut <= then.state.length; cut += 97) {
      writeFileSync(`${stateOf('b')}.tmp`, then.state.subarray(0, cut));
      expect(loaded('b')).toEqual(wanted);
    }
  });

  it('is forgotten by the next change: the torn end is cut off before anything is added', async () => {
    const bot = await started('a');
    await roundTrips(bot, 1);
    await stopped(bot);
    writeFileSync(historyOf('a'), '{"kind":"order","row":{"ord', { flag: 'a' });
    const again = await started('a');
    await roundTrips(again, 1);
    const after = await past(again);
    await stopped(again);
    expect(await past(await started('a'))).toEqual(after);
    expect(existsSync(historyOf('a'))).toBe(true);
  });

  it('before the very first state leaves nothing of the account that never was', async () => {
    cpSync(mkdtempSync(join(root, 'x-')), join(folder('a'), 'exchange'), { recursive: true });
    writeFileSync(historyOf('a'), '{"kind":"trade","row":{}}\n');
    const bot = await started('a');
    await roundTrips(bot, 1);
    const after = await past(bot);
    await stopped(bot);
    expect(await past(await started('a'))).toEqual(after);
  });
});
