// Ports: who asked for what, and what came of it. The interaction id makes a request count once, across restarts too.
import type { EpochMs } from '../core/units.ts';

export interface AuditRequest {
  readonly interactionId: string;
  readonly userId: string;
  readonly userName: string;
  /** `/close`, `button:close`, `modal:set` … */
  readonly name: string;
  /** Its options as JSON; no secret is ever an option. */
  readonly args: string;
  /** Wall time. */
  readonly at: EpochMs;
}

/** `running`: accepted, and its effect is not known yet. */
export type AuditState = 'refused' | 'running' | 'done' | 'failed';

export interface AuditRecord extends AuditRequest {
  readonly state: AuditState;
  /** What came of it in one line, or why it was refused; empty while it runs. */
  readonly result: string;
  readonly doneMs: EpochMs | null;
}

export interface CommandAudit {
  /**
   * Durable when it returns, so that the effect comes after it. `new`: go on. `seen`: it was asked before, with what came of it:
   * act on it again never. Throws JournalError when it could not be written; whether to act without an audit (panic: yes) is the caller's.
   */
  begin(request: AuditRequest): { readonly kind: 'new' } | { readonly kind: 'seen'; readonly record: AuditRecord };
  /** A request that had not the right to be asked. Never throws: a refusal stands even where it cannot be written down. */
  refuse(request: AuditRequest, reason: string): void;
  /** Never throws: the effect is there already. */
  finish(interactionId: string, state: 'done' | 'failed', result: string, at: EpochMs): void;
  seen(interactionId: string): AuditRecord | null;
  /** Accepted before the process ended, effect unknown: to be carried out again, panic first. Oldest first. */
  running(): readonly AuditRecord[];
  /** Newest first. */
  recent(limit: number): readonly AuditRecord[];
}
