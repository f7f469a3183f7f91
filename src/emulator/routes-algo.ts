// Emulator, REST: conditional orders, the algo service (binance-futures.md §6.3).
import { epochMs } from '../core/units.ts';
import type { SimAlgo, SimAlgoKey, SimAlgoRequest } from '../sim/types.ts';
import type { Desk } from './desk.ts';
import { algoAck, algoRow } from './order-json.ts';
import { checkNames, reduceOnlyOf } from './order-params.ts';
import type { Params } from './request.ts';
import { ORDERING, type Route, SIGNED, weighs, weighsBySymbol } from './route.ts';
import { granted, timeWindow } from './routes-account.ts';
import { ALL_CANCELLED, optionalSymbol, precisionFor, refuseUnsigned, sent } from './routes-orders.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, missingParameter } from './venue-error.ts';

export function algoRoutes(desk: Desk): Route[] {
  const { venue } = desk;
  const row = (algo: SimAlgo): unknown => algoRow(algo, precisionFor(desk, algo.symbol));
  return [
    { method: 'POST', path: '/fapi/v1/algoOrder', ...ORDERING, weight: weighs(0), handle: ({ params }) => place(desk, params) },
    { method: 'DELETE', path: '/fapi/v1/algoOrder', ...SIGNED, weight: weighs(1), handle: ({ params }) => cancel(desk, params) },
    {
      method: 'GET',
      path: '/fapi/v1/algoOrder',
      ...SIGNED,
      weight: weighs(1),
      handle: ({ params }) => row(granted(venue.algo(algoKey(params)))),
    },
    {
      method: 'GET',
      path: '/fapi/v1/openAlgoOrders',
      ...SIGNED,
      weight: weighsBySymbol(1, 40),
      handle: ({ params }) => openAlgos(desk, params).map(row),
    },
    {
      method: 'GET',
      path: '/fapi/v1/allAlgoOrders',
      ...SIGNED,
      weight: weighs(5),
      handle: ({ params }) => allAlgos(desk, params).map(row),
    },
    {
      method: 'DELETE',
      path: '/fapi/v1/algoOpenOrders',
      ...SIGNED,
      weight: weighs(1),
      handle: ({ params }) => cancelAll(desk, params),
    },
  ];
}

function place(desk: Desk, params: Params): unknown {
  checkNames(params, 'algo');
  if (params.required('algoType') !== 'CONDITIONAL') throw invalidParameter('algoType');
  const index = symbolNumber(desk, params.required('symbol'));
  refuseUnsigned(desk, index);
  desk.price(index);
  const algo = granted(desk.venue.placeAlgo(algoRequest(params), epochMs(desk.now())));
  // What follows at once is told on the stream; the answer knows the order as it was taken.
  return algoAck({ ...algo, algoStatus: 'NEW', updateMs: algo.createMs }, precisionFor(desk, algo.symbol));
}

const algoRequest = (params: Params): SimAlgoRequest => ({
  symbol: params.required('symbol'),
  side: params.required('side'),
  type: params.required('type'),
  ...sent('positionSide', params.text('positionSide')),
  ...sent('timeInForce', params.text('timeInForce')),
  ...sent('quantity', params.text('quantity')),
  ...sent('price', params.text('price')),
  ...sent('triggerPrice', params.text('triggerPrice')),
  ...sent('workingType', params.text('workingType')),
  ...sent('closePosition', params.flag('closePosition')),
  ...sent('priceProtect', params.flag('priceProtect')),
  ...sent('reduceOnly', reduceOnlyOf(params)),
  // The name before 2025-12-22 is still sent in the wild and still understood.
  ...sent('activatePrice', params.text('activatePrice') ?? params.text('activationPrice')),
  ...sent('callbackRate', params.text('callbackRate')),
  ...sent('clientAlgoId', params.text('clientAlgoId')),
});

/** A symbol beside the id is tolerated and not compared. */
function algoKey(params: Params): SimAlgoKey {
  const algoId = params.integer('algoId');
  const clientAlgoId = params.text('clientAlgoId');
  if (algoId === null && clientAlgoId === null) throw missingParameter('algoId');
  return algoId === null ? sent('clientAlgoId', clientAlgoId) : { algoId };
}

function cancel(desk: Desk, params: Params): unknown {
  const algo = granted(desk.venue.cancelAlgo(algoKey(params), epochMs(desk.now())));
  return { algoId: algo.algoId, clientAlgoId: algo.clientAlgoId, code: '200', msg: 'success' };
}

function openAlgos(desk: Desk, params: Params): readonly SimAlgo[] {
  const algoId = params.integer('algoId');
  const rows = desk.venue.openAlgos(optionalSymbol(desk, params));
  return algoId === null ? rows : rows.filter((algo) => algo.algoId === algoId);
}

function allAlgos(desk: Desk, params: Params): readonly SimAlgo[] {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  const algoId = params.integer('algoId');
  return desk.venue.allAlgos({
    symbol,
    limit: Math.min(params.integer('limit') ?? 500, 1_000),
    ...(algoId === null ? timeWindow(desk, params) : { algoId }),
  });
}

function cancelAll(desk: Desk, params: Params): unknown {
  const symbol = params.required('symbol');
  symbolNumber(desk, symbol);
  granted(desk.venue.cancelAllAlgos(symbol, epochMs(desk.now())));
  return ALL_CANCELLED;
}
