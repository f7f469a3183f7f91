// Emulator, REST: settings of the account and of its positions (binance-futures.md §6.1).
import { epochMs } from '../core/units.ts';
import type { SimMarginMove } from '../sim/types.ts';
import type { Desk } from './desk.ts';
import type { Params } from './request.ts';
import { type Route, SIGNED, weighs } from './route.ts';
import { granted } from './routes-account.ts';
import { symbolNumber } from './symbol-number.ts';
import { invalidParameter, missingParameter, VenueRefusal } from './venue-error.ts';

const SUCCESS = { code: 200, msg: 'success' } as const;
/** What the wire calls adding and taking away. */
const INTO = 1;
const OUT_OF = 2;

export function settingRoutes(desk: Desk): Route[] {
  const signed = (method: Route['method'], path: string, weight: number, handle: Route['handle']): Route => ({
    method,
    path,
    ...SIGNED,
    weight: weighs(weight),
    handle,
  });
  const { venue } = desk;
  return [
    signed('GET', '/fapi/v1/positionSide/dual', 30, () => ({ dualSidePosition: venue.positionMode === 'HEDGE' })),
    signed('POST', '/fapi/v1/positionSide/dual', 1, ({ params }) => setPositionMode(desk, params)),
    signed('GET', '/fapi/v1/multiAssetsMargin', 30, () => ({ multiAssetsMargin: false })),
    signed('POST', '/fapi/v1/multiAssetsMargin', 1, ({ params }) => setMultiAssets(params)),
    signed('POST', '/fapi/v1/leverage', 1, ({ params }) => setLeverage(desk, params)),
    signed('POST', '/fapi/v1/marginType', 1, ({ params }) => setMarginType(desk, params)),
    signed('GET', '/fapi/v1/feeBurn', 30, () => ({ feeBurn: venue.feeBurn === 'on' })),
    signed('POST', '/fapi/v1/feeBurn', 1, ({ params }) => setFeeBurn(desk, params)),
    signed('POST', '/fapi/v1/positionMargin', 1, ({ params }) => movePositionMargin(desk, params)),
    signed('GET', '/fapi/v1/positionMargin/history', 1, ({ params }) => marginHistory(desk, params)),
    signed('POST', '/fapi/v1/stock/contract', 50, () => {
      venue.signTradFiAgreement();
      return SUCCESS;
    }),
  ];
}

function setPositionMode(desk: Desk, params: Params): unknown {
  const dual = params.flag('dualSidePosition');
  if (dual === null) throw missingParameter('dualSidePosition');
  granted(desk.venue.setPositionMode(dual ? 'HEDGE' : 'ONE_WAY'));
  return SUCCESS;
}

/** Single-asset mode only: the other mode is refused, the same one is "no need to change". */
function setMultiAssets(params: Params): never {
  const wanted = params.flag('multiAssetsMargin');
  if (wanted === null) throw missingParameter('multiAssetsMargin');
  if (!wanted) throw new VenueRefusal(-4171, 'No need to change Multi-Assets mode.');
  throw new VenueRefusal(
    -4167,
    'Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.',
  );
}

function setLeverage(desk: Desk, params: Params): unknown {
  const index = symbolNumber(desk, params.required('symbol'));
  const leverage = params.integer('leverage');
  if (leverage === null) throw missingParameter('leverage');
  desk.price(index);
  const config = granted(desk.venue.setLeverage(desk.view.contract(index).symbol, leverage, epochMs(desk.now())));
  return { leverage: config.leverage, maxNotionalValue: config.maxNotionalValue, symbol: config.symbol };
}

function setMarginType(desk: Desk, params: Params): unknown {
  const index = symbolNumber(desk, params.required('symbol'));
  const wanted = params.required('marginType');
  if (wanted !== 'ISOLATED' && wanted !== 'CROSSED') throw invalidParameter('marginType');
  desk.price(index);
  granted(desk.venue.setMarginType(desk.view.contract(index).symbol, wanted, epochMs(desk.now())));
  return SUCCESS;
}

function setFeeBurn(desk: Desk, params: Params): unknown {
  const wanted = params.flag('feeBurn');
  if (wanted === null) throw missingParameter('feeBurn');
  desk.venue.setFeeBurn(wanted ? 'on' : 'off');
  return SUCCESS;
}

function movePositionMargin(desk: Desk, params: Params): unknown {
  const index = symbolNumber(desk, params.required('symbol'));
  const amount = params.required('amount');
  const type = params.integer('type');
  if (type === null) throw missingParameter('type');
  if (type !== INTO && type !== OUT_OF) throw invalidParameter('type');
  desk.price(index);
  const direction = type === INTO ? ('into' as const) : ('outOf' as const);
  const move = { amount, direction, positionSide: params.text('positionSide') ?? undefined };
  granted(desk.venue.movePositionMargin(desk.view.contract(index).symbol, move, epochMs(desk.now())));
  return { amount: Number(amount), code: 200, msg: 'Successfully modify position margin.', type };
}

function marginHistory(desk: Desk, params: Params): unknown[] {
  const index = symbolNumber(desk, params.required('symbol'));
  const { symbol } = desk.view.contract(index);
  const type = params.integer('type');
  const startMs = params.integer('startTime') ?? 0;
  const endMs = params.integer('endTime') ?? desk.now();
  return desk.venue
    .marginMoves()
    .filter((move) => move.symbol === symbol && move.atMs >= startMs && move.atMs <= endMs)
    .map(marginRow)
    .filter((row) => type === null || row['type'] === type)
    .slice(-(params.integer('limit') ?? 500));
}

const marginRow = (move: SimMarginMove): Record<string, unknown> => ({
  symbol: move.symbol,
  type: move.amount.startsWith('-') ? OUT_OF : INTO,
  deltaType: 'USER_ADJUST',
  amount: move.amount,
  asset: 'USDT',
  time: move.atMs,
  positionSide: move.positionSide ?? 'BOTH',
});
