// The Broker port over the simulated venue: its answers are those that the bot acts on, and what happens is told in order.
import { describe, expect, it } from 'vitest';
import { SimBroker } from '../../../src/adapters/sim-broker/sim-broker.ts';
import { steps, ticks } from '../../../src/core/grid.ts';
import type { AccountEvent, ConditionalOrderRequest, MarketOrderRequest } from '../../../src/core/orders.ts';
import { clientOrderId, type SymbolId, symbolId } from '../../../src/core/units.ts';
import { aVenue, BTC, later, price, T0 } from '../../sim/a-venue.ts';

const SYMBOL: SymbolId = symbolId(BTC);
const id = (name: string) => clientOrderId(`k7a-00000000000000-${name}`);

function aBroker() {
  const venue = aVenue();
  const heard: AccountEvent[] = [];
  const broker = new SimBroker({ venue, clock: { now: () => T0 }, accountId: 'test', symbols: [SYMBOL] });
  const follow = broker.follow((event) => heard.push(event), new AbortController().signal);
  return { venue, broker, heard, follow };
}

const entry = (change: Partial<MarketOrderRequest> = {}): MarketOrderRequest => ({
  symbol: SYMBOL,
  clientId: id('e00'),
  action: 'buy',
  steps: steps(10),
  effect: 'open',
  ...change,
});
const stopOrder = (change: Partial<ConditionalOrderRequest> = {}): ConditionalOrderRequest => ({
  symbol: SYMBOL,
  clientId: id('a00'),
  type: 'stopMarket',
  action: 'sell',
  trigger: ticks(490_000),
  workingType: 'mark',
  coverage: { kind: 'closePosition' },
  priceProtect: 'off',
  ...change,
});

describe('the simulated broker', () => {
  it('fills a market order at once and tells the fill, the position and the fee', async () => {
    const { broker, heard } = aBroker();
    expect(await broker.place(entry())).toMatchObject({ kind: 'accepted' });
    const fill = heard.find((event) => event.kind === 'fill');
    // 50,000 and one basis point; 0.05 % of 0.010 × 50,005.
    expect(fill?.kind === 'fill' && [fill.fill.price, fill.fill.qty, Number(fill.fill.fee)]).toEqual(['50005', '0.01', 0.250025]);
    expect(await broker.position(SYMBOL)).toMatchObject({ kind: 'open', state: { signedQty: '0.01', entryPrice: '50005' } });
    expect(await broker.find(SYMBOL, id('e00'))).toMatchObject({ kind: 'found', state: { status: 'filled' } });
  });

  it('says no with the venue’s code, and that a stranger is absent', async () => {
    const { broker } = aBroker();
    // A quantity of nothing is no order.
    expect(await broker.place(entry({ steps: steps(0) }))).toMatchObject({ kind: 'rejected' });
    expect(await broker.find(SYMBOL, id('e09'))).toEqual({ kind: 'absent' });
    expect(await broker.cancelConditional(SYMBOL, id('a09'))).toEqual({ kind: 'gone' });
  });

  it('rests a stop, shows it, and tells its trigger and its fill when the price comes', async () => {
    const { broker, venue, heard } = aBroker();
    await broker.place(entry());
    expect(await broker.placeConditional(stopOrder())).toMatchObject({ kind: 'accepted' });
    expect(await broker.openConditionals(SYMBOL)).toMatchObject([{ clientId: id('a00'), status: 'new', closePosition: true }]);
    heard.length = 0;
    price(venue, 48_900, later(1_000));
    expect(heard).toEqual([]);
    await broker.drain();
    expect(heard.some((event) => event.kind === 'conditional' && event.order.status === 'triggered')).toBe(true);
    expect(heard.some((event) => event.kind === 'fill' && event.fill.action === 'sell')).toBe(true);
    expect(await broker.position(SYMBOL)).toEqual({ kind: 'flat' });
    expect(await broker.snapshot()).toMatchObject({ positions: [], openConditionals: [] });
  });

  it('takes "no need to change" for set', async () => {
    const { broker } = aBroker();
    expect(await broker.setIsolated(SYMBOL)).toEqual({ kind: 'set' });
    expect(await broker.setIsolated(SYMBOL)).toEqual({ kind: 'set' });
    expect(await broker.setLeverage(SYMBOL, 10)).toEqual({ kind: 'set' });
    expect(await broker.symbolConfig(SYMBOL)).toEqual({ symbol: SYMBOL, marginType: 'isolated', leverage: 10 });
    expect(await broker.setLeverage(SYMBOL, 500)).toMatchObject({ kind: 'rejected', code: -4028 });
  });

  it('knows what funding was paid', async () => {
    const { broker, venue } = aBroker();
    await broker.place(entry());
    venue.settleFunding(BTC, '0.0001', later(60_000));
    // 0.010 × 50,000 × 0.0001.
    expect(await broker.funding(SYMBOL, T0, later(120_000))).toEqual([{ at: later(60_000), amount: '-0.05' }]);
  });
});
