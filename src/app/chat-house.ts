// App: what stands between the bot and its chat. The wiring gives the context, the Discord room builds the house on it: who answers
// people, who turns notices into cards, and what is redrawn each minute.
import type { Overview } from '../../services/overview.ts';
import type { PeopleStore } from '../adapters/journal/people-store.ts';
import type { ChatOutlet, Desk } from '../ports/chat.ts';
import type { History } from '../ports/history.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { Bot } from './assemble.ts';
import type { Settings } from './config.ts';
import type { OpenedVenue, VenueTools } from './venue.ts';

export interface ChatContext extends VenueTools {
  readonly settings: Settings;
  readonly version: string;
  readonly bot: Bot;
  readonly opened: OpenedVenue;
  /** Cards go out here; returns at once. */
  readonly outlet: ChatOutlet;
  readonly store: PeopleStore;
  /** Questions about the past, in a thread of its own; whoever opened it closes it. */
  readonly history: History;
}

export interface ChatHouse {
  readonly desk: Desk;
  /** Hears every notice after the terminal did. Never throws, never blocks. */
  readonly herald: Notifier;
  /** After each decided minute. */
  onMinute(overview: () => Overview): void;
  close(): Promise<void>;
}
