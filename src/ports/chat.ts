// Ports: the chat as the bot speaks it: cards, requests of people and the desk that answers them. Plain values without a
// word of any chat service, so that cards are drawn and tested without one. Nobody is ever mentioned by a card.
import type { EpochMs } from '../core/units.ts';

export type ChatLanguage = 'zh-TW' | 'en';
type InEach = Readonly<Record<ChatLanguage, string>>;

/** Who may: each rank may what the ranks before it may. Whoever stands on no list may nothing. */
export const CHAT_RANKS = ['viewer', 'trader', 'admin'] as const;
export type ChatRank = (typeof CHAT_RANKS)[number];

export interface CardField {
  readonly name: string;
  readonly value: string;
  /** At most three fields share a row. */
  readonly place: 'row' | 'alone';
}

export interface CardButton {
  /** An action of `Desk.actions()`. It and its arguments travel in the button, so they survive a restart (90 characters in all). */
  readonly action: string;
  readonly args: readonly string[];
  readonly label: string;
  readonly style: 'primary' | 'secondary' | 'success' | 'danger';
  readonly state: 'on' | 'off';
}

export interface CardFile {
  /** ASCII, with its ending; the chat derives the type from it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** For readers who cannot see the picture. */
  readonly description: string | null;
}

/** One card. Markdown works in `description` and field values only; text from outside passes `escapeMarkdown` (core) first. */
export interface Card {
  readonly title: string;
  readonly description: string | null;
  /** 0xRRGGBB; never the only carrier of a meaning. */
  readonly colour: number;
  readonly fields: readonly CardField[];
  readonly footer: string | null;
  /** Shown in the reader's zone: wall time only. */
  readonly atMs: EpochMs | null;
  /** The name of one of `files`, drawn large. */
  readonly image: string | null;
  /** At most 5 rows of at most 5. */
  readonly buttons: readonly (readonly CardButton[])[];
  readonly files: readonly CardFile[];
}

export interface CardChoice {
  readonly name: string;
  readonly value: string;
}

export interface OptionSpec {
  /** Lower case; unique within the command in every language. */
  readonly name: string;
  readonly names: InEach;
  readonly description: InEach;
  readonly need: 'required' | 'optional';
  /** `suggested`: free text with suggestions from `Desk.suggest` while it is typed. */
  readonly type:
    | { readonly kind: 'text' }
    | { readonly kind: 'suggested' }
    | { readonly kind: 'whole'; readonly min: number; readonly max: number }
    | { readonly kind: 'choice'; readonly choices: readonly { readonly value: string; readonly names: InEach }[] };
}

export interface CommandLeaf {
  readonly name: string;
  readonly names: InEach;
  readonly description: InEach;
  readonly rank: ChatRank;
  /** Whether others in the channel see the answer; settled before the answer is known. */
  readonly visibility: 'private' | 'public';
  readonly options: readonly OptionSpec[];
}

/** A slash command, or a group of them (`/config view`, `/config set`). */
export type CommandSpec =
  | ({ readonly kind: 'plain' } & CommandLeaf)
  | ({ readonly kind: 'group'; readonly children: readonly CommandLeaf[] } & Pick<CommandLeaf, 'name' | 'names' | 'description'>);

/** What a button does, by the action in it. Buttons not listed here are refused. */
export interface ActionSpec {
  readonly action: string;
  readonly rank: ChatRank;
  /** update: the card with the button is replaced · private/public: a new card · form: a form opens, answered `then`. */
  readonly answer: 'update' | 'private' | 'public' | { readonly form: 'update' | 'private' | 'public' };
}

export interface ChatUser {
  readonly id: string;
  /** As the service writes it: outside text. */
  readonly name: string;
  readonly rank: ChatRank;
}

interface Asked {
  readonly interactionId: string;
  readonly by: ChatUser;
  /** Of the reader for private answers, the configured one for shared ones. */
  readonly language: ChatLanguage;
  /** Wall time at which it came. */
  readonly atMs: EpochMs;
}

