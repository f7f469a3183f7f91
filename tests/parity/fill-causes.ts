// The sim against the backtest: both decide alike, but one sends its orders to a market that moves in pieces of three seconds
// and answers later, the other knows candles only. Each trade whose fills differ is told with the part of that which did it.

import type { SharedSeries } from '../../src/app/backtest/series.ts';
import { gridOf, tickSize } from '../../src/core/grid.ts';
import type { ClosedTrade } from '../../src/core/trade.ts';
import type { RecordedRun, SaidOfRun } from './recorded-run.ts';

/** path: the way between the candle's four prices · latency: the order met a later price than the next open · spread: less than a
 * step of the book · account: an earlier difference left another slot, cluster or balance. */
export type FillCause = 'path' | 'latency' | 'spread' | 'account';

export interface FillDifference {
  readonly minute: string;
  readonly symbol: string;
  readonly side: string;
  readonly what: string;
  readonly cause: FillCause;
}

/** Half a spread of one basis point, a tick at least: a step of the simulated book. */
const BOOK_STEP = 0.0001;
/** A minute's own end and the instants inside it count as one. */
const SAME_MINUTE_MS = 60_000;

export function differingFills(sim: RecordedRun, backtest: SaidOfRun, series: readonly SharedSeries[]): FillDifference[] {
  const ticks = new Map<string, number>(
    series.map(({ contract }) => [contract.symbol, tickSize(gridOf(contract.tickSize, contract.stepSize))]),
  );
  const [ours, theirs] = [bySignal(sim), bySignal(backtest)];
  const found: FillDifference[] = [];
  for (const id of new Set([...ours.keys(), ...theirs.keys()])) {
    const [a, b] = [ours.get(id), theirs.get(id)];
    const known = a ?? b;
    if (known === undefined) continue;
    const told = { minute: minuteOf(known), symbol: known.symbol, side: known.side };
    if (a === undefined || b === undefined) {
      const [where, said] = a === undefined ? ['the backtest', sim] : ['the sim', backtest];
      found.push({ ...told, what: `closed in ${where} only; the other one: ${fateOf(said, id)}`, cause: 'account' });
      continue;
    }
    const step = Math.max(ticks.get(known.symbol) ?? 0, Number(b.averageEntry) * BOOK_STEP);
    found.push(...differencesOf(a, b, step).map((one) => ({ ...told, ...one })));
  }
  return found.sort((x, y) => (x.minute < y.minute ? -1 : 1));
}

function differencesOf(sim: ClosedTrade, back: ClosedTrade, step: number): Pick<FillDifference, 'what' | 'cause'>[] {
  const found: Pick<FillDifference, 'what' | 'cause'>[] = [];
  const small = (a: string, b: string): boolean => Math.abs(Number(a) - Number(b)) <= step * 1.001;
  if (sim.averageEntry !== back.averageEntry) {
    const cause = small(sim.averageEntry, back.averageEntry) ? 'spread' : 'latency';
    found.push({ what: `entry ${sim.averageEntry} against ${back.averageEntry}`, cause });
  }
  const elsewhere = sim.exitClass !== back.exitClass || Math.abs(sim.closedMs - back.closedMs) > SAME_MINUTE_MS;
  if (elsewhere) {
    const [a, b] = [sim, back].map((one) => `${one.exitClass} at ${one.averageExit} (${minuteText(one.closedMs)})`);
    found.push({ what: `exit by ${a} against ${b}`, cause: 'path' });
  } else if (sim.averageExit !== back.averageExit) {
    const cause = small(sim.averageExit, back.averageExit) ? 'spread' : 'path';
    found.push({ what: `exit ${sim.averageExit} against ${back.averageExit}`, cause });
  }
  if (sim.qty !== back.qty) found.push({ what: `size ${sim.qty} against ${back.qty}`, cause: 'account' });
  return found;
}

const bySignal = ({ closed }: SaidOfRun): Map<string, ClosedTrade> =>
  new Map([...closed.values()].map((trade) => [trade.signalId, trade]));
const minuteText = (ms: number): string => new Date(ms).toISOString().slice(11, 16);
const minuteOf = ({ openedMs }: ClosedTrade): string => new Date(openedMs).toISOString().slice(0, 16);

/** What the run that has no such trade did with the signal. */
function fateOf({ signals }: SaidOfRun, id: string): string {
  const row = signals.get(id);
  if (row === undefined) return 'never saw the signal';
  const { judgement } = JSON.parse(row.snapshotJson) as { judgement: { kind: string; reason?: string } };
  return judgement.reason ?? 'taken, still open';
}
