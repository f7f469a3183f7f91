// Soak: the table at the end, and the report for machines.
import { padColumns } from '../../src/app/terminal/columns.ts';
import { type Check, passed } from './check.ts';

export interface Report {
  readonly asked: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
  readonly marketMinutes: number;
  readonly wallMs: number;
  readonly achievedSpeed: number;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly checks: readonly (Check & { readonly ok: boolean })[];
  readonly notReadable: string;
}

/** Said in every report, so that nobody takes silence for proof. */
export const NOT_READABLE =
  'I5, I7, I14, I15, I16 and I18 cannot be read from outside a run without commands and chat; they have tests of their own';

export function tableOf(checks: readonly Check[]): string[] {
  const lines = checks.map((check) => {
    const { id, what, seen, faults, detail } = check;
    const verdict = passed(check) ? 'ok' : 'FAIL';
    const row = `${padColumns(id, 5)} ${padColumns(what, 64)} ${String(seen).padStart(9)} ${verdict.padStart(5)}  ${detail ?? ''}`;
    return [
      row,
      ...faults.slice(0, 5).map((fault) => `      ${fault}`),
      ...(faults.length > 5 ? [`      … (${faults.length} in the report)`] : []),
    ].join('\n');
  });
  return [`${padColumns('', 5)} ${padColumns('checked', 64)} ${'seen'.padStart(9)}`, ...lines];
}
