// Adapters, the journal: the outbox itself: order, collapsing, the limit and what is given up at it. It lives in memory, so that
// asking costs nothing; whoever opens it says where changes are kept.
import type { Severity } from '../../core/notice.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Outbox, OutboxCard, OutboxCounts, PutOutcome, QueuedCard } from '../../ports/outbox.ts';

/** reliability.md §6.1. */
export const OUTBOX_LIMIT = 2_000;
/** Ids of cards that are through are remembered this far back, so that a card told again is known. */
const REMEMBERED_IDS = 20_000;
const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 };

export type CardState = 'waiting' | 'sent' | 'refused' | 'dropped' | 'merged';

export interface CardRecord extends QueuedCard {
  readonly state: CardState;
  readonly messageId: string | null;
  readonly reason: string | null;
  readonly doneMs: EpochMs | null;
}

export interface BoxKeeper {
  /** Called after every change, with every record that changed. */
  keep(changed: readonly CardRecord[]): void;
  keepMemo(name: string, value: string | null): void;
  /** Changes that are kept nowhere but here. */
  undurable(): number;
}

export interface BoxContents {
  /** By sequence number. */
  readonly waiting: readonly CardRecord[];
  /** Ids of cards that are through, oldest first. */
  readonly known: readonly string[];
  readonly nextSeq: number;
  readonly totals: { readonly sent: number; readonly refused: number; readonly dropped: number };
  readonly memos: ReadonlyMap<string, string>;
}

export const EMPTY_BOX: BoxContents = {
  waiting: [],
  known: [],
  nextSeq: 1,
  totals: { sent: 0, refused: 0, dropped: 0 },
  memos: new Map(),
};
const NOWHERE: BoxKeeper = { keep: () => undefined, keepMemo: () => undefined, undurable: () => 0 };

/** Without a keeper it is the outbox of a process that remembers nothing: tests, and a start without a database. */
export class OutboxBox implements Outbox {
  readonly #keeper: BoxKeeper;
  readonly #limit: number;
  /** In the order of delivery: a Map keeps the order of insertion, and sequence numbers only grow. */
  readonly #waiting: Map<number, CardRecord>;
  readonly #known: Set<string>;
  readonly #memos: Map<string, string>;
  #nextSeq: number;
  #totals: BoxContents['totals'];

  constructor(contents: BoxContents = EMPTY_BOX, keeper: BoxKeeper = NOWHERE, limit = OUTBOX_LIMIT) {
    this.#keeper = keeper;
    this.#limit = limit;
    this.#waiting = new Map(contents.waiting.map((record) => [record.seq, record]));
    this.#known = new Set([...contents.known, ...contents.waiting.map((record) => record.cardId)]);
    this.#memos = new Map(contents.memos);
    this.#nextSeq = contents.nextSeq;
    this.#totals = contents.totals;
  }

