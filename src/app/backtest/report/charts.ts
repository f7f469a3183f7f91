// App, backtest report: pictures as inline SVG, drawn from figures alone. Colours come from the page, so that they follow its theme;
// nothing is told by colour only.
import type { GroupRow } from '../../study/groups.ts';
import type { EquityPoint } from '../equity-log.ts';
import { escapeHtml } from './escape.ts';

const WIDTH = 720;
const LEFT = 64;
const RIGHT = 12;
/** Where the names of a forest end; they are larger on a telephone. */
const NAMES = 250;

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly from: number;
  readonly to: number;
}

const place = ({ low, high, from, to }: Scale, value: number): number =>
  Number((from + ((value - low) / (high - low || 1)) * (to - from)).toFixed(1));

const svg = (height: number, title: string, body: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${body}</svg>`;

const label = (x: number, y: number, text: string, anchor: 'start' | 'middle' | 'end' = 'start'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;

const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

/** At most so many points: of every stretch its lowest and its highest. */
function thinned(points: readonly EquityPoint[], most: number): readonly EquityPoint[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil((points.length * 2) / most);
  const kept: EquityPoint[] = [];
  for (let i = 0; i < points.length; i += stretch) {
    const part = points.slice(i, i + stretch).toSorted((a, b) => a.equityUsdt - b.equityUsdt);
    const ends = new Set([part[0], part.at(-1)]);
    kept.push(...points.slice(i, i + stretch).filter((point) => ends.has(point)));
  }
  return kept;
}

const LONG_MS = 2 * 3_600_000;

/** Between two points far apart nothing was held: the account stood. */
const stepped = (points: readonly EquityPoint[]): EquityPoint[] =>
  points.flatMap((point, i) => {
    const before = points[i - 1];
    return before === undefined || point.atMs - before.atMs < LONG_MS
      ? [point]
      : [{ atMs: point.atMs - LONG_MS / 2, equityUsdt: before.equityUsdt }, point];
  });

const day = (ms: number): string => new Date(ms).toISOString().slice(5, 10);

export interface EquityWords {
  readonly title: string;
  readonly drawdown: string;
}

/** Equity as a line, and below it how far it stood under its highest value so far. */
export function equityChart(
  curve: readonly EquityPoint[],
  span: { readonly fromMs: number; readonly toMs: number },
  words: EquityWords,
): string {
  const all = stepped([...curve, { atMs: span.toMs, equityUsdt: curve.at(-1)?.equityUsdt ?? 0 }]);
  const points = thinned(all, 600);
  const values = points.map(({ equityUsdt }) => equityUsdt);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x: Scale = { low: span.fromMs, high: span.toMs, from: LEFT, to: WIDTH - RIGHT };
  const y: Scale = { low, high: high === low ? low + 1 : high, from: 190, to: 16 };
  const path = points
    .map(({ atMs, equityUsdt }, i) => `${i === 0 ? 'M' : 'L'}${place(x, atMs)} ${place(y, equityUsdt)}`)
    .join('');
  let peak = Number.NEGATIVE_INFINITY;
  const falls = all.map(({ atMs, equityUsdt }) => {
    peak = Math.max(peak, equityUsdt);
    return { atMs, equityUsdt: 1 - equityUsdt / peak };
  });
  const deepest = Math.max(0.001, ...falls.map(({ equityUsdt }) => equityUsdt));
  const fall: Scale = { low: 0, high: deepest, from: 222, to: 282 };
  const shape = thinned(falls, 600)
    .map(({ atMs, equityUsdt }) => `L${place(x, atMs)} ${place(fall, equityUsdt)}`)
    .join('');
  const start = place(y, curve[0]?.equityUsdt ?? low);
  return svg(
    310,
    words.title,
    [
      line(LEFT, start, WIDTH - RIGHT, start, 'dash'),
      `<path class="curve" d="${path}"/>`,
      label(LEFT - 6, place(y, high) + 4, high.toFixed(0), 'end'),
      label(LEFT - 6, place(y, low) + 4, low.toFixed(0), 'end'),
      `<path class="fall" d="M${LEFT} 222${shape}L${WIDTH - RIGHT} 222Z"/>`,
      label(LEFT, 216, words.drawdown),
      label(LEFT - 6, 286, `−${(deepest * 100).toFixed(1)} %`, 'end'),
      label(LEFT, 304, day(span.fromMs)),
      label(WIDTH - RIGHT, 304, day(span.toMs), 'end'),
    ].join(''),
  );
}

export interface ReliabilityWords {
  readonly title: string;
  readonly signal: string;
  readonly placebo: string;
  readonly few: string;
}

/** How often each band hit 1 R, with its interval, beside the placebo (a ring). A band with too few shows only its count. */
export function reliabilityChart(bands: readonly GroupRow[], words: ReliabilityWords): string {
  const y: Scale = { low: 0, high: 1, from: 220, to: 16 };
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, bands.length);
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      line(LEFT, place(y, share), WIDTH - RIGHT, place(y, share), 'grid') +
      label(LEFT - 6, place(y, share) + 4, `${share * 100} %`, 'end'),
  );
  const marks = bands.map(({ id, n, measured }, i) => {
    const x = Number((LEFT + step * (i + 0.5)).toFixed(1));
    const name = label(x, 244, id, 'middle') + label(x, 268, `n ${n}`, 'middle');
    if (measured === null) return `${name}${label(x, 120, words.few, 'middle')}`;
    const { low, high } = measured.hit1RInterval;
    return [
      name,
      line(x, place(y, low), x, place(y, high), 'whisker'),
      `<circle class="dot" cx="${x}" cy="${place(y, measured.hit1R)}" r="5"/>`,
      `<circle class="ring" cx="${x + 16}" cy="${place(y, measured.placeboHit1R)}" r="5"/>`,
    ].join('');
  });
  const legend = [
    `<circle class="dot" cx="${LEFT + 6}" cy="294" r="5"/>${label(LEFT + 18, 299, words.signal)}`,
    `<circle class="ring" cx="${LEFT + 6}" cy="320" r="5"/>${label(LEFT + 18, 325, words.placebo)}`,
  ];
  return svg(336, words.title, [...grid, ...marks, ...legend].join(''));
}

/** Net R of each group with its interval, and its placebo as a ring; what holds zero cannot be told from nothing. */
export function forestChart(rows: readonly { readonly name: string; readonly group: GroupRow }[], title: string): string {
  const shown = rows.flatMap(({ name, group }) => (group.measured === null ? [] : [{ name, n: group.n, m: group.measured }]));
  const ends = shown.flatMap(({ m }) => [m.netRInterval.low, m.netRInterval.high, m.placeboNetR, 0]).filter(Number.isFinite);
  if (shown.length === 0) return '';
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const x: Scale = { low, high, from: NAMES, to: WIDTH - RIGHT - 8 };
  const bottom = 14 + shown.length * 28;
  const zero = place(x, 0);
  const lines = shown.map(({ name, n, m }, i) => {
    const y = 24 + i * 28;
    return [
      label(0, y + 4, `${name} (${n})`),
      line(place(x, m.netRInterval.low), y, place(x, m.netRInterval.high), y, 'whisker'),
      `<circle class="dot" cx="${place(x, m.netR)}" cy="${y}" r="5"/>`,
      `<circle class="ring" cx="${place(x, m.placeboNetR)}" cy="${y}" r="5"/>`,
    ].join('');
  });
  const axis = line(zero, 10, zero, bottom, 'dash') + label(zero, bottom + 20, '0 R', 'middle');
  const edges = label(NAMES, bottom + 20, low.toFixed(2)) + label(WIDTH - RIGHT - 8, bottom + 20, high.toFixed(2), 'end');
  return svg(bottom + 30, title, [axis, edges, ...lines].join(''));
}
