// Conformance, liquidity: swings of one kind that lie within a band around the first of them, until price reaches the band's edge. The
// band is a share of the whole sample's range: the one thing in these tables that no stream could know.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import type { FinalSwing } from './swings.ts';

interface Group {
  readonly anchor: FinalSwing;
  readonly members: FinalSwing[];
  /** Bar that reached the edge; 0 = never. */
  sweptIndex: number;
}

/** Open groups of one kind, in the order of their anchors. */
class Groups {
  readonly #band: number;
  readonly #sign: 1 | -1;
  readonly #open: Group[] = [];
  readonly all: Group[] = [];

  constructor(sign: 1 | -1, band: number) {
    this.#sign = sign;
    this.#band = band;
  }

  /** Swept before membership: the bar that reaches the edge joins no group that it closes. */
  push(reached: number, swing: FinalSwing | undefined, t: number): void {
    let kept = 0;
    for (const group of this.#open) {
      const edge = group.anchor.level + this.#sign * this.#band;
      if (this.#sign === 1 ? reached >= edge : reached <= edge) group.sweptIndex = t;
      else this.#open[kept++] = group;
    }
    this.#open.length = kept;
    if (swing?.sign === this.#sign) this.#place(swing);
  }

  #place(swing: FinalSwing): void {
    const home = this.#open.find(
      ({ anchor }) => anchor.level - this.#band <= swing.level && swing.level <= anchor.level + this.#band,
    );
    if (home !== undefined) {
      home.members.push(swing);
      return;
    }
    const group: Group = { anchor: swing, members: [swing], sweptIndex: 0 };
    this.#open.push(group);
    this.all.push(group);
  }
}

function bandOf(series: Series, rangeShare: number): number {
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (let t = 0; t < series.length; t++) {
    highest = Math.max(highest, series.high[t] as number);
    lowest = Math.min(lowest, series.low[t] as number);
  }
  return (highest - lowest) * rangeShare;
}

export function liquidityTable(series: Series, swings: readonly FinalSwing[], rangeShare: number): Table {
  const liquidity = column('Liquidity', series.length);
  const level = column('Level', series.length, 'float32');
  const end = column('End', series.length, 'float32');
  const swept = column('Swept', series.length, 'float32');
  const band = bandOf(series, rangeShare);
  const byRow = new Map(swings.map((swing) => [swing.index, swing]));
  for (const sign of [1, -1] as const) {
    const groups = new Groups(sign, band);
    const reached = sign === 1 ? series.high : series.low;
    for (let t = 0; t < series.length; t++) groups.push(reached[t] as number, byRow.get(t), t);
    for (const { anchor, members, sweptIndex } of groups.all) {
      const last = members.at(-1);
      if (last === undefined || members.length < 2) continue;
      liquidity.values[anchor.index] = sign;
      level.values[anchor.index] = members.reduce((sum, member) => sum + member.level, 0) / members.length;
      end.values[anchor.index] = last.index;
      swept.values[anchor.index] = sweptIndex;
    }
  }
  return [liquidity, level, end, swept];
}
