// Adapters, discord: who may. Lists of user and role ids; whoever stands on none may nothing, and an empty list is nobody.
import { CHAT_RANKS, type ChatRank } from '../../ports/chat.ts';

export type AuthorityLists = Readonly<Record<ChatRank, readonly string[]>>;

/** The highest rank whose list names the person or one of their roles; null on no list. */
export function rankOf(lists: AuthorityLists, userId: string, roleIds: readonly string[]): ChatRank | null {
  const ids = new Set([userId, ...roleIds]);
  return CHAT_RANKS.findLast((rank) => lists[rank].some((id) => ids.has(id))) ?? null;
}

export const mayAct = (held: ChatRank | null, needed: ChatRank): held is ChatRank =>
  held !== null && CHAT_RANKS.indexOf(held) >= CHAT_RANKS.indexOf(needed);
