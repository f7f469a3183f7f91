// Floor 1, room 4: the house strategy. Zones of the entry timeframe (order blocks first; gaps, breakers and sweeps where
// the factor table has rules for them), the trend timeframe for bias, stop size and obstacles. It scores how much agrees;
// it promises nothing about who wins.
import type { Bar } from '../src/core/market.ts';
import type { Evaluation, Signal } from '../src/core/signal.ts';
import { SIDES, sideSign } from '../src/core/units.ts';
import { type Assessment, assess, better, cheapFailure, describe, promising, type Scene } from './confluence/assess.ts';
import { setupOf, type TradeZone } from './confluence/evidence.ts';
import { FACTORS_VERSION } from './confluence/score.ts';
import { FEATURE_NAMES } from './feature-schema.ts';
import { PLAN_LIMITS, WARMUP } from './plan/limits.ts';
import { signalOf } from './signal-of.ts';
import type { GateWanted, MarketContext, Strategy, StrategyMemory, StrategySettings, SymbolFacts } from './strategy.ts';
import { SweepWatch } from './sweep-watch.ts';
import { shareTracks, TwoTracks } from './two-tracks.ts';

const ID = 'smc-confluence';
/** Rules, then the version of the weights: a signal names both. */
const VERSION = `2.${FACTORS_VERSION}`;
/** Zones live 600 bars and signal once, at most one signal per side and 31 bars: this many can still be alive. */
const REMEMBERED_ZONES = 64;

class SmcConfluenceSymbol extends TwoTracks {
  readonly #sweeps: SweepWatch;
  readonly #signalled = new Set<string>();
  #signal: Signal | null = null;

  constructor(facts: SymbolFacts, settings: StrategySettings, memory?: StrategyMemory) {
    super(facts, settings, memory);
    this.#sweeps = new SweepWatch(settings.pair.entry, this.entry.spare);
  }

