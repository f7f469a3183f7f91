// Crash: the figures of many entries, and the verdict on them (issue 5: p99 at most 3 s, none over 12 s).
import { type Check, passed } from '../soak/check.ts';
import { agreed, NAKED_LIMIT_MS } from './judge.ts';
import { percentile } from './naked-count.ts';
import { nakedRuns } from './naked-run.ts';

const P99_MS = 3_000;
/** Exchanges side by side; each waits more than it works. */
const LANES = 6;

export interface NakedReport {
  readonly asked: unknown;
  readonly ok: boolean;
  readonly wallMs: number;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly checks: readonly (Check & { readonly ok: boolean })[];
}

export async function nakedReport(
  asked: { readonly entries: number; readonly seed: number },
  onEntry: (entries: number) => void,
): Promise<NakedReport> {
  const begunMs = performance.now();
  const runs = await nakedRuns({ entries: asked.entries, seed: asked.seed, lanes: LANES, onEntry });
  const lengths = runs.flatMap(({ spans }) => spans.map(({ fromMs, toMs }) => toMs - fromMs));
  const [p50, p99, longest] = [percentile(lengths, 0.5), percentile(lengths, 0.99), Math.max(0, ...lengths)];
  const entries = runs.reduce((sum, run) => sum + run.entries, 0);
  const mine = { id: 'I1', seen: lengths.length };
  const checks: readonly Check[] = [
    {
      ...{ id: 'live', what: 'entries', seen: entries, detail: `${runs.reduce((sum, { closed }) => sum + closed, 0)} closed` },
      faults: entries >= asked.entries * 0.95 ? [] : [`${entries} of ${asked.entries}`],
    },
    {
      ...mine,
      what: `none stood without a live stop for ${NAKED_LIMIT_MS / 1_000} s`,
      faults: longest < NAKED_LIMIT_MS ? [] : [`${longest} ms`],
    },
    { ...mine, what: `99 of 100 for at most ${P99_MS / 1_000} s`, faults: p99 <= P99_MS ? [] : [`${p99} ms`] },
    {
      ...{ ...mine, what: 'our count of naked time = the exchange’s' },
      faults: runs.flatMap(({ spans, theirs }) => agreed(spans, theirs).faults),
    },
  ];
  return {
    asked,
    ok: checks.every(passed),
    wallMs: performance.now() - begunMs,
    figures: { entries, spans: lengths.length, nakedMs: { p50, p99, longest } },
    checks: checks.map((check) => ({ ...check, ok: passed(check) })),
  };
}
