// Floor 0, the words: bursts. Signals of one side within a few minutes answer one move of the market, and their outcomes go together
// so much that they are nearly one bet (contract §8.20): people are shown them as one.
import type { EpochMs, Side, SymbolId } from './units.ts';

interface Timed {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly barCloseMs: EpochMs;
}

export interface Cluster<Member extends Timed> {
  readonly side: Side;
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  /** In the order of time. */
  readonly members: readonly Member[];
}

/** Each signal belongs to the cluster of its side that began less than `windowMs` before it. The oldest cluster first. */
export function clustersOf<Member extends Timed>(signals: readonly Member[], windowMs: number): Cluster<Member>[] {
  const all: Member[][] = [];
  const open: Partial<Record<Side, Member[]>> = {};
  for (const signal of signals.toSorted((a, b) => a.barCloseMs - b.barCloseMs)) {
    const running = open[signal.side];
    if (running !== undefined && signal.barCloseMs - (running[0] as Member).barCloseMs < windowMs) running.push(signal);
    else {
      const begun = [signal];
      open[signal.side] = begun;
      all.push(begun);
    }
  }
  return all.map((members) => {
    const [first, last] = [members[0] as Member, members.at(-1) as Member];
    return { side: first.side, fromMs: first.barCloseMs, toMs: last.barCloseMs, members };
  });
}

/** More than one contract: what one of them does is no burst. */
export const isBurst = <Member extends Timed>({ members }: Cluster<Member>): boolean =>
  members.some(({ symbol }) => symbol !== members[0]?.symbol);
