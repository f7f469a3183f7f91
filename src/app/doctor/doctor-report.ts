// App, `perpscout doctor`: the findings as lines for a person: a mark, the check, what was found, and below it what to do.
import { cellsOf, padColumns } from '../terminal/columns.ts';
import type { Text } from '../text/catalogue.ts';
import type { Finding } from './finding.ts';

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: '✓', warning: '!', bad: '✗', skipped: '–' };

export function doctorLines(findings: readonly Finding[], text: Text): string[] {
  const name = (finding: Finding): string => text(`doctor.check.${finding.check}`);
  const width = Math.max(...findings.map((finding) => cellsOf(name(finding))));
  const lines = findings.flatMap((finding) => {
    const line = `  ${MARKS[finding.state]} ${padColumns(name(finding), width, 'left')}  ${finding.found}`;
    return 'remedy' in finding ? [line, `      → ${text(`doctor.do.${finding.remedy}`)}`] : [line];
  });
  const count = (state: Finding['state']): number => findings.filter((finding) => finding.state === state).length;
  const verdict = count('bad') > 0 ? 'doctor.verdict.bad' : count('warning') > 0 ? 'doctor.verdict.warning' : 'doctor.verdict.ok';
  return [...lines, '', `  ${text(verdict, { bad: count('bad'), warnings: count('warning') })}`];
}
