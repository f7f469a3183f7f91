// Book: all virtual trades of the run. At most ten are shown to people; every signal, real or not, is followed to its label.
import type { Bar } from '../core/market.ts';
import { barClose, type Timeframe, timeframeMs } from '../core/timeframe.ts';
import type { Outcome, VirtualTrade } from '../core/trade.ts';
import type { SymbolId } from '../core/units.ts';
import { type ManagementSettings, type TrendFacts, UNMANAGED } from './management.ts';
import { advanceVirtual, HORIZON_BARS, openVirtual, type VirtualOpening } from './virtual.ts';
import { stepManaged } from './virtual-managed.ts';

export interface VirtualBookOptions {
  /** MAX_VIRTUAL_POSITIONS. */
  readonly maxShown: number;
  readonly timeframe: Timeframe;
  readonly horizonBars?: number;
  /** By which those that are shown are managed; a label never is. */
  readonly management?: ManagementSettings;
}

/** `shown` asks for one of the shown places and falls back to `label` when all are taken. */
export type VirtualRequest = Omit<VirtualOpening, 'role'> & { readonly wish: VirtualTrade['role'] };

export interface VirtualClosing {
  readonly trade: VirtualTrade;
  readonly outcome: Outcome;
}

export interface VirtualMoves {
  /** Entered at this bar's open. */
  readonly entered: readonly VirtualTrade[];
  /** Changed and still open, the entered ones included. */
  readonly held: readonly VirtualTrade[];
  readonly closed: readonly VirtualClosing[];
  /** Shown ones that ended by the rules of management, with or before their label. */
  readonly settled: readonly VirtualTrade[];
}

const takesPlace = ({ role, managed }: VirtualTrade): boolean => role === 'shown' && !managed?.exit;

const NO_MOVES: VirtualMoves = { entered: [], held: [], closed: [], settled: [] };

export class VirtualBook {
  readonly #maxShown: number;
  readonly #timeframe: Timeframe;
  readonly #horizonBars: number;
  #management: ManagementSettings;
  readonly #bySymbol = new Map<SymbolId, Map<string, VirtualTrade>>();
  #shown = 0;
  #size = 0;
  #missedBars = 0;

  constructor(options: VirtualBookOptions) {
    this.#maxShown = options.maxShown;
    this.#timeframe = options.timeframe;
    this.#horizonBars = options.horizonBars ?? HORIZON_BARS;
    this.#management = options.management ?? UNMANAGED;
  }

  set management(settings: ManagementSettings) {
    this.#management = settings;
  }

  get shownCount(): number {
    return this.#shown;
  }

  get size(): number {
    return this.#size;
  }

  /** Minutes in which an open virtual trade saw no bar; its label rests on the bars around them. */
  get missedBars(): number {
    return this.#missedBars;
  }

  /** After a restart: trades as the journal holds them. */
  restore(trades: readonly VirtualTrade[]): void {
    for (const trade of trades) this.#put(trade);
  }

  /** One virtual trade per signal: asked again, the running one is returned unchanged. */
  open(request: VirtualRequest): VirtualTrade {
    const running = this.find(request.signal.symbol, request.signal.id);
    if (running !== undefined) return running;
    const role = request.wish === 'shown' && this.#shown < this.#maxShown ? 'shown' : 'label';
    const trade = openVirtual({ ...request, role });
    this.#put(trade);
    return trade;
  }

  find(symbol: SymbolId, signalId: string): VirtualTrade | undefined {
    return this.#bySymbol.get(symbol)?.get(signalId);
  }

  /** Oldest first within a symbol, symbols in the order in which they came. */
  all(): readonly VirtualTrade[] {
    return [...this.#bySymbol.values()].flatMap((trades) => [...trades.values()]);
  }

  shown(): readonly VirtualTrade[] {
    return this.all().filter(takesPlace);
  }

  /** A label whose entry did not come about takes one of the shown places, if one is free. */
  promote(symbol: SymbolId, signalId: string, reason: string): VirtualTrade | null {
    const trade = this.find(symbol, signalId);
    if (trade === undefined || trade.role === 'shown') return null;
    const role = this.#shown < this.#maxShown ? 'shown' : 'label';
    const promoted: VirtualTrade = { ...trade, role, reason };
    this.#bySymbol.get(symbol)?.set(signalId, promoted);
    if (role === 'shown') this.#shown += 1;
    return promoted;
  }

  /** A closed entry bar of one symbol, with the trend timeframe as it stood at its close where that is known. */
  onBar(symbol: SymbolId, bar: Bar, trend: TrendFacts | null = null): VirtualMoves {
    const trades = this.#bySymbol.get(symbol);
    if (trades === undefined) return NO_MOVES;
    const entered: VirtualTrade[] = [];
    const held: VirtualTrade[] = [];
    const closed: VirtualClosing[] = [];
    const settled: VirtualTrade[] = [];
    const closeMs = barClose(bar.openMs, this.#timeframe);
    for (const trade of [...trades.values()]) {
      const step = advanceVirtual(trade, bar, { timeframe: this.#timeframe, bars: this.#horizonBars });
      if (step.kind === 'early') continue;
      this.#countMissed(trade, step.trade, bar);
      const managed = stepManaged(trade, step, { bar, closeMs, trend }, this.#management);
      const moved: VirtualTrade = managed === undefined ? step.trade : { ...step.trade, managed };
      if (trade.entry === null) entered.push(moved);
      if (takesPlace(trade) && !takesPlace(moved)) {
        this.#shown -= 1;
        settled.push(moved);
      }
      if (step.kind === 'closed') {
        this.#drop(moved);
        closed.push({ trade: moved, outcome: step.outcome });
      } else {
        trades.set(trade.signalId, moved);
        held.push(moved);
      }
    }
    return { entered, held, closed, settled };
  }

  /** Earliest bar that some virtual trade of this symbol still waits for: where a restart must read history from. */
  nextBarMs(symbol: SymbolId): number | null {
    let earliest: number | null = null;
    for (const trade of this.#bySymbol.get(symbol)?.values() ?? []) {
      const next =
        trade.entry === null ? trade.signalBarCloseMs : trade.entry.atMs + trade.barsHeld * timeframeMs(this.#timeframe);
      earliest = earliest === null ? next : Math.min(earliest, next);
    }
    return earliest;
  }

  #countMissed(before: VirtualTrade, after: VirtualTrade, bar: Bar): void {
    if (before.entry !== null) this.#missedBars += after.barsHeld - before.barsHeld - 1;
    else this.#missedBars += Math.round((bar.openMs - before.signalBarCloseMs) / timeframeMs(this.#timeframe));
  }

  #put(trade: VirtualTrade): void {
    let trades = this.#bySymbol.get(trade.symbol);
    if (trades === undefined) {
      trades = new Map();
      this.#bySymbol.set(trade.symbol, trades);
    }
    if (trades.has(trade.signalId)) return;
    trades.set(trade.signalId, trade);
    this.#size += 1;
    if (takesPlace(trade)) this.#shown += 1;
  }

  #drop(trade: VirtualTrade): void {
    const trades = this.#bySymbol.get(trade.symbol);
    trades?.delete(trade.signalId);
    if (trades?.size === 0) this.#bySymbol.delete(trade.symbol);
    this.#size -= 1;
    if (takesPlace(trade)) this.#shown -= 1;
  }
}
