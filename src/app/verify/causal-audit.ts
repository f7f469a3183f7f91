// App, `perpscout verify causal`: does a detector ever rewrite its past? It is run over the whole series, again over sampled
// prefixes, and over prefixes with noise for a future; what each run had confirmed by then must be the same, word for word.
import type { Bar } from '../../core/market.ts';
import { SeededRandom } from '../../core/random.ts';
import { type Timeframe, timeframeMs } from '../../core/timeframe.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';

/** What every confirmed event says of itself; the rest of it is compared as text. */
export interface ConfirmedEvent {
  readonly id: string;
  readonly at: EpochMs;
  readonly knownAt: EpochMs;
}

/** A detector from its first bar on. */
export interface AuditedDetector {
  /** Takes a closed bar and answers with what it confirms now. */
  onBar(bar: Bar): readonly ConfirmedEvent[];
  /**
   * Everything it holds to be confirmed after its newest bar. A detector that only tells and never keeps (a stream) leaves
   * this out: then what it told is what it holds.
   */
  confirmed?(): readonly ConfirmedEvent[];
}

export interface AuditRequest {
  readonly bars: readonly Bar[];
  readonly timeframe: Timeframe;
  readonly open: () => AuditedDetector;
  /** Prefixes to run again from the first bar. */
  readonly prefixes: number;
  readonly seed: number;
}

export interface CausalReport {
  /** Told later than the bar it claims to have been known at, or drawn after it. */
  backDated: number;
  /** The same event with other words. */
  changed: number;
  /** Confirmed once, gone afterwards. */
  vanished: number;
  readonly bars: number;
  readonly events: number;
  readonly prefixes: number;
}

/** Bars of noise behind a prefix: longer than any confirmation takes (a break extends within 20 bars, pivots after 5). */
const NOISE_BARS = 64;

type Told = ReadonlyMap<string, { readonly words: string; readonly knownAt: number }>;
type Findings = Pick<CausalReport, 'backDated' | 'changed' | 'vanished'>;

function told(events: Iterable<ConfirmedEvent>): Told {
  const all = new Map<string, { words: string; knownAt: number }>();
  for (const event of events) all.set(event.id, { words: JSON.stringify(event), knownAt: event.knownAt });
  return all;
}

function runOver(open: AuditRequest['open'], bars: readonly Bar[]): Told {
  const detector = open();
  const heard: ConfirmedEvent[] = [];
  for (const bar of bars) heard.push(...detector.onBar(bar));
  return told(detector.confirmed?.() ?? heard);
}

/** What was confirmed by `untilMs` according to an early run and to a later one. */
function compare(early: Told, later: Told, untilMs: number, into: Findings): void {
  for (const [id, { words }] of early) {
    const after = later.get(id);
    if (after === undefined) into.vanished += 1;
    else if (after.words !== words) into.changed += 1;
  }
  for (const [id, { knownAt }] of later) if (knownAt <= untilMs && !early.has(id)) into.backDated += 1;
}

/** A seeded future that continues from the last close and moves three times as far as the past did. */
function noiseAfter(prefix: readonly Bar[], timeframe: Timeframe, random: SeededRandom): Bar[] {
  const last = prefix.at(-1) as Bar;
  const recent = prefix.slice(-50);
  const range = recent.reduce((sum, bar) => sum + bar.high - bar.low, 0) / recent.length || last.close * 1e-4;
  let price = last.close;
  return Array.from({ length: NOISE_BARS }, (_, i) => {
    const open = price;
    price = Math.max(open * 0.5, open + 6 * range * (random.next() - 0.5));
    const high = Math.max(open, price) + range * random.next();
    const low = Math.max(Math.min(open, price) * 0.9, Math.min(open, price) - range * random.next());
    return { ...last, openMs: epochMs(last.openMs + (i + 1) * timeframeMs(timeframe)), open, high, low, close: price };
  });
}

/** Bar counts of the prefixes, evenly spread, the first one bar short of the second sample. */
function cuts(bars: number, prefixes: number): number[] {
  const every = Math.max(1, Math.floor(bars / (prefixes + 1)));
  return Array.from({ length: Math.min(prefixes, Math.max(0, bars - 1)) }, (_, i) => Math.min(bars - 1, (i + 1) * every));
}

/** The streaming run itself: an event must be told on the very bar it names, and keep its words. */
function stream(request: AuditRequest, found: CausalReport): { readonly all: Told; readonly heard: number } {
  const detector = request.open();
  const heard: { readonly event: ConfirmedEvent; readonly words: string }[] = [];
  for (const bar of request.bars) {
    for (const event of detector.onBar(bar)) {
      if (event.knownAt !== bar.openMs || event.at > event.knownAt) found.backDated += 1;
      heard.push({ event, words: JSON.stringify(event) });
    }
  }
  for (const { event, words } of heard) if (JSON.stringify(event) !== words) found.changed += 1;
  const all = told(detector.confirmed?.() ?? heard.map(({ event }) => event));
  return { all, heard: heard.length };
}

/** Runs the comparison step by step, so that whoever waits can be told how far it is. */
export function* auditCausality(request: AuditRequest): Generator<number, CausalReport> {
  const { bars, timeframe, open } = request;
  const samples = cuts(bars.length, request.prefixes);
  const found: CausalReport = {
    backDated: 0,
    changed: 0,
    vanished: 0,
    bars: bars.length,
    events: 0,
    prefixes: samples.length,
  };
  const { all, heard } = stream(request, found);
  const random = new SeededRandom(request.seed);
  for (const [i, count] of samples.entries()) {
    const prefix = bars.slice(0, count);
    const untilMs = (prefix.at(-1) as Bar).openMs;
    const early = runOver(open, prefix);
    compare(early, all, untilMs, found);
    compare(early, runOver(open, [...prefix, ...noiseAfter(prefix, timeframe, random)]), untilMs, found);
    yield i + 1;
  }
  return { ...found, events: Math.max(heard, all.size) };
}
