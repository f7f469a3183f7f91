// App, `perpscout doctor`: one answer of one check. What was found is said in figures; what to do stands beside what is wrong.
import type { TextKey } from '../text/catalogue.ts';

/** The exit code that a start would end with for this reason. */
export type Blame = 69 | 77 | 78;

export type Finding =
  | { readonly check: CheckName; readonly state: 'ok'; readonly found: string }
  /** Does not concern this mode or these settings. */
  | { readonly check: CheckName; readonly state: 'skipped'; readonly found: string }
  /** Works, but a careful person would change it. */
  | { readonly check: CheckName; readonly state: 'warning'; readonly found: string; readonly remedy: Remedy }
  | { readonly check: CheckName; readonly state: 'bad'; readonly found: string; readonly remedy: Remedy; readonly exit: Blame };

export type CheckName =
  | 'node'
  | 'sqlite'
  | 'dataFolder'
  | 'database'
  | 'font'
  | 'model'
  | 'venue'
  | 'clock'
  | 'universe'
  | 'marketStream'
  | 'userStream'
  | 'key'
  | 'withdrawal'
  | 'ipList'
  | 'accountModes'
  | 'balance'
  | 'conditionalOrders'
  | 'discord';

type Suffix<T extends string, Prefix extends string> = T extends `${Prefix}${infer Rest}` ? Rest : never;
export type Remedy = Suffix<TextKey, 'doctor.do.'>;

export const ok = (check: CheckName, found: string): Finding => ({ check, state: 'ok', found });
export const skipped = (check: CheckName, found: string): Finding => ({ check, state: 'skipped', found });
export const warning = (check: CheckName, found: string, remedy: Remedy): Finding => ({ check, state: 'warning', found, remedy });
export const bad = (check: CheckName, found: string, remedy: Remedy, exit: Blame): Finding => ({
  check,
  state: 'bad',
  found,
  remedy,
  exit,
});

const WORST: readonly Blame[] = [69, 77, 78];

/** 0, or the code that a start would end with. */
export function exitCodeOf(findings: readonly Finding[]): number {
  return WORST.find((code) => findings.some((finding) => finding.state === 'bad' && finding.exit === code)) ?? 0;
}
