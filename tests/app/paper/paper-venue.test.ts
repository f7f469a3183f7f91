// A paper account on somebody else's prices: it trades, it is there again after a restart, and what went by meanwhile counts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BinanceVenue } from '../../../src/adapters/binance/binance.ts';
import { loadSettings } from '../../../src/app/config.ts';
import { PaperAccountFile } from '../../../src/app/paper/account-file.ts';
import { openPaperVenue } from '../../../src/app/paper/paper-venue.ts';
import { steps, ticks } from '../../../src/core/grid.ts';
import type { Bar, MarketEvent } from '../../../src/core/market.ts';
import type { AccountEvent } from '../../../src/core/orders.ts';
import { clientOrderId, epochMs } from '../../../src/core/units.ts';
import { aFolder } from '../../support/a-run.ts';
import { anInstrument } from '../../support/a-signal.ts';
import { FakeMarketClock, rememberingLogger } from '../../support/fake-clocks.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 2, 12);
const instrument = anInstrument();
const { symbol } = instrument;
const never = (): AbortSignal => new AbortController().signal;

const aBar = (minute: number, [open, high, low, close]: readonly [number, number, number, number]): Bar => ({
  openMs: epochMs(START + minute * MINUTE),
  open,
  high,
  low,
  close,
  volume: 10,
  quoteVolume: 1_000,
  trades: 5,
  takerBuyVolume: 5,
});
const frameOf = (bar: Bar, final = true): MarketEvent => ({
  kind: 'bar',
  at: epochMs(bar.openMs + MINUTE + 100),
  symbol,
  timeframe: '1m',
  bar,
  final,
});

/** A market that says what the test says; its account answers nothing, for nobody may ask it. */
function aMarket(past: readonly Bar[] = []) {
  const clock = new FakeMarketClock(START);
  let heard: (event: MarketEvent) => void = () => undefined;
  const feed: BinanceVenue['feed'] = {
    instruments: async () => [instrument],
    tickers: async () => [],
    history: async ({ fromMs = 0 }) => past.filter((bar) => bar.openMs >= fromMs && bar.openMs + MINUTE <= clock.ms),
    follow: async (_symbols, _timeframe, sink) => {
      heard = sink;
    },
    drain: async () => undefined,
    weightUsed: () => 0,
  };
  const nobody = new Proxy(
    {},
    { get: (_target, name) => () => Promise.reject(new Error(`the market's account was asked: ${String(name)}`)) },
  );
  const venue = { feed, clock, broker: nobody, quote: async () => null } as unknown as BinanceVenue;
  return { venue, clock, say: (event: MarketEvent) => heard(event) };
}

async function aPaperAccount(path: string, market: ReturnType<typeof aMarket>, marketName = 'here') {
  const opened = await openPaperVenue({
    market: market.venue,
    marketName,
    settings: { ...loadSettings({}, join(path, 'none')), PAPER_BALANCE: 5_000 },
    file: new PaperAccountFile(path),
    generation: 1,
    logger: rememberingLogger(),
    brackets: 'assumed',
  });
  const events: AccountEvent[] = [];
  await opened.venue.broker.follow((event) => events.push(event), never());
  await opened.venue.feed.follow([symbol], '1m', () => undefined, never());
  return { ...opened, events };
}

const entry = {
  symbol,
  clientId: clientOrderId('k7a-aaaaaaaaaaaaaa-e00'),
  action: 'buy',
  steps: steps(1_000),
  effect: 'open',
} as const;
/** Ticks of a hundredth: 99.00. */
const disaster = {
  symbol,
  clientId: clientOrderId('k7a-aaaaaaaaaaaaaa-a00'),
  type: 'stopMarket',
  action: 'sell',
  trigger: ticks(9_900),
  workingType: 'mark',
  coverage: { kind: 'closePosition' },
  priceProtect: 'off',
} as const;

async function withLong(path: string, market: ReturnType<typeof aMarket>) {
  const account = await aPaperAccount(path, market);
  market.say(frameOf(aBar(-1, [100, 100.5, 99.5, 100])));
  expect((await account.venue.broker.place(entry)).kind).toBe('accepted');
  expect((await account.venue.broker.placeConditional(disaster)).kind).toBe('accepted');
  return account;
}
const qtyOf = async (account: { readonly venue: BinanceVenue }): Promise<string> => {
  const position = await account.venue.broker.position(symbol);
  return position.kind === 'open' ? position.state.signedQty : position.kind;
};

