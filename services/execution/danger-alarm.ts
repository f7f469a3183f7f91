// Services, room 6: a position that should long be protected or closed and is neither, because the venue takes nothing. Told every
// minute, with the one thing a person wants to know: does a stop rest there or not (reliability.md B20).
import { stopIsLive } from '../../src/book/lifecycle-trade.ts';
import type { Instant, LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Notice } from '../../src/core/notice.ts';
import { alarmNotice } from './notices.ts';

const EVERY_MS = 60_000;

interface Danger {
  readonly sinceWallMs: number;
  readonly toldWallMs: number;
}

export class DangerAlarm {
  readonly #tell: (notice: Notice) => void;
  readonly #dangers = new Map<string, Danger>();

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  look(trades: readonly LiveTrade[], now: Instant): void {
    const seen = new Set<string>();
    for (const trade of trades) {
      if (trade.state !== 'openNaked' && trade.state !== 'exiting') continue;
      const { tradeId } = trade.plan;
      seen.add(tradeId);
      const danger = this.#dangers.get(tradeId) ?? { sinceWallMs: now.wallMs, toldWallMs: now.wallMs };
      const due = now.wallMs - danger.toldWallMs >= EVERY_MS;
      this.#dangers.set(tradeId, due ? { ...danger, toldWallMs: now.wallMs } : danger);
      if (due) this.#alarm(trade, Math.round((now.wallMs - danger.sinceWallMs) / 1_000), now);
    }
    for (const id of [...this.#dangers.keys()]) if (!seen.has(id)) this.#dangers.delete(id);
  }

  #alarm(trade: LiveTrade, seconds: number, now: Instant): void {
    const what = trade.state === 'exiting' ? 'closed' : 'protected';
    const rests = stopIsLive(trade, now) ? 'yes' : 'NO';
    const text = `${trade.plan.symbol}: for ${seconds} s the position could not be ${what}, the venue takes nothing. A stop rests on the exchange: ${rests}. It is tried again and again.`;
    this.#tell(alarmNotice('venueDeaf', text, now.venueMs));
  }
}