export type ChatRequest = Asked &
  (
    | {
        readonly kind: 'command';
        readonly name: string;
        /** The child of a group. */
        readonly child: string | null;
        readonly options: Readonly<Record<string, string | number>>;
      }
    | { readonly kind: 'button'; readonly action: string; readonly args: readonly string[] }
    /** A form that a button opened was sent; values by field id, to be validated again. */
    | {
        readonly kind: 'form';
        readonly action: string;
        readonly args: readonly string[];
        readonly values: Readonly<Record<string, string>>;
      }
    /** The second step: the same person confirmed this very action in time. Look at price and position again, then do it. */
    | { readonly kind: 'confirmed'; readonly action: string; readonly args: readonly string[] }
  );

export interface SuggestRequest {
  readonly by: ChatUser;
  readonly language: ChatLanguage;
  readonly command: string;
  readonly child: string | null;
  readonly option: string;
  readonly typed: string;
  /** What stands in the other options by now. */
  readonly beside: Readonly<Record<string, string | number>>;
}

export interface FormField {
  readonly id: string;
  readonly label: string;
  readonly description: string | null;
  readonly size: 'line' | 'paragraph';
  readonly value: string;
  readonly need: 'required' | 'optional';
}

/** At most 5 fields. */
export interface Form {
  readonly title: string;
  readonly fields: readonly FormField[];
}

export type Reply =
  | { readonly kind: 'card'; readonly card: Card }
  /**
   * The first of two steps: the chat adds 確認 / 取消 to the card; for 30 s the same person may confirm once, which comes
   * back as a `confirmed` request. `rank` is checked again then.
   */
  | {
      readonly kind: 'confirm';
      readonly card: Card;
      readonly action: string;
      readonly args: readonly string[];
      readonly rank: ChatRank;
    }
  /** Refused by the desk itself (bad value, nothing to close): shown like a card, audited as refused. */
  | { readonly kind: 'refused'; readonly card: Card };

/** Who answers people. The chat has checked the rank and the interaction's id before any of these is called. */
export interface Desk {
  commands(): readonly CommandSpec[];
  actions(): readonly ActionSpec[];
  /** May take its time: the person was acknowledged before. A rejection is shown as a failure and logged. */
  answer(request: ChatRequest): Promise<Reply>;
  /** From memory, at once; at most 25 are shown. */
  suggest(request: SuggestRequest): readonly CardChoice[];
  /** The form of an action whose answer is `form`; from memory, at once. */
  form(request: Extract<ChatRequest, { readonly kind: 'button' }>): Form;
}

/** A card for the channel, told by the bot itself. */
export interface Post {
  /** Unique and told again the same after a crash (`opened:<tradeId>`): one id is one card, however often it is posted. */
  readonly id: string;
  readonly card: Card;
  /** critical: never dropped, never silent · normal · low: the first to be dropped when too many wait. */
  readonly urgency: 'critical' | 'normal' | 'low';
  readonly sound: 'on' | 'silent';
  /** Posts of one key that still wait collapse into the newest, with a count. Null: never. */
  readonly mergeKey: string | null;
  /** The name of a panel: the channel holds one such card, edited in place. Null: a card of its own. */
  readonly panel: string | null;
  /** Still being drawn: the card is kept without it, waits a moment for it and goes out alone where it does not come (null). */
  readonly picture?: Promise<CardFile | null>;
}

/** `refused`: the service said no for good (token, intents); only a new start with other settings helps. */
export type ChatState = 'connecting' | 'ready' | 'down' | 'refused' | 'stopped';

export interface ChatHealth {
  readonly state: ChatState;
  readonly reason: string | null;
  /** Of the gateway; null before the first heartbeat was answered. */
  readonly pingMs: number | null;
  readonly ackAgeMs: number | null;
  readonly waiting: number;
  readonly delivered: number;
  readonly dropped: number;
}

/** The bot's own door to the channel. Returns at once and never throws: what cannot be delivered now is kept. */
export interface ChatOutlet {
  post(post: Post): void;
  health(): ChatHealth;
}
