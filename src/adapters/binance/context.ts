// Adapters, binance: what every part of this room works with.
import type { Grid } from '../../core/grid.ts';
import type { SymbolId } from '../../core/units.ts';
import type { WallClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { WeightGate } from './limiter.ts';
import type { Pace } from './pace.ts';
import type { Answer } from './request.ts';
import type { Rest } from './rest.ts';
import type { VenueClock } from './venue-clock.ts';
import type { WireCounts } from './wire-counts.ts';

export interface VenueContext {
  readonly rest: Rest;
  readonly clock: VenueClock;
  readonly gate: WeightGate;
  readonly wall: WallClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly pace: Pace;
  readonly wsUrl: string;
  /** Where key permissions are told; on the real venue that is another host. */
  readonly permissionsUrl: string;
  readonly counts: WireCounts;
  /** Price and quantity grids of the last exchangeInfo: orders are written with them. */
  readonly grids: Map<SymbolId, Grid>;
  readonly stopping: AbortSignal;
}

/** An answer that is no success, as words for a reason field. */
export function reasonOf(answer: Exclude<Answer, { readonly kind: 'ok' }>): string {
  if (answer.kind === 'refused') return `${answer.status}${answer.code === null ? '' : ` ${answer.code}`} ${answer.text}`.trim();
  return answer.reason;
}
