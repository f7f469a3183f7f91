// Floor 0, the words: everything that can happen to the loop is one of these, in one ordered queue.
import type { MarketEvent } from './market.ts';
import type { AccountEvent } from './orders.ts';
import type { EpochMs, SymbolId } from './units.ts';

/** Settings that a person may change while the bot runs; they survive a restart. Values are text and are checked when they arrive. */
export const RUNTIME_SETTINGS = [
  'MIN_CONFIDENCE',
  'MAX_POSITIONS',
  'RISK_PER_TRADE_PCT',
  'PORTFOLIO_HEAT_PCT',
  'DAILY_LOSS_LIMIT_PCT',
  'DRAWDOWN_ALERT_PCT',
  'PARTIAL_TAKE_PCT',
  'ENTRY_CONFIRM',
  /** `on` or `off`: the same latch as the commands pause and resume. */
  'paused',
  /** The value is a symbol: no new entries on it until it is removed. */
  'blacklistAdd',
  'blacklistRemove',
] as const;
export type RuntimeSetting = (typeof RUNTIME_SETTINGS)[number];
export const isRuntimeSetting = (name: string): name is RuntimeSetting => RUNTIME_SETTINGS.some((known) => known === name);

/** What a person may ask; the ids of people are checked before a command becomes an event. */
export type Command =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'close'; readonly symbol: SymbolId }
  /** The working stop goes to the price at which the trade costs nothing, fees included. */
  | { readonly kind: 'breakEven'; readonly symbol: SymbolId }
  | { readonly kind: 'closeHalf'; readonly symbol: SymbolId }
  /** Answers to an entry request (ENTRY_CONFIRM=discord). */
  | { readonly kind: 'confirmEntry'; readonly signalId: string }
  | { readonly kind: 'skipEntry'; readonly signalId: string }
  | { readonly kind: 'set'; readonly name: RuntimeSetting; readonly value: string }
  | { readonly kind: 'panic' }
  | { readonly kind: 'stop'; readonly reason: string };

export type LoopEvent =
  | { readonly kind: 'market'; readonly event: MarketEvent }
  | { readonly kind: 'account'; readonly event: AccountEvent }
  /** A supervised request came back; the room that sent it knows what to do with the value. */
  | {
      readonly kind: 'answer';
      readonly apply: () => void;
      readonly label: string;
      /** Which request of the run it answers and with what, for whoever records the run; absent where nothing was asked. */
      readonly answered?: { readonly no: number; readonly value: unknown };
    }
  /** Everything the venue had to say up to this minute's barrier has been heard: decide now. */
  | { readonly kind: 'settled'; readonly barOpenMs: EpochMs }
  | { readonly kind: 'command'; readonly command: Command; readonly by: string }
  /** Wall-clock heartbeat, four times a second. */
  | { readonly kind: 'tick'; readonly wallMs: number };
