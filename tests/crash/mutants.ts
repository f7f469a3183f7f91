// Crash: bots that protect badly, made by standing between the bot and its broker. Each tells the bot that all is well: the stop is on
// the list as it was asked for, whatever really rests on the exchange.
import { stepsToWire, ticksToPrice } from '../../src/core/grid.ts';
import type { ConditionalOrderRequest, ConditionalState, PlaceResult } from '../../src/core/orders.ts';
import { decimalString, type Ticks } from '../../src/core/units.ts';
import type { Broker } from '../../src/ports/broker.ts';

type Place = Broker['placeConditional'];
/** Of the contracts of the tiny market. */
const GRID = { tickUnits: 1, tickDecimals: 1, stepUnits: 1, stepDecimals: 3 } as const;

function asAsked(order: ConditionalOrderRequest): ConditionalState {
  const { symbol, clientId, action, coverage } = order;
  return {
    ...{ symbol, clientId, action, venueId: '1', type: 'STOP_MARKET', status: 'new' },
    triggerPrice: decimalString(ticksToPrice(order.trigger, GRID).toFixed(1)),
    qty: decimalString(coverage.kind === 'reduceOnly' ? stepsToWire(coverage.steps, GRID) : '0'),
    closePosition: coverage.kind === 'closePosition',
    reduceOnly: true,
  };
}

/** What really happens with a stop; targets and everything else go through unchanged. */
function lying(really: (order: ConditionalOrderRequest, place: Place) => void): (broker: Broker) => Broker {
  return (broker) => {
    const told = new Map<string, ConditionalState>();
    const place = broker.placeConditional.bind(broker);
    const withTold = (list: readonly ConditionalState[], symbol?: string): readonly ConditionalState[] => [
      ...list.filter(({ clientId }) => !told.has(clientId)),
      ...[...told.values()].filter((order) => symbol === undefined || order.symbol === symbol),
    ];
    const placeConditional: Place = async (order) => {
      if (order.type !== 'stopMarket') return place(order);
      told.set(order.clientId, asAsked(order));
      really(order, place);
      return { kind: 'accepted', venueId: '1', at: 0 } as unknown as PlaceResult;
    };
    const openConditionals: Broker['openConditionals'] = async (symbol) => {
      const list = await broker.openConditionals(symbol);
      return list === null ? null : withTold(list, symbol);
    };
    const snapshot: Broker['snapshot'] = async () => {
      const read = await broker.snapshot();
      return read === null ? null : { ...read, openConditionals: withTold(read.openConditionals) };
    };
    return new Proxy(broker, {
      get: (target, name) => {
        const own = { placeConditional, openConditionals, snapshot } as Readonly<Record<string | symbol, unknown>>;
        const value: unknown = own[name] ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  };
}

/** The stop is sent a quarter of a minute after it was asked for. */
export const lateStop = lying((order, place) => {
  setTimeout(() => void place(order), 15_000);
});

/** On the side where the position wins. */
export const wrongSide = lying((order, place) => {
  const away = order.action === 'sell' ? 1.05 : 0.95;
  void place({ ...order, type: 'takeProfitMarket', trigger: Math.round(order.trigger * away) as Ticks });
});

/** So far away that the exchange liquidates first. */
export const beyondLiquidation = lying((order, place) => {
  const away = order.action === 'sell' ? 0.9 : 1.1;
  void place({ ...order, trigger: Math.round(order.trigger * away) as Ticks });
});
