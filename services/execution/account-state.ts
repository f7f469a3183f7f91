// Services, room 6: what is known of the account as a whole: the user stream, the last full read, the balance, the modes,
// the brackets. Facts only; who may trade on them is asked elsewhere.
import type { AccountConfig, AccountEvent, AccountSnapshot, LeverageBracket } from '../../src/core/orders.ts';
import { type EpochMs, epochMs, type SymbolId } from '../../src/core/units.ts';
import type { GateFacts } from '../../src/risk/gates.ts';

/** Conditional orders an account may hold (reliability.md B24). */
const CONDITIONAL_LIMIT = 200;

export interface Balance {
  readonly walletUsdt: number;
  readonly availableUsdt: number;
  readonly equityUsdt: number;
}

export class AccountState {
  #stream: GateFacts['userStream'] = { state: 'down' };
  #reconciledMs: EpochMs | null = null;
  #balance: Balance | null = null;
  #conditionals = 0;
  #config: AccountConfig | null = null;
  #brackets: ReadonlyMap<SymbolId, readonly LeverageBracket[]> = new Map();
  readonly #foreign = new Set<SymbolId>();

  get stream(): GateFacts['userStream'] {
    return this.#stream;
  }

  get reconciledMs(): EpochMs | null {
    return this.#reconciledMs;
  }

  get balance(): Balance | null {
    return this.#balance;
  }

  get config(): AccountConfig | null {
    return this.#config;
  }

  get foreign(): ReadonlySet<SymbolId> {
    return this.#foreign;
  }

  get freeConditionalSlots(): number {
    return CONDITIONAL_LIMIT - this.#conditionals;
  }

  /** The stream is whole, and everything it may have missed was read since. */
  trust(): 'trusted' | 'untrusted' {
    const stream = this.#stream;
    return stream.state === 'up' && this.#reconciledMs !== null && this.#reconciledMs >= stream.sinceMs ? 'trusted' : 'untrusted';
  }

  bracketsOf(symbol: SymbolId): readonly LeverageBracket[] {
    return this.#brackets.get(symbol) ?? [];
  }

  setConfig(config: AccountConfig | null): void {
    // A read that failed says nothing; the last word stands.
    if (config !== null) this.#config = config;
  }

  setBrackets(brackets: ReadonlyMap<SymbolId, readonly LeverageBracket[]>): void {
    if (brackets.size > 0) this.#brackets = brackets;
  }

  /** `now` rather than the event's own time: a connection that opens between two venue frames has none of its own. */
  hear(event: AccountEvent, now: EpochMs): void {
    if (event.kind === 'userStream') {
      if (event.state === 'down') this.#stream = { state: 'down' };
      else if (this.#stream.state === 'down') this.#stream = { state: 'up', sinceMs: now };
      return;
    }
    if (event.kind !== 'balance' || event.asset !== 'USDT' || this.#balance === null) return;
    const walletUsdt = Number(event.walletBalance);
    const change = walletUsdt - this.#balance.walletUsdt;
    this.#balance = {
      walletUsdt,
      availableUsdt: this.#balance.availableUsdt + change,
      equityUsdt: this.#balance.equityUsdt + change,
    };
  }

  /** `askedMs` is when the read left: what happened after that is not in it. */
  read(snapshot: AccountSnapshot, askedMs: EpochMs): void {
    this.#reconciledMs = epochMs(Math.max(this.#reconciledMs ?? 0, askedMs));
    this.#conditionals = snapshot.openConditionals.length;
    this.#balance = {
      walletUsdt: Number(snapshot.walletBalance),
      availableUsdt: Number(snapshot.availableBalance),
      equityUsdt: Number(snapshot.marginBalance),
    };
  }

  setForeign(symbols: readonly SymbolId[]): void {
    this.#foreign.clear();
    for (const symbol of symbols) this.#foreign.add(symbol);
  }
}
