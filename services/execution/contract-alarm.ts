// Services, room 6: a contract that is about to end, or has stopped trading, while a position of ours is open (reliability.md G08, G09).
// Told once; before a delivery the position is closed while that can still be done.
import { stopIsLive } from '../../src/book/lifecycle-trade.ts';
import type { LiveTrade } from '../../src/book/lifecycle-types.ts';
import type { Instrument } from '../../src/core/market.ts';
import { DELISTING_MS } from '../../src/risk/guards.ts';
import { alarmNotice } from './notices.ts';
import type { ExecutionOptions, ExecutionPorts } from './ports.ts';
import type { TradeDesk } from './trade-desk.ts';

/** An hour before, seen once a minute. */
const CLOSE_BEFORE_MS = 61 * 60_000;
const HOUR_MS = 3_600_000;

export interface ContractAlarmParts {
  readonly ports: Pick<ExecutionPorts, 'notifier'>;
  readonly options: Pick<ExecutionOptions, 'instrumentOf'>;
  readonly desk: TradeDesk;
}

export class ContractAlarm {
  readonly #parts: ContractAlarmParts;
  readonly #told = new Set<string>();

  constructor(parts: ContractAlarmParts) {
    this.#parts = parts;
  }

  onMinute(): void {
    const { desk, options } = this.#parts;
    for (const trade of desk.all()) {
      if (trade.position.holding !== 'open') continue;
      // What has left the list is told by the start; its plan knows its grid.
      const instrument = options.instrumentOf(trade.plan.symbol);
      if (instrument === null) continue;
      if (instrument.status !== 'TRADING') this.#halted(trade, instrument.status);
      if (instrument.deliveryMs - desk.now().venueMs < DELISTING_MS) this.#ending(trade, instrument);
    }
  }

  #halted(trade: LiveTrade, status: string): void {
    const { symbol } = trade.plan;
    const rests = stopIsLive(trade, this.#parts.desk.now()) ? 'yes' : 'NO';
    this.#tell(trade, 'halted', `${symbol} is ${status} with our position open; a stop rests on the exchange: ${rests}`);
  }

  #ending(trade: LiveTrade, { deliveryMs }: Instrument): void {
    const { desk } = this.#parts;
    const { symbol, tradeId } = trade.plan;
    const leftMs = deliveryMs - desk.now().venueMs;
    const hours = Math.floor(leftMs / HOUR_MS);
    this.#tell(
      trade,
      'delisting',
      `${symbol} is delivered within ${hours + 1} h; its position is closed an hour before at the latest`,
    );
    if (leftMs < CLOSE_BEFORE_MS && trade.exit.wanted === null) desk.hear(tradeId, { kind: 'wantExit', exitClass: 'delisting' });
  }

  #tell({ plan }: LiveTrade, code: string, text: string): void {
    const key = `${code} ${plan.tradeId}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#parts.ports.notifier.publish(alarmNotice(code, text, this.#parts.desk.now().venueMs));
  }
}
