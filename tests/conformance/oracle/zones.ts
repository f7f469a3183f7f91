// Conformance, the oracle's gaps, blocks and liquidity: rescans from the definitions, quadratic and plain.
import type { Series } from '../series.ts';
import { column, type Table } from '../table.ts';
import type { Rules } from './rules.ts';
import { type Pivot, single } from './swings.ts';

interface Gap {
  readonly sign: 1 | -1;
  readonly top: number;
  readonly bottom: number;
}

function gapAt(series: Series, row: number, rules: Rules): Gap | null {
  if (row < 1 || row + 1 >= series.length) return null;
  const at = (values: Float64Array, place: number) => values[place] as number;
  const rise = at(series.close, row) - at(series.open, row);
  const mayRise = rules.doji === 'gap' ? rise >= 0 : rise > 0;
  const mayFall = rules.doji === 'gap' ? rise <= 0 : rise < 0;
  const [highBefore, lowAfter] = [at(series.high, row - 1), at(series.low, row + 1)];
  const [lowBefore, highAfter] = [at(series.low, row - 1), at(series.high, row + 1)];
  if (mayRise && highBefore < lowAfter) return { sign: 1, top: lowAfter, bottom: highBefore };
  return mayFall && lowBefore > highAfter ? { sign: -1, top: lowBefore, bottom: highAfter } : null;
}

function touchedAt(series: Series, row: number, gap: Gap, rules: Rules): number {
  const from = row + (rules.gapTestedFrom === 'secondBar' ? 2 : 1);
  const prices = gap.sign === 1 ? series.low : series.high;
  const edge = gap.sign === 1 ? gap.top : gap.bottom;
  const reaches = (price: number) => (rules.gapTouch === 'atEdge' && price === edge) || gap.sign * (edge - price) > 0;
  return Math.max(
    0,
    prices.findIndex((price, j) => j >= from && reaches(price)),
  );
}

export function fvgOracle(series: Series, join: 'join' | 'apart', rules: Rules): Table {
  const table = ['FVG', 'Top', 'Bottom', 'MitigatedIndex'].map((name) => column(name, series.length));
  const gaps = Array.from(series.timeMs.keys(), (row) => gapAt(series, row, rules));
  for (let row = 0; join === 'join' && row + 1 < gaps.length; row++) {
    const [gap, next] = [gaps[row], gaps[row + 1]];
    if (!gap || !next || gap.sign !== next.sign) continue;
    gaps[row + 1] = { sign: gap.sign, top: Math.max(gap.top, next.top), bottom: Math.min(gap.bottom, next.bottom) };
    gaps[row] = null;
  }
  for (const [row, gap] of gaps.entries()) {
    if (gap === null) continue;
    const cells = [gap.sign, gap.top, gap.bottom, touchedAt(series, row, gap, rules)];
    for (const [c, cell] of cells.entries()) (table[c]?.values as Float64Array)[row] = cell;
  }
  return table;
}

interface Block {
  sign: 0 | 1 | -1;
  top: number;
  bottom: number;
  volume: number;
  percentage: number;
  mitigated: number;
}

const NO_BLOCK: Readonly<Block> = { sign: 0, top: 0, bottom: 0, volume: 0, percentage: 0, mitigated: 0 };

class BlockOracle {
  readonly #series: Series;
  readonly #rules: Rules;
  readonly #mitigateBy: 'close' | 'wick';
  readonly blocks: Block[];
  #breached: boolean[];

  constructor(series: Series, mitigateBy: 'close' | 'wick', rules: Rules) {
    this.#series = series;
    this.#rules = rules;
    this.#mitigateBy = mitigateBy;
    this.blocks = Array.from(series.timeMs, () => ({ ...NO_BLOCK }));
    this.#breached = this.blocks.map(() => false);
  }

