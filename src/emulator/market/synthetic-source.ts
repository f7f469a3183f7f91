// Emulator, the world behind the exchange: a seeded market without end. Every price is a fair game (nothing in it can be
// foretold), volatility clusters, tails are fat, contracts move with BTC and apart from it. The same seed gives the same
// market whatever is asked first and however many contracts are listed.
import { type Grid, gridOf } from '../../core/grid.ts';
import { hash32, hashText, unitAt } from '../../core/random.ts';
import { MINUTE_MS } from '../../core/timeframe.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { BlockCache } from './block-cache.ts';
import { type BarRange, type BarSpan, foldBars, opensWithin } from './fold-bars.ts';
import { FoldCache } from './fold-cache.ts';
import { markPrice } from './mark-price.ts';
import { type MinuteBlock, minuteBlock } from './minute-block.ts';
import { minutePath } from './minute-path.ts';
import { emptyBar, MinuteReader, type WritableBar } from './minute-reader.ts';
import type { Contract, MarketBar, MarketSource } from './source.ts';
import { commonTree, type SyntheticContract, syntheticUniverse } from './synthetic-universe.ts';
import { BLOCK_MINUTES, TradingTimeTree, type TreeBlock } from './trading-time-tree.ts';

/** Where minutes are counted from; earlier ones have negative numbers. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
const DEFAULT_FROM_MS = Date.UTC(2026, 2, 2);
/** A day of minutes touches at most three blocks: enough for every contract's 24 h figures to stay in memory. */
const BLOCKS_PER_CONTRACT = 3;
const COMMON_BLOCKS = 64;
/** Block numbers stay within ±2^23, sixteen thousand years either way. */
const BLOCK_KEYS = 2 ** 24;
const HOUR_MS = 3_600_000;

export interface SyntheticOptions {
  readonly seed: number;
  /** Tradable USDT perpetuals; contracts that a bot must leave out come on top. */
  readonly symbols: number;
}

interface Series extends SyntheticContract {
  readonly tree: TradingTimeTree;
  readonly grid: Grid;
  readonly span: BarSpan;
  readonly pathSeed: number;
  readonly reader: MinuteReader;
  readonly folded: FoldCache;
  /** The block read last: one minute after another asks for the same. */
  recent: MinuteBlock | null;
  recentBlock: number;
}

/** A contract has bars from its onboarding to its delivery; one still pending has none. */
function spanOf(contract: Contract): BarSpan {
  const onMinute = (ms: number): number => Math.ceil(ms / MINUTE_MS) * MINUTE_MS;
  if (contract.status === 'PENDING_TRADING') return { firstMs: 0, endMs: 0 };
  return { firstMs: onMinute(contract.onboardDate), endMs: onMinute(contract.deliveryDate) };
}

function seriesOf(item: SyntheticContract): Series {
  const grid = gridOf(item.contract.tickSize, item.contract.stepSize);
  const pathSeed = hash32(item.minutes.seed, 7);
  const tree = new TradingTimeTree(item.ownTree);
  const reader = new MinuteReader(item.minutes, grid);
  const nothingYet = { folded: new FoldCache(), recent: null, recentBlock: Number.NaN };
  return { ...item, grid, pathSeed, tree, reader, span: spanOf(item.contract), ...nothingYet };
}

class SyntheticMarket implements MarketSource {
  readonly kind = 'synthetic';
  readonly contracts: readonly Contract[];
  readonly defaultFromMs: EpochMs = epochMs(DEFAULT_FROM_MS);
  readonly endMs: number = Number.POSITIVE_INFINITY;
  readonly #series: readonly Series[];
  readonly #common: TradingTimeTree;
  readonly #commonBlocks = new BlockCache<TreeBlock>(COMMON_BLOCKS);
  readonly #blocks: BlockCache<MinuteBlock>;
  readonly #seed: number;

  constructor({ seed, symbols }: SyntheticOptions) {
    const universe = syntheticUniverse(seed, symbols);
    this.contracts = universe.map(({ contract }) => contract);
    this.#series = universe.map(seriesOf);
    this.#common = new TradingTimeTree(commonTree(seed));
    this.#blocks = new BlockCache(Math.max(64, BLOCKS_PER_CONTRACT * universe.length));
    this.#seed = seed;
  }

  listed(index: number, atMs: number): boolean {
    const span = this.#series[index]?.span;
    return span !== undefined && atMs >= span.firstMs && atMs < span.endMs;
  }

  #blockOf(series: Series, index: number, block: number): MinuteBlock {
    if (series.recent !== null && series.recentBlock === block) return series.recent;
    const made = this.#blocks.take(index * BLOCK_KEYS + block + BLOCK_KEYS / 2, () => {
      const common = this.#commonBlocks.take(block, () => this.#common.block(block));
      return minuteBlock(series.minutes, block, common, series.tree.block(block));
    });
    series.recent = made;
    series.recentBlock = block;
    return made;
  }

  /** Fills `into` with the minute; false outside the contract's span. */
  #read(index: number, openMs: number, into: WritableBar): boolean {
    const series = this.#series[index];
    if (series === undefined || openMs < series.span.firstMs || openMs >= series.span.endMs || openMs % MINUTE_MS !== 0)
      return false;
    const minute = (openMs - EPOCH_MS) / MINUTE_MS;
    const block = Math.floor(minute / BLOCK_MINUTES);
    into.openMs = openMs;
    series.reader.read(this.#blockOf(series, index, block), minute, into);
    return true;
  }

  minute(index: number, openMs: number): MarketBar | null {
    const bar = emptyBar();
    return this.#read(index, openMs, bar) ? bar : null;
  }

  path(index: number, openMs: number): Float64Array | null {
    const series = this.#series[index];
    const bar = this.minute(index, openMs);
    return series === undefined || bar === null ? null : minutePath(bar, series.grid, series.pathSeed);
  }

  bars(index: number, intervalMs: number, fromMs: number, toMs: number): MarketBar[] {
    const series = this.#series[index];
    if (series === undefined) return [];
    const { span, folded } = series;
    // Folding copies what it keeps: one bar serves all the minutes of a fold.
    const shared = emptyBar();
    const minuteAt = (openMs: number): MarketBar | null => (this.#read(index, openMs, shared) ? shared : null);
    const fold = (range: BarRange): MarketBar[] => foldBars(minuteAt, range, span);
    const range = opensWithin({ intervalMs, fromMs, toMs }, span);
    return intervalMs === MINUTE_MS ? fold(range) : folded.bars(range, fold);
  }

  markOf(index: number, atMs: number, lastPrice: number): number {
    return markPrice((openMs) => this.minute(index, openMs)?.close ?? null, atMs, lastPrice);
  }

  /** Around the venue's usual 1 bp per settlement, each contract with a slowly changing lean of its own. */
  fundingRate(index: number, atMs: number): number | null {
    const contract = this.contracts[index];
    if (contract === undefined) return null;
    const settlement = Math.floor(atMs / (contract.fundingIntervalHours * HOUR_MS));
    const seed = hashText(contract.symbol, this.#seed);
    const lean = (place: number): number => unitAt(seed, 201, place) - 0.5;
    const week = 21;
    const slow = Math.floor(settlement / week);
    const along = (settlement % week) / week;
    const drift = lean(slow) * (1 - along) + lean(slow + 1) * along;
    const noise = unitAt(seed, 202, settlement) - 0.5;
    return Math.round((0.0001 + 0.0004 * drift + 0.0001 * noise) * 1e8) / 1e8;
  }
}

export function syntheticSource(options: SyntheticOptions): MarketSource {
  return new SyntheticMarket(options);
}
