// Adapters, discord: the few words that the transport itself says. They come from the catalogues, by language; this room
// knows no sentence.
import type { ChatLanguage } from '../../ports/chat.ts';

export type ChatWord =
  | 'refusedTitle'
  | 'refused'
  | 'wrongPlace'
  | 'unknownAction'
  | 'tooFast'
  | 'expired'
  | 'notYours'
  | 'cancelled'
  | 'alreadyDone'
  | 'failedTitle'
  | 'failed'
  | 'noAudit'
  | 'confirm'
  | 'cancel'
  | 'confirmWithin'
  | 'repeats'
  | 'maybeRepeated';

export type ChatWords = (language: ChatLanguage, word: ChatWord, values?: Readonly<Record<string, string | number>>) => string;