describe('a paper account', () => {
  it('begins with the balance that was set and fills an entry half a spread beyond the last price', async () => {
    const market = aMarket();
    const account = await withLong(join(aFolder(), 'paper.json'), market);
    const fill = account.events.find((event) => event.kind === 'fill');
    // The spread is a basis point, a tick of 0.01 at least: 100.01.
    expect(fill?.kind === 'fill' ? fill.fill.price : null).toBe('100.01');
    // 1,000 steps of 0.001 at 100.01 cost 5 basis points: 0.050005.
    expect(Number((await account.venue.broker.snapshot())?.walletBalance)).toBeCloseTo(5_000 - 0.050005, 8);
  });

  it('is on disk before anybody hears what happened to it', async () => {
    const path = join(aFolder(), 'paper.json');
    const market = aMarket();
    const account = await aPaperAccount(path, market);
    market.say(frameOf(aBar(-1, [100, 100.5, 99.5, 100])));
    const seen: string[] = [];
    await account.venue.broker.follow((event) => {
      if (event.kind === 'fill') seen.push(JSON.parse(readFileSync(path, 'utf8')).account.trades[0]?.price);
    }, never());
    await account.venue.broker.place(entry);
    expect(seen).toEqual(['100.01']);
  });

  it('stands again after a kill, and a stop that was reached meanwhile has fired at its price', async () => {
    const path = join(aFolder(), 'paper.json');
    await withLong(path, aMarket());
    const away = aMarket([
      aBar(0, [100, 100.2, 99.4, 99.6]),
      aBar(1, [99.6, 99.7, 98.2, 98.5]),
      aBar(2, [98.5, 98.6, 98.4, 98.6]),
    ]);
    away.clock.ms = START + 3 * MINUTE;
    const after = await aPaperAccount(path, away);
    expect(await qtyOf(after)).toBe('flat');
    const fills = await after.venue.broker.fills(symbol, epochMs(START - MINUTE));
    // At the trigger less a tick, in the second of the missed minutes.
    expect(fills?.map((fill) => fill.price)).toEqual(['100.01', '98.99']);
    expect(Math.floor(((fills?.[1]?.at ?? 0) - START) / MINUTE)).toBe(1);
  });

  it('still holds its position where the stop was not reached', async () => {
    const path = join(aFolder(), 'paper.json');
    const before = await withLong(path, aMarket());
    before.close();
    const away = aMarket([aBar(0, [100, 100.2, 99.4, 99.6])]);
    away.clock.ms = START + MINUTE;
    const after = await aPaperAccount(path, away);
    expect([await qtyOf(after), after.accountId]).toEqual(['1', before.accountId]);
  });

  it('walks the minutes that a lost socket swallowed', async () => {
    const market = aMarket([aBar(0, [100, 100.1, 98, 100])]);
    const account = await withLong(join(aFolder(), 'paper.json'), market);
    market.clock.ms = START + 2 * MINUTE;
    market.say(frameOf(aBar(1, [100, 100.1, 99.9, 100])));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await qtyOf(account)).toBe('flat');
  });

  it('pays the funding rate that stood before the settlement', async () => {
    const market = aMarket();
    const account = await withLong(join(aFolder(), 'paper.json'), market);
    const mark = (at: number, fundingRate: number, nextFundingMs: number): MarketEvent => ({
      kind: 'marks',
      at: epochMs(at),
      marks: [{ symbol, markPrice: 100, fundingRate, nextFundingMs: epochMs(nextFundingMs) }],
    });
    const due = START + 4 * 3_600_000;
    market.say(mark(START, 0.0003, due));
    market.say(mark(due + 1_000, -0.0001, due + 8 * 3_600_000));
    const paid = await account.venue.broker.funding(symbol, epochMs(START), epochMs(due + MINUTE));
    // A long of 1 at 100 pays 0.03 %: 0.03 USDT.
    expect(paid?.map(({ at, amount }) => [at, Number(amount)])).toEqual([[due, -0.03]]);
  });
});

describe('the file of a paper account', () => {
  it('refuses another market, a market that stands before it and a damaged file with 78', async () => {
    const path = join(aFolder(), 'paper.json');
    (await withLong(path, aMarket())).close();
    await expect(aPaperAccount(path, aMarket(), 'elsewhere')).rejects.toThrow(/lives on here, not on elsewhere.*--fresh/);
    const past = aMarket();
    past.clock.ms = START - MINUTE;
    await expect(aPaperAccount(path, past)).rejects.toThrow(/left at 2026-03-02T12:00:00Z.*stands at 2026-03-02T11:59:00Z/);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -40));
    await expect(aPaperAccount(path, aMarket())).rejects.toMatchObject({ exitCode: 78, message: expect.stringContaining(path) });
  });

  it('is set aside by a fresh start, and the new account has another name', async () => {
    const path = join(aFolder(), 'paper.json');
    await withLong(path, aMarket());
    expect(new PaperAccountFile(path).setAside('old')).toBe(2);
    expect(new PaperAccountFile(path).load()).toBeNull();
    expect(new PaperAccountFile(`${path}.old`).load()?.generation).toBe(1);
  });
});
