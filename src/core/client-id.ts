// Floor 0, the words: the order's name tag. Every fill leads back to its trade and role by parsing alone,
// even with an empty database (a triggered algo child carries clientOrderId = clientAlgoId).
import { sha256Base32 } from './digest.ts';
import { type ClientOrderId, clientOrderId, invariant, type Side, type SymbolId } from './units.ts';

/** e entry · a disaster stop · w working stop · t take-profit · x exit · r rescue. */
export type OrderRole = 'e' | 'a' | 'w' | 't' | 'x' | 'r';

const PREFIX = 'k7';
const SHAPE = /^k7([0-9a-z])-([0-9a-z]{14})-([eawtxr])([0-9a-z]{2})$/;

/** Deterministic: a replayed candle gives the same id and meets the journal's unique key. */
export function tradeIdOf(account: string, strategy: string, symbol: SymbolId, side: Side, barCloseMs: number): string {
  return sha256Base32([account, strategy, symbol, side, barCloseMs].join('‖'), 14);
}

/** k7 + instance + - + trade id (14) + - + role + attempt (2, base 36): 22 characters that the venue's pattern allows. */
export function clientIdOf(instance: string, tradeId: string, role: OrderRole, attempt: number): ClientOrderId {
  invariant(attempt >= 0 && attempt < 36 ** 2, `attempt ${attempt} does not fit in two base-36 digits`);
  const id = `${PREFIX}${instance}-${tradeId}-${role}${attempt.toString(36).padStart(2, '0')}`;
  invariant(SHAPE.test(id), `not a client id of ours: "${id}"`);
  return clientOrderId(id);
}

/** Attempts that have a name of their own; those of exits come round again from here on when all are used. */
const NAMES = 1_290;
const AGAIN_FROM = 1_000;

/** The number in the name of an attempt: a venue may refuse for longer than there are names, and an exit goes on all the same. */
export const nameNo = (attempt: number): number =>
  attempt < NAMES ? attempt : AGAIN_FROM + ((attempt - AGAIN_FROM) % (NAMES - AGAIN_FROM));

export const hasOwnName = (attempt: number): boolean => attempt < NAMES;

/** Only market orders that close: they never rest, so that their names are free again. */
export const mayComeAgain = ({ role, attempt }: Pick<ParsedClientId, 'role' | 'attempt'>): boolean =>
  (role === 'x' || role === 'r') && attempt >= AGAIN_FROM;

export interface ParsedClientId {
  readonly instance: string;
  readonly tradeId: string;
  readonly role: OrderRole;
  readonly attempt: number;
}

/** Null for a foreign order: one that we did not place. */
export function parseClientId(id: string): ParsedClientId | null {
  const found = SHAPE.exec(id);
  if (!found) return null;
  return {
    instance: found[1] as string,
    tradeId: found[2] as string,
    role: found[3] as OrderRole,
    attempt: Number.parseInt(found[4] as string, 36),
  };
}
