// Foreign clients, the venue they meet: the embedded exchange at the market's own pace, and its record of the truth.
//
// The clients stamp requests with this machine's clock, so the machine's clock is set to the market's for as long as the
// venue is open: the market is then the same at every run, and a minute can be ended without waiting for it.
import { type RunningExchange, startExchange } from '../../src/emulator/exchange.ts';
import type { MarketBar, MarketSource } from '../../src/emulator/market/source.ts';
import { syntheticSource } from '../../src/emulator/market/synthetic-source.ts';
import type { SimAlgo, SimOrder, SimTrade } from '../../src/sim/types.ts';
import type { SimBalance, SimLedger, SimPositionView } from '../../src/sim/views.ts';
import type { Row } from './tally.ts';

/** A quiet half-minute before a candle closes. */
const FROM_MS = Date.UTC(2026, 2, 2, 9, 30, 20);
const MINUTE_MS = 60_000;
export const SYMBOLS = 12;
export const START_USDT = 10_000;

export interface VenueState {
  readonly symbols: readonly string[];
  readonly balance: readonly SimBalance[];
  readonly positions: readonly SimPositionView[];
  readonly openOrders: readonly SimOrder[];
  readonly openAlgoOrders: readonly SimAlgo[];
  readonly failures: { readonly count: number; readonly last: string | null };
}

export class Venue {
  readonly exchange: RunningExchange;
  readonly source: MarketSource;
  readonly #machineNow: () => number;
  #aheadMs: number;

  constructor(exchange: RunningExchange, source: MarketSource, machineNow: () => number) {
    this.exchange = exchange;
    this.source = source;
    this.#machineNow = machineNow;
    this.#aheadMs = FROM_MS - machineNow();
    Date.now = () => this.#machineNow() + this.#aheadMs;
  }

  ledger(): Promise<SimLedger> {
    return this.#control('/ledger');
  }

  state(): Promise<VenueState> {
    return this.#control('/state');
  }

  /** The one accepted order with this client id or number. */
  async order(id: string | number): Promise<SimOrder> {
    const { orders } = await this.ledger();
    return sole(
      orders.filter((order) => order.clientOrderId === id || order.orderId === id),
      `order ${id}`,
    );
  }

  async algo(id: string | number): Promise<SimAlgo> {
    const { algos } = await this.ledger();
    return sole(
      algos.filter((algo) => algo.clientAlgoId === id || algo.algoId === id),
      `conditional ${id}`,
    );
  }

  async fills(symbol: string): Promise<readonly SimTrade[]> {
    return (await this.ledger()).fills.filter((fill) => fill.symbol === symbol);
  }

  async position(symbol: string): Promise<SimPositionView> {
    const { positions } = await this.state();
    return sole(
      positions.filter((position) => position.symbol === symbol),
      `position in ${symbol}`,
    );
  }

  /** What the wallet must hold: the start, what was won, and fees and funding paid. */
  async walletUsdt(): Promise<number> {
    return Number((await this.state()).balance.find((row) => row.asset === 'USDT')?.walletBalance);
  }

  numberOf(symbol: string): number {
    return this.source.contracts.findIndex((contract) => contract.symbol === symbol);
  }

  /** The true last price at that instant: the step of the minute's path that holds then. */
  lastAt(symbol: string, atMs: number): number {
    const openMs = atMs - (atMs % MINUTE_MS);
    const path = this.source.path(this.numberOf(symbol), openMs);
    return path?.[Math.floor((atMs - openMs) / 3_000)] ?? Number.NaN;
  }

  markAt(symbol: string, atMs: number): number {
    return Number(this.source.markOf(this.numberOf(symbol), atMs, this.lastAt(symbol, atMs)).toFixed(8));
  }

  minute(symbol: string, openMs: number): MarketBar {
    const bar = this.source.minute(this.numberOf(symbol), openMs);
    if (bar === null) throw new Error(`${symbol} has no minute ${openMs}`);
    return bar;
  }

  /** The market goes forward by so much at once, and the machine's clock with it. */
  async jump(aheadMs: number): Promise<void> {
    await this.#control('/clock', { stepMs: aheadMs });
    const { nowMs } = await this.#control<{ nowMs: number }>('/clock');
    this.#aheadMs = nowMs - this.#machineNow();
  }

  /** From the next moment on the contract trades at this price, and moves on from there. */
  async setPrice(symbol: string, price: number): Promise<void> {
    await this.#control('/price', { symbol, path: [{ ms: 1, price }] });
    await this.jump(2);
  }

  async act(fields: Row): Promise<void> {
    await this.#control('/act', fields);
  }

  async close(): Promise<void> {
    Date.now = this.#machineNow;
    await this.exchange.close();
  }

  async #control<Answer>(path: string, body?: Row): Promise<Answer> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.exchange.restUrl}/__exchange${path}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`control ${path}: ${text}`);
    return JSON.parse(text) as Answer;
  }
}

function sole<Item>(items: readonly Item[], what: string): Item {
  const [item] = items;
  if (item === undefined || items.length !== 1) throw new Error(`the exchange knows ${items.length} of ${what}`);
  return item;
}

export async function openVenue(): Promise<Venue> {
  const source = syntheticSource({ seed: 7, symbols: SYMBOLS });
  const machineNow = Date.now;
  const exchange = await startExchange({
    port: 0,
    source,
    seed: 7,
    speed: 1,
    fromMs: FROM_MS,
    balanceUsdt: String(START_USDT),
    dataDir: null,
    start: 'fresh',
  });
  return new Venue(exchange, source, machineNow);
}

/** Rounded to the contract's price step, as every client must do for itself. */
export function onTick(venue: Venue, symbol: string, price: number): number {
  const contract = venue.source.contracts[venue.numberOf(symbol)];
  const tick = Number(contract?.tickSize);
  return Number((Math.round(price / tick) * tick).toFixed(contract?.pricePrecision ?? 8));
}
