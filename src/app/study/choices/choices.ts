// App, `perpscout study --choices`: what is measured, declared before anything is looked at: roads that a signal can take, and rows
// that price a road. No other file decides what is compared.
import { HORIZON_BARS } from '../../../book/virtual.ts';
import type { SignalPlan } from '../../../core/signal.ts';
import { MINUTE_MS } from '../../../core/timeframe.ts';
import type { CapPolicy } from './caps.ts';
import { asPlanned, type PlanOf, rewardOf, stopAtZone, stopFloor } from './plans.ts';
import type { Terms } from './walk.ts';

export interface Road {
  readonly id: string;
  readonly planOf: PlanOf;
  /** For entry bars of this length. */
  readonly terms: (stepMs: number) => Terms;
}

const SHIPPED: Terms = { horizonBars: HORIZON_BARS, entry: 'market', target: 'market' };
const STOP_FLOOR_BPS = 80;
const REWARDS = [1, 1.5, 2, 3] as const;
const HORIZONS_MIN = [60, 240, 720, 1_440] as const;
const COST_GATES_R = [0.15, 0.1, 0.07, 0.05] as const;
const FEES_BPS = [0, 4, 8] as const;
/** A maker's leg: fee alone, no spread. */
export const MAKER_LEG_BPS = 2;

const planRoad = (id: string, planOf: PlanOf): Road => ({ id, planOf, terms: () => SHIPPED });
const termsRoad = (id: string, terms: Road['terms']): Road => ({ id, planOf: asPlanned, terms });

export const ROADS: readonly Road[] = [
  planRoad('base', asPlanned),
  planRoad('stopZone', stopAtZone),
  planRoad('stop80', stopFloor(STOP_FLOOR_BPS)),
  ...REWARDS.map((reward) => planRoad(`reward${reward}`, rewardOf(reward))),
  ...HORIZONS_MIN.map((minutes) =>
    termsRoad(`horizon${minutes}`, (stepMs) => ({ ...SHIPPED, horizonBars: (minutes * MINUTE_MS) / stepMs })),
  ),
  termsRoad('limitTarget', () => ({ ...SHIPPED, target: 'limit' })),
  termsRoad('limitBoth', () => ({ ...SHIPPED, entry: 'limit', target: 'limit' })),
];

/** What each leg of a round trip costs, in basis points. */
export interface Legs {
  readonly entryBps: number;
  readonly targetBps: number;
  /** Stop and time exit: always at market. */
  readonly otherBps: number;
}

export type Population = 'gateOff' | 'asShipped';

export interface ChoiceRow {
  readonly id: string;
  readonly family: 'shipped' | 'stop' | 'gate' | 'reward' | 'horizon' | 'orders' | 'fees';
  readonly population: Population;
  readonly road: string;
  /** `missed`: those that the road's limit did not catch, as the shipped rules would have traded them. */
  readonly of: 'traded' | 'missed';
  /** `told`: follows from other rows by arithmetic, or knows what came after; it is no comparison of its own. */
  readonly weight: 'compared' | 'told';
  readonly keeps: (plan: SignalPlan) => boolean;
  readonly legs: (roundTripBps: number) => Legs;
}

const taker = (roundTripBps: number): Legs => ({
  entryBps: roundTripBps / 2,
  targetBps: roundTripBps / 2,
  otherBps: roundTripBps / 2,
});
const all = (): boolean => true;
const row = (family: ChoiceRow['family'], road: string, change: Partial<ChoiceRow> = {}): ChoiceRow => ({
  id: road,
  family,
  population: 'gateOff',
  road,
  of: 'traded',
  weight: 'compared',
  keeps: all,
  legs: taker,
  ...change,
});

export const ROWS: readonly ChoiceRow[] = [
  row('shipped', 'base', { id: 'asShipped', population: 'asShipped' }),
  row('shipped', 'base'),
  row('stop', 'stopZone'),
  row('stop', 'stop80'),
  ...COST_GATES_R.map((most) => row('gate', 'base', { id: `cost${most}`, keeps: ({ costR }) => costR <= most })),
  ...REWARDS.map((reward) => row('reward', `reward${reward}`)),
  ...HORIZONS_MIN.map((minutes) => row('horizon', `horizon${minutes}`)),
  row('orders', 'limitTarget', { legs: (bps) => ({ ...taker(bps), targetBps: MAKER_LEG_BPS }) }),
  row('orders', 'limitBoth', { legs: (bps) => ({ ...taker(bps), entryBps: MAKER_LEG_BPS, targetBps: MAKER_LEG_BPS }) }),
  row('orders', 'limitBoth', { id: 'limitMissed', of: 'missed', weight: 'told' }),
  ...FEES_BPS.map((bps) => row('fees', 'base', { id: `fees${bps}`, weight: 'told', legs: () => taker(bps) })),
];

const ANY = Number.POSITIVE_INFINITY;

/** One position a contract in all of them. */
export const CAPS: readonly CapPolicy[] = [
  { id: 'top3', minScore: 70, topPerMinute: 3, mostOpen: ANY, sideRestMs: 0 },
  { id: 'top3capped', minScore: 70, topPerMinute: 3, mostOpen: 5, sideRestMs: 15 * MINUTE_MS },
  { id: 'top1capped', minScore: 80, topPerMinute: 1, mostOpen: 3, sideRestMs: 15 * MINUTE_MS },
];