  pass(sign: 1 | -1, pivots: readonly Pivot[]): void {
    const { close } = this.#series;
    const kind = sign === 1 ? 'high' : 'low';
    const used = new Set<Pivot>();
    const active = new Set<number>();
    if (this.#rules.breaches === 'ownPass') this.#breached = this.blocks.map(() => false);
    for (const c of close.keys()) {
      for (const row of [...active]) if (this.#ages(row, sign, c) === 'erased') active.delete(row);
      const pivot = pivots.findLast((one) => one.kind === kind && one.row < c);
      if (pivot === undefined || used.has(pivot) || !(sign * (close[c] as number) > sign * pivot.price)) continue;
      used.add(pivot);
      active.add(this.#create(pivot.row, sign, c));
    }
  }

  #ages(row: number, sign: 1 | -1, c: number): 'kept' | 'erased' {
    const { open, high, low, close } = this.#series;
    const block = this.blocks[row] as Block;
    if (this.#breached[row]) {
      const again = sign === 1 ? (high[c] as number) > block.top : (low[c] as number) < block.bottom;
      if (!again || this.#rules.recross === 'keeps') return 'kept';
      this.blocks[row] = { ...NO_BLOCK };
      return 'erased';
    }
    const bodyLow = Math.min(open[c] as number, close[c] as number);
    const bodyHigh = Math.max(open[c] as number, close[c] as number);
    const down = this.#mitigateBy === 'close' ? bodyLow : (low[c] as number);
    const up = this.#mitigateBy === 'close' ? bodyHigh : (high[c] as number);
    if (sign === 1 ? down < block.bottom : up > block.top) {
      this.#breached[row] = true;
      block.mitigated = sign === 1 && this.#rules.bullMitigation === 'oneEarly' ? c - 1 : c;
    }
    return 'kept';
  }

  #create(pivotRow: number, sign: 1 | -1, c: number): number {
    const { high, low } = this.#series;
    const between = Array.from({ length: c - pivotRow - 1 }, (_, i) => pivotRow + 1 + i);
    const depth = (row: number) => (sign === 1 ? -(low[row] as number) : (high[row] as number));
    const deepest = Math.max(...between.map(depth));
    const ties = between.filter((row) => depth(row) === deepest);
    const row = (this.#rules.tiesInBlock === 'latest' ? ties.at(-1) : ties[0]) ?? c - 1;
    const turned = between.length === 0 && sign === 1 && this.#rules.defaultCandle === 'turned';
    const [upper, lower] = [single(high[row] as number, this.#rules), single(low[row] as number, this.#rules)];
    const block = this.blocks[row] as Block;
    Object.assign(block, { sign, top: turned ? lower : upper, bottom: turned ? upper : lower, ...this.#volumes(c) });
    return row;
  }

  #volumes(c: number): { readonly volume: number; readonly percentage: number } {
    const at = (row: number) => this.#series.volume[row] ?? 0;
    const [a, b] = this.#rules.volumeHalves === 'twoAndOne' ? [at(c) + at(c - 1), at(c - 2)] : [at(c), at(c - 1) + at(c - 2)];
    const [less, more] = [Math.fround(Math.min(a, b)), Math.fround(Math.max(a, b))];
    return { volume: a + b, percentage: more === 0 ? 100 : 100 * Math.fround(less / more) };
  }
}

export function obOracle(series: Series, pivots: readonly Pivot[], mitigateBy: 'close' | 'wick', rules: Rules): Table {
  const oracle = new BlockOracle(series, mitigateBy, rules);
  oracle.pass(1, pivots);
  oracle.pass(-1, pivots);
  const columnOf = (name: string, field: keyof Block, precision: 'exact' | 'float32') => ({
    ...column(name, series.length, precision),
    values: Float64Array.from(oracle.blocks, (block) => (block.sign === 0 ? Number.NaN : block[field])),
  });
  return [
    columnOf('OB', 'sign', 'exact'),
    columnOf('Top', 'top', 'float32'),
    columnOf('Bottom', 'bottom', 'float32'),
    columnOf('OBVolume', 'volume', 'float32'),
    columnOf('MitigatedIndex', 'mitigated', 'exact'),
    columnOf('Percentage', 'percentage', 'float32'),
  ];
}

interface Pool {
  readonly members: readonly Pivot[];
  readonly swept: number;
}

function poolsOf(
  series: Series,
  kind: Pivot['kind'],
  pivots: readonly Pivot[],
  band: { readonly width: number; readonly rules: Rules },
): Pool[] {
  const { width, rules } = band;
  const inclusive = rules.bandEdge === 'inclusive';
  let free = pivots.filter((pivot) => pivot.kind === kind);
  const pools: Pool[] = [];
  for (let anchor = free[0]; anchor !== undefined; anchor = free[0]) {
    const { row, price } = anchor;
    const edge = kind === 'high' ? price + width : price - width;
    const passes = (value: number) => (kind === 'high' ? value > edge : value < edge) || (inclusive && value === edge);
    const swept = (kind === 'high' ? series.high : series.low).findIndex((value, t) => t > row && passes(value));
    const last = swept < 0 ? series.length : rules.sweptBar === 'joinsNothing' ? swept - 1 : swept;
    const near = (value: number) =>
      inclusive ? value >= price - width && value <= price + width : value > price - width && value < price + width;
    const members = free.filter((pivot) => pivot === anchor || (pivot.row <= last && near(pivot.price)));
    free = free.filter((pivot) => !members.includes(pivot));
    pools.push({ members, swept: Math.max(swept, 0) });
  }
  return pools;
}

export function liquidityOracle(series: Series, pivots: readonly Pivot[], rangeShare: number, rules: Rules): Table {
  const liquidity = column('Liquidity', series.length);
  const rest = ['Level', 'End', 'Swept'].map((name) => column(name, series.length, 'float32'));
  const width = (Math.max(...series.high) - Math.min(...series.low)) * rangeShare;
  for (const kind of ['high', 'low'] as const) {
    for (const { members, swept } of poolsOf(series, kind, pivots, { width, rules })) {
      const [anchor] = members;
      if (anchor === undefined || members.length < 2) continue;
      let sum = 0;
      for (const member of members) sum += member.price;
      liquidity.values[anchor.row] = kind === 'high' ? 1 : -1;
      const cells = [sum / members.length, members.at(-1)?.row ?? 0, swept];
      for (const [c, cell] of cells.entries()) (rest[c]?.values as Float64Array)[anchor.row] = cell;
    }
  }
  return [liquidity, ...rest];
}
