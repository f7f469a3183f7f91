// App, `perpscout study`: the whole measurement over a folder of recordings. Three passes: as shipped, without the cost gate,
// and without any floor for the score, so that numbers exist for every band.
import type { Strategy, StrategySettings } from '../../../strategy/strategy.ts';
import { type HitRate, HitRates } from '../../book/hit-rates.ts';
import type { MarketSource } from '../../emulator/market/source.ts';
import { bandRows, factorRows, type GroupRow, measure, setupRows, sideRows } from './groups.ts';
import { type Sample, sampleOf } from './label.ts';
import { type HeardSignal, type RecordedSymbol, recordedSymbol, signalsOf } from './symbol-run.ts';

export type PassId = 'shipped' | 'noCostGate' | 'allScores';

export interface StudyRequest {
  readonly source: MarketSource;
  readonly strategy: Strategy;
  readonly settings: StrategySettings;
  readonly placebos: number;
  readonly seed: number;
}

export interface PassReport {
  readonly id: PassId;
  readonly signals: number;
  /** Signals whose trade or placebo the recording does not hold to its end. */
  readonly unresolved: number;
  readonly medianRiskBps: number;
  readonly medianCostR: number;
  /** Share of the signals that the cost gate as shipped lets through. */
  readonly passCostGate: number;
  readonly all: GroupRow;
  readonly bands: readonly GroupRow[];
  readonly factors: readonly GroupRow[];
  readonly setups: readonly GroupRow[];
  readonly sides: readonly GroupRow[];
}

export interface StudyReport {
  /** Absent: recordings. */
  readonly market?: 'synthetic';
  readonly strategy: string;
  readonly version: string;
  readonly symbols: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly minutes: number;
  readonly costBps: number;
  readonly costGateR: number;
  readonly minConfidence: number;
  readonly placebos: number;
  readonly seed: number;
  readonly passes: readonly PassReport[];
}

/** A signal worth drawing, with the pass it came from. */
export interface StudySignal extends HeardSignal {
  readonly pass: PassId;
  readonly contract: number;
}

/** What became of all signals of that pass, set-up and score in the recordings, also of later ones; null below 70. */
export type RateIn = (one: Pick<StudySignal, 'pass' | 'signal'>) => HitRate | null;

export interface Study {
  readonly report: StudyReport;
  readonly signals: readonly StudySignal[];
  readonly rateIn: RateIn;
}

export function passSettings(settings: StrategySettings): readonly (readonly [PassId, StrategySettings])[] {
  const open = { ...settings, costGateR: Number.POSITIVE_INFINITY };
  return [
    ['shipped', settings],
    ['noCostGate', open],
    ['allScores', { ...open, minConfidence: 0 }],
  ];
}

interface PassNotes {
  readonly samples: Sample[];
  readonly heard: HeardSignal[];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function passReport(id: PassId, { samples, heard }: PassNotes, settings: StrategySettings): PassReport {
  const plans = heard.map(({ signal }) => signal.plan);
  return {
    id,
    signals: heard.length,
    unresolved: heard.length - samples.length,
    medianRiskBps: median(plans.map((plan) => (plan.risk / plan.entry) * 10_000)),
    medianCostR: median(plans.map((plan) => plan.costR)),
    passCostGate: plans.filter((plan) => plan.costR <= settings.costGateR).length / plans.length,
    all: measure('all', samples),
    bands: bandRows(samples, id === 'allScores' ? 0 : settings.minConfidence),
    factors: factorRows(samples),
    setups: setupRows(samples),
    sides: sideRows(samples),
  };
}

function ratesOf(samples: readonly Sample[]): HitRates {
  const rates = new HitRates();
  rates.restore(samples.map(({ signal: { setup, score }, label }) => ({ setup, score, outcomes: 1, hits: label.hit1R })));
  return rates;
}

/** Contract after contract, so that one span of bars is held at a time. Yields how many are done. */
export function* runStudy(request: StudyRequest): Generator<number, Study> {
  const { source, strategy, settings, placebos, seed } = request;
  const passes = passSettings(settings);
  const notes = new Map<PassId, PassNotes>(passes.map(([id]) => [id, { samples: [], heard: [] }]));
  const signals: StudySignal[] = [];
  let [minutes, fromMs, toMs] = [0, Number.POSITIVE_INFINITY, 0];
  for (const contract of source.contracts.keys()) {
    const recorded: RecordedSymbol = recordedSymbol(source, contract);
    minutes += recorded.bars.length;
    fromMs = Math.min(fromMs, recorded.bars[0]?.openMs ?? fromMs);
    toMs = Math.max(toMs, recorded.bars.at(-1)?.openMs ?? toMs);
    for (const [pass, set] of passes) {
      const held = notes.get(pass);
      for (const heard of signalsOf(strategy, set, recorded)) {
        held?.heard.push(heard);
        if (pass !== 'allScores') signals.push({ ...heard, pass, contract });
        const sample = sampleOf(heard, recorded, { seed, count: placebos });
        if (sample !== null) held?.samples.push(sample);
      }
    }
    yield contract + 1;
  }
  const report: StudyReport = {
    ...(source.kind === 'synthetic' ? { market: source.kind } : {}),
    strategy: strategy.id,
    version: strategy.version,
    symbols: source.contracts.map((one) => one.symbol),
    fromMs,
    toMs,
    minutes,
    costBps: settings.roundTripCostBps,
    costGateR: settings.costGateR,
    minConfidence: settings.minConfidence,
    placebos,
    seed,
    passes: passes.map(([id]) => passReport(id, notes.get(id) ?? { samples: [], heard: [] }, settings)),
  };
  const rates = new Map([...notes].map(([id, { samples }]) => [id, ratesOf(samples)]));
  return { report, signals, rateIn: ({ pass, signal }) => rates.get(pass)?.rateOf(signal.setup, signal.score) ?? null };
}
