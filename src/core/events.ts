// Floor 0, the words: everything that can happen to the loop is one of these, in one ordered queue.
import type { MarketEvent } from './market.ts';
import type { AccountEvent } from './orders.ts';
import type { EpochMs, SymbolId } from './units.ts';

/** What a person may ask; the ids of people are checked before a command becomes an event. */
export type Command =
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'resume' }
  | { readonly kind: 'close'; readonly symbol: SymbolId }
  | { readonly kind: 'panic' }
  | { readonly kind: 'stop'; readonly reason: string };

export type LoopEvent =
  | { readonly kind: 'market'; readonly event: MarketEvent }
  | { readonly kind: 'account'; readonly event: AccountEvent }
  /** A supervised request came back; the room that sent it knows what to do with the value. */
  | { readonly kind: 'answer'; readonly apply: () => void; readonly label: string }
  /** Everything the venue had to say up to this minute's barrier has been heard: decide now. */
  | { readonly kind: 'settled'; readonly barOpenMs: EpochMs }
  | { readonly kind: 'command'; readonly command: Command; readonly by: string }
  /** Wall-clock heartbeat, four times a second. */
  | { readonly kind: 'tick'; readonly wallMs: number };
