// Services, room 6: a signal as it is written at its decision, before anything about its outcome exists.
import type { JournalRow } from '../../src/core/journal.ts';
import type { RankedSignal } from '../../src/core/signal.ts';
import { signalRow } from '../../src/core/training-rows.ts';
import { type EpochMs, invariant } from '../../src/core/units.ts';
import { type ModelFilterSettings, type ModelOpinion, modelVerdict } from '../../src/risk/model-filter.ts';
import type { MinuteDecision } from '../strategy-engine.ts';
import type { Judgement } from './admission.ts';
import type { ExecutionOptions } from './ports.ts';

export type MinuteToDecide = Pick<MinuteDecision, 'barOpenMs' | 'ranked' | 'features'> & {
  /** BTC's trend (+1, −1, 0 = no data) and the share of symbols above their EMA200. */
  readonly mood: { readonly btcTrend: number; readonly breadth: number };
};

export interface DecisionFacts {
  readonly now: EpochMs;
  readonly openPositions: number;
  readonly equityUsdt: number | null;
}

export interface Decided {
  readonly ranked: RankedSignal;
  readonly judgement: Judgement;
  readonly minute: MinuteToDecide;
  /** Null where no model was asked. */
  readonly opinion: ModelOpinion | null;
}

/** As `why` shows it: a gate with its value and its threshold; undefined where nobody was asked. */
function asGate(opinion: ModelOpinion | null, settings: ModelFilterSettings | undefined) {
  if (opinion === null || settings === undefined) return undefined;
  const { mode, minProbability } = settings;
  const verdict = modelVerdict(opinion, { mode: 'on', minProbability });
  return { ...opinion, mode, threshold: minProbability, pass: verdict.kind !== 'refused' };
}

export function signalJournalRow(
  decided: Decided,
  facts: DecisionFacts,
  options: Pick<ExecutionOptions, 'schemas' | 'run' | 'klinesOf' | 'modelFilter'>,
): Extract<JournalRow, { table: 'signal' }> {
  const { ranked, judgement, minute, opinion } = decided;
  const { signal } = ranked;
  const features = minute.features.get(signal.id);
  invariant(features !== undefined, `signal ${signal.id} came without its features`);
  const row = signalRow(options.schemas.signals, {
    ranked,
    features,
    run: { ...options.run, modelVersion: opinion?.version ?? options.run.modelVersion },
    decisionMs: facts.now,
    dataMaxMs: signal.barCloseMs,
    decision: judgement.kind === 'real' ? { kind: 'taken' } : { kind: 'skipped', reason: judgement.reason },
    pModel: opinion?.probability ?? null,
    evR: opinion?.evR ?? null,
    context: {
      barrierMs: facts.now - signal.barCloseMs,
      symbolsReady: null,
      lateClose: null,
      openPositions: facts.openPositions,
      equityUsdt: facts.equityUsdt,
    },
  });
  const why = judgement.kind === 'real' ? { kind: judgement.kind } : judgement;
  const klines = options.klinesOf?.(signal.symbol, signal.barCloseMs);
  const snapshotJson = JSON.stringify({
    mood: minute.mood,
    rank: ranked.rank,
    judgement: why,
    model: asGate(opinion, options.modelFilter),
  });
  return {
    table: 'signal',
    signalId: signal.id,
    barCloseMs: signal.barCloseMs,
    row,
    evaluationJson: JSON.stringify(signal),
    snapshotJson,
    ...(klines === undefined ? {} : { klines }),
  };
}