  /** Sweeps lie in the entry track's cells. */
  protected ownMemory(): readonly string[] {
    return [...this.#signalled];
  }

  protected recallOwn(memory: unknown): void {
    for (const zoneId of memory as readonly string[]) this.#signalled.add(zoneId);
  }

  hear(bar: Bar, context: MarketContext): Signal | null {
    this.#signal = null;
    this.entry.push(bar);
    this.#sweeps.onBar(bar, this.entry.smc);
    if (!this.#mayTrigger(bar)) return null;
    const scene = this.#scene(bar);
    const best = bestAble(this.#triggered(scene), scene);
    if (best === null || best.firstFailed !== null || best.plan === null) return null;
    const evaluation = describe(ID, best, scene);
    this.noteSignal(evaluation.side, bar.openMs);
    this.#remember(evaluation.zone.id);
    this.#signal = signalOf(evaluation, { strategyVersion: VERSION, pair: this.settings.pair, plan: best.plan, context });
    return this.#signal;
  }

  /** The gates that are the same for every zone of a bar; nearly every bar stops here, before any zone is looked at. */
  #mayTrigger(bar: Bar): boolean {
    const { entry, trend } = this;
    const direction = entry.smc.trend;
    if (!(direction * (bar.close - bar.open) > 0)) return false;
    if (entry.total < WARMUP.entryBars || entry.contiguous < PLAN_LIMITS.contiguousBars) return false;
    if (this.barsSinceSignal(direction > 0 ? 'long' : 'short', bar.openMs) <= PLAN_LIMITS.cooldownBars) return false;
    return trend.total >= WARMUP.trendBars;
  }

  get evaluation(): Evaluation | Signal | null {
    if (this.#signal !== null) return this.#signal;
    const bar = this.entry.last;
    const touched = this.#touched();
    if (bar === null || touched.length === 0) return null;
    const scene = this.#scene(bar);
    return describe(ID, bestOf(inPlay(touched, scene), scene), scene);
  }

  oneGateShort(wanted: GateWanted): Evaluation | null {
    const bar = this.entry.last;
    if (this.#signal !== null || bar === null || !(this.entry.smc.trend * (bar.close - bar.open) > 0)) return null;
    const scene = this.#scene(bar);
    const able = this.#triggered(scene);
    const worthIt = (zone: TradeZone): boolean => {
      const gate = cheapFailure(zone, scene);
      return gate === 'none' || (gate !== 'several' && wanted(gate, zone.side, zone.id));
    };
    // Judging in full is dear, and nearly every zone fails two of the cheap gates or one that has been counted.
    if (!able.some(worthIt)) return null;
    const best = bestOf(able, scene);
    return best.plan !== null && failed(best) === 1 ? describe(ID, best, scene) : null;
  }

  bestSetup(_context: MarketContext): Evaluation | null {
    if (this.#signal !== null) return this.#signal;
    const bar = this.entry.last;
    const alive = this.#alive();
    if (bar === null || alive.length === 0) return null;
    const scene = this.#scene(bar);
    return describe(ID, bestOf(alive, scene), scene);
  }

  /** Zones that the newest bar visited and that outlived it. */
  #touched(): TradeZone[] {
    const found: TradeZone[] = [];
    for (const zone of this.entry.smc.touched) if (setupOf(zone) !== null) found.push(zone);
    for (const side of SIDES) {
      const sweep = this.#sweeps.touched(side);
      if (sweep !== null) found.push(sweep);
    }
    return found;
  }

  /** Of those the ones that the newest bar could trigger; of the structure's side they are all. */
  #triggered(scene: Scene): TradeZone[] {
    const found: TradeZone[] = [];
    for (const zone of this.entry.smc.touched) if (setupOf(zone) !== null && promising(zone, scene)) found.push(zone);
    const sweep = this.#sweeps.touched(scene.entry.smc.trend > 0 ? 'long' : 'short');
    if (sweep !== null && promising(sweep, scene)) found.push(sweep);
    return found;
  }

  #alive(): TradeZone[] {
    const { smc } = this.entry;
    const found: TradeZone[] = [];
    for (const side of SIDES) {
      for (const zone of [smc.orderBlocks(side), smc.fairValueGaps(side), smc.flippedBlocks(side)].flat()) {
        if (setupOf(zone) !== null) found.push(zone);
      }
      const sweep = this.#sweeps.zone(side);
      if (sweep !== null) found.push(sweep);
    }
    return found;
  }

  #scene(bar: Bar): Scene {
    const { facts, settings, trend, entry } = this;
    return { facts, settings, trend, entry, bar, history: this };
  }

  signalsOfZone(zoneId: string): number {
    return this.#signalled.has(zoneId) ? 1 : 0;
  }

  #remember(zoneId: string): void {
    this.#signalled.add(zoneId);
    if (this.#signalled.size <= REMEMBERED_ZONES) return;
    for (const oldest of this.#signalled) {
      this.#signalled.delete(oldest);
      return;
    }
  }
}

/** The best of the zones that could become a signal; loops, for it runs while the market waits. */
function bestAble(triggered: readonly TradeZone[], scene: Scene): Assessment | null {
  let best: Assessment | null = null;
  for (const zone of triggered) {
    if (cheapFailure(zone, scene) !== 'none') continue;
    const judged = assess(zone, scene);
    best = best === null ? judged : better(best, judged);
  }
  return best;
}

/**
 * Most touches fail the two cheap gates. Where some zones pass them only those are judged, which cannot lose a signal;
 * where none does, one zone speaks for the bar: with the structure before against it, then the newest.
 */
function inPlay(touched: readonly TradeZone[], scene: Scene): readonly TradeZone[] {
  const able = touched.filter((zone) => promising(zone, scene));
  if (able.length > 0) return able;
  const rank = (zone: TradeZone): number => sideSign(zone.side) * scene.entry.smc.trend;
  const order = (a: TradeZone, b: TradeZone): number =>
    rank(b) - rank(a) || b.knownIndex - a.knownIndex || (a.id < b.id ? -1 : 1);
  return [touched.reduce((a, b) => (order(a, b) <= 0 ? a : b))];
}

const failed = ({ gates }: Assessment): number => gates.reduce((count, { pass }) => count + Number(!pass), 0);

const bestOf = (zones: readonly TradeZone[], scene: Scene): Assessment => zones.map((zone) => assess(zone, scene)).reduce(better);

export const smcConfluence: Strategy = {
  id: ID,
  version: VERSION,
  warmup: WARMUP,
  featureNames: FEATURE_NAMES,
  open: (facts, settings, memory) => new SmcConfluenceSymbol(facts, settings, memory),
  shareMemory: shareTracks,
};
