// Floor 2, the simulated venue: taking conditional orders back, and finding one.
import type { EpochMs } from '../core/units.ts';
import { noteProtection } from './protection.ts';
import { reject } from './rejection.ts';
import type { VenueState } from './state.ts';
import { tellAlgo } from './telling.ts';
import type { SimAlgo, SimAlgoKey, SimResult } from './types.ts';

export function findAlgo(state: VenueState, key: SimAlgoKey): SimAlgo | null {
  if (key.algoId !== undefined) return state.algos.get(key.algoId) ?? null;
  return key.clientAlgoId === undefined ? null : state.algoByClient(key.clientAlgoId);
}

export function endAlgo(state: VenueState, algo: SimAlgo, algoStatus: 'CANCELED' | 'EXPIRED', atMs: EpochMs): SimAlgo {
  const ended = state.putAlgo({ ...algo, algoStatus, updateMs: atMs });
  state.updateMs = atMs;
  tellAlgo(state, ended, atMs);
  noteProtection(state, algo, atMs);
  return ended;
}

/** -2011 for an unknown conditional and for one that fired or ended. */
export function cancelAlgo(state: VenueState, key: SimAlgoKey, atMs: EpochMs): SimResult<SimAlgo> {
  const algo = findAlgo(state, key);
  return algo?.algoStatus === 'NEW' ? { ok: true, value: endAlgo(state, algo, 'CANCELED', atMs) } : reject(-2011);
}

export function cancelAllAlgos(state: VenueState, symbol: string, atMs: EpochMs): SimResult<readonly SimAlgo[]> {
  if (state.contract(symbol) === null) return reject(-1121);
  return { ok: true, value: state.openAlgos(symbol).map((algo) => endAlgo(state, algo, 'CANCELED', atMs)) };
}
