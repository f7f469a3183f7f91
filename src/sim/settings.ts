// Floor 2, the simulated venue: leverage, margin type and position mode, with the refusals that a bot meets at start.
import { compare, ZERO } from '../core/decimal.ts';
import type { EpochMs } from '../core/units.ts';
import { symbolConfigOf } from './account-views.ts';
import { availableBalance, maxNotional, worstNotional } from './margin.ts';
import { HEDGE_SIDES } from './position-slot.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { tellAccount } from './telling.ts';
import type { Rejected, SimContract, SimMarginType, SimResult } from './types.ts';
import type { SimSymbolConfig } from './views.ts';

export function setLeverage(state: VenueState, symbol: string, leverage: number, atMs: EpochMs): SimResult<SimSymbolConfig> {
  const contract = state.contract(symbol);
  if (contract === null) return reject(-1121);
  if (contract.status !== 'TRADING') return reject(-1122);
  const refusal = badLeverage(state, contract, leverage);
  if (refusal !== null) return refusal;
  state.settings.set(symbol, { ...state.settingsOf(contract), leverage });
  state.revision += 1;
  state.events.push({ kind: 'accountConfigUpdate', atMs, symbol: contract.symbol, leverage });
  return { ok: true, value: symbolConfigOf(state, contract) };
}

function badLeverage(state: VenueState, contract: SimContract, leverage: number): Rejected | null {
  const highest = contract.brackets[0]?.initialLeverage ?? 0;
  if (!Number.isInteger(leverage) || leverage < 1 || leverage > highest) return reject(-4028, String(leverage));
  const settings = state.settingsOf(contract);
  const isolated = state.positionsOf(contract.symbol).some((position) => position.marginType === 'ISOLATED');
  if (isolated && leverage < settings.leverage) return reject(-4161);
  if (compare(worstNotional(state, contract, null), maxNotional(contract, leverage)) > 0) return reject(-2027);
  if (leverage >= settings.leverage) return null;
  // Tried on the account itself and taken back: the margin sums read the standing leverage.
  const before = state.settings.get(contract.symbol);
  state.settings.set(contract.symbol, { ...settings, leverage });
  const bearable = compare(availableBalance(state), ZERO) > 0;
  if (before === undefined) state.settings.delete(contract.symbol);
  else state.settings.set(contract.symbol, before);
  return bearable || !state.watches(contract.symbol) ? null : reject(-2028);
}

export function setMarginType(
  state: VenueState,
  symbol: string,
  marginType: SimMarginType,
  atMs: EpochMs,
): SimResult<SimSymbolConfig> {
  const contract = state.contract(symbol);
  if (contract === null) return reject(-1121);
  const settings = state.settingsOf(contract);
  if (settings.marginType === marginType) return reject(-4046);
  if (contract.status !== 'TRADING') return reject(-1122);
  // Conditionals count as open orders here; whether they do on the venue is not documented.
  if (state.openOrders(symbol).length > 0 || state.openAlgos(symbol).length > 0) return reject(-4047);
  if (state.positionsOf(symbol).length > 0) return reject(-4048);
  state.settings.set(symbol, { ...settings, marginType });
  state.revision += 1;
  const positions = state.positionMode === 'HEDGE' ? HEDGE_SIDES.map((positionSide) => ({ symbol, positionSide })) : [{ symbol }];
  tellAccount(state, { reason: 'MARGIN_TYPE_CHANGE', change: ZERO, positions, fundingSymbol: null }, atMs);
  return { ok: true, value: symbolConfigOf(state, contract) };
}

export function setPositionMode(state: VenueState, mode: 'ONE_WAY' | 'HEDGE'): SimResult<'ONE_WAY' | 'HEDGE'> {
  if (state.positionMode === mode) return reject(-4059);
  if (state.symbolsWithOrders().length > 0 || state.symbolsWithAlgos().length > 0) return reject(-4067);
  if (state.positions.size > 0) return reject(-4068);
  state.positionMode = mode;
  state.revision += 1;
  return { ok: true, value: mode };
}
