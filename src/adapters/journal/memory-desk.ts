// Adapters, the journal: settings and audit of a process that remembers nothing: tests, and a start without a database.
import type { EpochMs } from '../../core/units.ts';
import type { AuditRecord, AuditRequest, CommandAudit } from '../../ports/audit.ts';
import type { SettingChange, SettingsStore, SettingWish } from '../../ports/settings-store.ts';

export class MemorySettings implements SettingsStore {
  readonly #values = new Map<string, string>();
  readonly #changes: SettingChange[] = [];

  load(): ReadonlyMap<string, string> {
    return new Map(this.#values);
  }

  save({ name, value, by, at }: SettingWish): SettingChange {
    const change = { name, before: this.#values.get(name) ?? null, after: value, by, at };
    if (value === null) this.#values.delete(name);
    else this.#values.set(name, value);
    this.#changes.unshift(change);
    return change;
  }

  history(name: string | null, limit: number): readonly SettingChange[] {
    return this.#changes.filter((change) => name === null || change.name === name).slice(0, limit);
  }
}

export class MemoryAudit implements CommandAudit {
  readonly #records = new Map<string, AuditRecord>();

  begin(request: AuditRequest): ReturnType<CommandAudit['begin']> {
    const held = this.#records.get(request.interactionId);
    if (held !== undefined) return { kind: 'seen', record: held };
    this.#records.set(request.interactionId, { ...request, state: 'running', result: '', doneMs: null });
    return { kind: 'new' };
  }

  refuse(request: AuditRequest, reason: string): void {
    if (this.#records.has(request.interactionId)) return;
    this.#records.set(request.interactionId, { ...request, state: 'refused', result: reason, doneMs: request.at });
  }

  finish(interactionId: string, state: 'done' | 'failed', result: string, at: EpochMs): void {
    const held = this.#records.get(interactionId);
    if (held?.state === 'running') this.#records.set(interactionId, { ...held, state, result, doneMs: at });
  }

  seen(interactionId: string): AuditRecord | null {
    return this.#records.get(interactionId) ?? null;
  }

  running(): readonly AuditRecord[] {
    return [...this.#records.values()].filter((record) => record.state === 'running');
  }

  recent(limit: number): readonly AuditRecord[] {
    return [...this.#records.values()].reverse().slice(0, limit);
  }
}
