// Ports: cards on their way to people: durable, ordered, bounded. Nothing here waits for the network or throws for a disk that
// is full; whoever delivers asks for the oldest card, says that it tries, and says what came of it. Times are wall times.
import type { Severity } from '../core/notice.ts';
import type { EpochMs } from '../core/units.ts';

export interface OutboxCard {
  /** Says what happened, not when it was said: a second card under the same id is the same card and goes out once. */
  readonly cardId: string;
  readonly severity: Severity;
  /** What is to be said, as JSON of the sender's own. */
  readonly body: string;
  readonly createdMs: EpochMs;
  /** Cards under one key that still wait collapse into the newest of them, which counts them. Null: never collapses. */
  readonly mergeKey: string | null;
}

export interface QueuedCard extends OutboxCard {
  /** Order of delivery; a collapsed card keeps the place of the first. */
  readonly seq: number;
  /** How many cards this one stands for, 1 for a card that never collapsed. */
  readonly count: number;
  readonly attempts: number;
  /** Instant of the first attempt, null before it: within two minutes of it a nonce still recognises a repetition. */
  readonly firstTriedMs: EpochMs | null;
  readonly lastTriedMs: EpochMs | null;
}

/** `repeated`: that id was put before. `dropped`: the box is full of cards that matter more, and it was counted. */
export type PutOutcome = 'queued' | 'merged' | 'repeated' | 'dropped';

export interface OutboxCounts {
  readonly waiting: number;
  readonly waitingCritical: number;
  readonly sent: number;
  readonly refused: number;
  /** Left out because the box was full, since it was first opened; critical cards are never among them. */
  readonly dropped: number;
  /** Changes that stand in memory alone because the database cannot be written. 0 in ordinary times. */
  readonly undurable: number;
}

export interface Outbox {
  /** Survives a kill when it returns, a critical card a power cut too. A card that was tried never collapses into another. */
  put(card: OutboxCard): PutOutcome;
  /** Another body for a card that waits and was never tried; without effect on any other. */
  amend(cardId: string, body: string): void;
  /** The oldest cards that wait, in the order of delivery. */
  peek(limit: number): readonly QueuedCard[];
  /** To be called before the first byte of every attempt: after a kill the next start knows that it may have arrived. */
  markTrying(seq: number, at: EpochMs): void;
  markSent(seq: number, messageId: string | null, at: EpochMs): void;
  /** It did not arrive, or nobody knows: it stays first in the line. */
  markFailed(seq: number, reason: string, at: EpochMs): void;
  /** It will never be accepted (a limit, a missing right): it leaves the line and is counted. */
  markRefused(seq: number, reason: string, at: EpochMs): void;
  count(): OutboxCounts;
  /** Small facts of the deliverer that outlive the process: the message of a panel, the hash of the registered commands. */
  remember(name: string, value: string | null): void;
  recall(name: string): string | null;
}
