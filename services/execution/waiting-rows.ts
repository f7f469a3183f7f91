// Services, room 6: training rows of signals whose decision waits for a person. A row is written once and never edited, so it joins its
// stream when the answer is known; until then the journal keeps it, and a start finds what its predecessor left unanswered.
import type { JournalRow, WaitingSignal } from '../../src/core/journal.ts';
import { answeredRow, rowInstant } from '../../src/core/training-rows.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { FeatureLog } from '../../src/ports/feature-log.ts';
import type { Judgement } from './admission.ts';

type Answered = Extract<JournalRow, { table: 'signalAnswered' }>;
export type Answer = { readonly kind: 'real' } | Omit<Extract<Judgement, { kind: 'virtual' }>, 'text'>;

export class WaitingRows {
  readonly #waiting = new Map<string, WaitingSignal>();

  keep(signal: WaitingSignal): void {
    this.#waiting.set(signal.signalId, signal);
  }

  /** What is to be committed with whatever else the answer brings; nothing where no row waits. */
  answer(signalId: string, answer: Answer, now: EpochMs): readonly Answered[] {
    const held = this.#waiting.get(signalId);
    if (held === undefined) return [];
    this.#waiting.delete(signalId);
    const decision = answer.kind === 'real' ? ({ kind: 'taken' } as const) : { kind: 'skipped' as const, reason: answer.reason };
    const row = answeredRow(held.row, decision, now);
    return [{ table: 'signalAnswered', signalId, row, judgementJson: JSON.stringify(answer) }];
  }
}

/** Rows that were committed join the files. */
export function project(answered: readonly Answered[], featureLog: FeatureLog): void {
  for (const { row } of answered) featureLog.append('signals', row, rowInstant('signals', row));
}