  put(card: OutboxCard): PutOutcome {
    if (this.#known.has(card.cardId)) return 'repeated';
    this.#remember(card.cardId);
    const twin = card.mergeKey === null ? undefined : this.#untried((held) => held.mergeKey === card.mergeKey);
    if (twin !== undefined) return this.#merge(twin, card);
    const record = this.#record(card);
    const changed: CardRecord[] = [record];
    if (this.#waiting.size >= this.#limit && card.severity !== 'critical') {
      const lesser = this.#least(RANK[card.severity]);
      const left = lesser ?? record;
      this.#waiting.delete(left.seq);
      this.#totals = { ...this.#totals, dropped: this.#totals.dropped + 1 };
      const gone: CardRecord = { ...left, state: 'dropped', reason: 'the outbox was full', doneMs: card.createdMs };
      if (lesser === undefined) {
        this.#keeper.keep([gone]);
        return 'dropped';
      }
      changed.push(gone);
    }
    this.#waiting.set(record.seq, record);
    this.#keeper.keep(changed);
    return 'queued';
  }

  amend(cardId: string, body: string): void {
    const held = this.#untried((candidate) => candidate.cardId === cardId);
    if (held !== undefined) this.#change(held.seq, (before) => ({ ...before, body }));
  }

  peek(limit: number): readonly QueuedCard[] {
    const found: CardRecord[] = [];
    for (const record of this.#waiting.values()) {
      if (found.length >= limit) break;
      found.push(record);
    }
    return found;
  }

  markTrying(seq: number, at: EpochMs): void {
    this.#change(seq, (held) => ({
      ...held,
      attempts: held.attempts + 1,
      firstTriedMs: held.firstTriedMs ?? at,
      lastTriedMs: at,
    }));
  }

  markSent(seq: number, messageId: string | null, at: EpochMs): void {
    this.#finish(seq, (held) => ({ ...held, state: 'sent', messageId, reason: null, doneMs: at }));
  }

  markFailed(seq: number, reason: string, at: EpochMs): void {
    this.#change(seq, (held) => ({ ...held, reason, lastTriedMs: at }));
  }

  markRefused(seq: number, reason: string, at: EpochMs): void {
    this.#finish(seq, (held) => ({ ...held, state: 'refused', reason, doneMs: at }));
  }

  count(): OutboxCounts {
    let waitingCritical = 0;
    for (const record of this.#waiting.values()) if (record.severity === 'critical') waitingCritical += 1;
    return { waiting: this.#waiting.size, waitingCritical, ...this.#totals, undurable: this.#keeper.undurable() };
  }

  remember(name: string, value: string | null): void {
    if (value === null) this.#memos.delete(name);
    else this.#memos.set(name, value);
    this.#keeper.keepMemo(name, value);
  }

  recall(name: string): string | null {
    return this.#memos.get(name) ?? null;
  }

  #record(card: OutboxCard): CardRecord {
    const { cardId, severity, body, createdMs, mergeKey } = card;
    const seq = this.#nextSeq;
    this.#nextSeq += 1;
    const untouched = {
      count: 1,
      attempts: 0,
      firstTriedMs: null,
      lastTriedMs: null,
      messageId: null,
      reason: null,
      doneMs: null,
    };
    return { seq, cardId, severity, body, createdMs, mergeKey, state: 'waiting', ...untouched };
  }

  #merge(twin: CardRecord, card: OutboxCard): PutOutcome {
    const severity = RANK[card.severity] > RANK[twin.severity] ? card.severity : twin.severity;
    const newest: CardRecord = {
      ...twin,
      cardId: card.cardId,
      severity,
      body: card.body,
      createdMs: card.createdMs,
      count: twin.count + 1,
    };
    this.#waiting.set(twin.seq, newest);
    // The older card keeps a record of its own, so that its id is known after a restart too.
    const older: CardRecord = { ...this.#record(twin), state: 'merged', doneMs: card.createdMs };
    this.#keeper.keep([newest, older]);
    return 'merged';
  }

  /** A card that was tried may have arrived: it is never changed and never given up for another. */
  #untried(wanted: (held: CardRecord) => boolean): CardRecord | undefined {
    for (const held of this.#waiting.values()) if (held.attempts === 0 && wanted(held)) return held;
    return undefined;
  }

  #least(below: number): CardRecord | undefined {
    for (let rank = 0; rank < below; rank++) {
      const found = this.#untried((held) => RANK[held.severity] === rank);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #change(seq: number, changed: (held: CardRecord) => CardRecord): void {
    const held = this.#waiting.get(seq);
    if (held === undefined) return;
    const next = changed(held);
    this.#waiting.set(seq, next);
    this.#keeper.keep([next]);
  }

  #finish(seq: number, changed: (held: CardRecord) => CardRecord): void {
    const held = this.#waiting.get(seq);
    if (held === undefined) return;
    const done = changed(held);
    this.#waiting.delete(seq);
    const name = done.state === 'sent' ? 'sent' : 'refused';
    this.#totals = { ...this.#totals, [name]: this.#totals[name] + 1 };
    this.#keeper.keep([done]);
  }

  #remember(cardId: string): void {
    this.#known.add(cardId);
    if (this.#known.size <= REMEMBERED_IDS) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}
