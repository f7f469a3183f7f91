// Floor 2, the simulated venue: everything it remembers, and the indexes that make it quick to ask. Only files of this
// room touch it. Rows are immutable values, so a snapshot may share them.
import { type Decimal, isZero, parseDecimal, ZERO } from '../core/decimal.ts';
import { type Grid, gridOf, priceToTicks, ticksToWire } from '../core/grid.ts';
import { hash32 } from '../core/random.ts';
import { type EpochMs, epochMs, invariant, type SymbolId } from '../core/units.ts';
import type { SimEvent } from './events.ts';
import { HEDGE_SIDES, type Slotted, slotOf } from './position-slot.ts';
import type {
  OrderSide,
  SimAlgo,
  SimAmendment,
  SimContract,
  SimHedgeSide,
  SimIncome,
  SimMarginMove,
  SimMarginType,
  SimOptions,
  SimOrder,
  SimTrade,
} from './types.ts';
import type { NakedInterval, PositionMark } from './views.ts';

/** An open position: never flat. Quantity and cost are signed alike, so that cost / quantity is the average price. */
export interface Position {
  readonly symbol: SymbolId;
  /** Absent: BOTH. */
  readonly positionSide?: SimHedgeSide;
  readonly qty: Decimal;
  /** Σ price × signed quantity of what is still open: exact, the average is only ever shown. */
  readonly cost: Decimal;
  /** Commissions of what is still open, for the break-even price. */
  readonly fees: Decimal;
  readonly isolatedWallet: Decimal;
  readonly marginType: SimMarginType;
  readonly openedMs: EpochMs;
  readonly updateMs: EpochMs;
  /** A margin call was told and the position has not recovered since. */
  readonly marginCall: 'none' | 'told';
}

export interface SymbolSettings {
  readonly leverage: number;
  readonly marginType: SimMarginType;
  /** Realised PnL of this contract since the account began. */
  readonly accumulatedRealized: Decimal;
}

/** Overrides of the synthetic book, by acts. */
export interface BookOverride {
  readonly levelUsdt: number;
  readonly levels: number;
  /** Fraction that the next MARKET order fills; null = all. */
  readonly nextFraction: number | null;
}

export interface Quote {
  readonly last: Decimal;
  readonly mark: Decimal;
}

export interface RawQuote {
  readonly last: number | string;
  readonly mark: number | string;
}

const DEFAULT_LEVERAGE = 20;

/** An order that is over, in the shape that history keeps. */
export type EndedRow = { readonly kind: 'order'; readonly row: SimOrder } | { readonly kind: 'algo'; readonly row: SimAlgo };

const ENDED_ALGO: ReadonlySet<string> = new Set(['FINISHED', 'CANCELED', 'EXPIRED', 'REJECTED']);

export class VenueState {
  readonly takerFeeRate: string;
  readonly makerFeeRate: string;
  readonly accountSeed: number;
  readonly priceProtectPolicy: 'reject' | 'wait';
  readonly contracts = new Map<string, SimContract>();
  readonly amendments = new Map<string, Partial<SimContract>>();
  readonly quotes = new Map<string, RawQuote>();
  readonly settings = new Map<string, SymbolSettings>();
  /** By slot. */
  readonly positions = new Map<string, Position>();
  readonly orders = new Map<number, SimOrder>();
  readonly algos = new Map<number, SimAlgo>();
  /** Orders of both stores in the order of their end: what history keeps of them. */
  readonly ended: EndedRow[] = [];
  /** Conditionals between their trigger and the end of their child. */
  readonly firing = new Set<number>();
  readonly trades: SimTrade[] = [];
  readonly incomes: SimIncome[] = [];
  readonly positionHistory: PositionMark[] = [];
  readonly nakedClosed: NakedInterval[] = [];
  /** By slot. */
  readonly nakedSince = new Map<string, EpochMs>();
  readonly books = new Map<string, BookOverride>();
  /** USDT taken from each side of a synthetic book since the last price step. */
  readonly depthTaken = new Map<string, Readonly<Record<OrderSide, number>>>();
  readonly orderChanges: SimAmendment[] = [];
  readonly marginMoves: SimMarginMove[] = [];
  /** Dead-man switches: when a symbol's ordinary orders are cancelled unless somebody says otherwise before. */
  readonly countdowns = new Map<string, number>();
  readonly events: SimEvent[] = [];
  positionMode: 'ONE_WAY' | 'HEDGE' = 'ONE_WAY';
  feeBurn: 'on' | 'off' = 'off';
  tradFiAgreement: 'none' | 'signed' = 'none';
  /** How long the algo store does not yet see a new position; off unless asked for. */
  gteLagMs = 0;
  wallet: Decimal;
  revision = 0;
  updateMs: EpochMs = epochMs(0);
  nextOrderId: number;
  nextAlgoId: number;
  nextTradeId: number;
  nextTranId: number;

  readonly #openOrders = new Map<string, Set<number>>();
  readonly #openAlgos = new Map<string, Set<number>>();
  readonly #orderByClient = new Map<string, number>();
  readonly #algoByClient = new Map<string, number>();
  readonly #grids = new Map<string, Grid>();
  readonly #parsed = new Map<string, Quote>();

  constructor(options: SimOptions) {
    this.takerFeeRate = options.takerFeeRate;
    this.makerFeeRate = options.makerFeeRate;
    this.accountSeed = options.accountSeed;
    this.priceProtectPolicy = options.priceProtectPolicy ?? 'reject';
    this.wallet = parseDecimal(options.walletUsdt);
    for (const contract of options.contracts) this.contracts.set(contract.symbol, contract);
    this.nextOrderId = 8_000_000_000 + hash32(options.accountSeed, 1);
    // Sixteen digits, as on the venue, and still a safe integer.
    this.nextAlgoId = 4_000_000_000_000_000 + hash32(options.accountSeed, 2);
    this.nextTradeId = 100_000_000 + (hash32(options.accountSeed, 3) % 1_000_000_000);
    this.nextTranId = 9_000_000_000 + hash32(options.accountSeed, 4);
  }

  contract(symbol: string): SimContract | null {
    const contract = this.contracts.get(symbol);
    if (contract === undefined) return null;
    const amendment = this.amendments.get(symbol);
    return amendment === undefined ? contract : { ...contract, ...amendment };
  }

  grid(contract: SimContract): Grid {
    const key = `${contract.tickSize}|${contract.stepSize}`;
    const held = this.#grids.get(key);
    if (held !== undefined) return held;
    const grid = gridOf(contract.tickSize, contract.stepSize);
    this.#grids.set(key, grid);
    return grid;
  }

  setQuote(symbol: string, quote: RawQuote): void {
    this.quotes.set(symbol, quote);
    this.#parsed.delete(symbol);
    this.depthTaken.delete(symbol);
  }

  /** Null until the first price step of the symbol. */
  quote(symbol: string): Quote | null {
    const held = this.#parsed.get(symbol);
    if (held !== undefined) return held;
    const raw = this.quotes.get(symbol);
    const contract = this.contract(symbol);
    if (raw === undefined || contract === null) return null;
    const grid = this.grid(contract);
    const last = typeof raw.last === 'string' ? raw.last : ticksToWire(priceToTicks(raw.last, grid, 'nearest'), grid);
    const mark = typeof raw.mark === 'string' ? raw.mark : raw.mark.toFixed(8);
    const quote = { last: parseDecimal(last), mark: parseDecimal(mark) };
    this.#parsed.set(symbol, quote);
    return quote;
  }

  /** The quote of a symbol that must have one, because something of ours lives on it. */
  livingQuote(symbol: string): Quote {
    const quote = this.quote(symbol);
    invariant(quote !== null, `${symbol} holds something but never had a price`);
    return quote;
  }

  settingsOf(contract: SimContract): SymbolSettings {
    const held = this.settings.get(contract.symbol);
    if (held !== undefined) return held;
    const leverage = Math.min(DEFAULT_LEVERAGE, contract.brackets[0]?.initialLeverage ?? DEFAULT_LEVERAGE);
    return { leverage, marginType: 'CROSSED', accumulatedRealized: ZERO };
  }

  position(of: Slotted): Position | undefined {
    return this.positions.get(slotOf(of));
  }

  /** One in one-way mode, up to two in hedge mode. */
  positionsOf(symbol: string): Position[] {
    if (this.positions.size === 0) return [];
    return [undefined, ...HEDGE_SIDES].flatMap((positionSide) => this.position({ symbol, positionSide }) ?? []);
  }

  signedQty(of: Slotted): Decimal {
    return this.position(of)?.qty ?? ZERO;
  }

  setPosition(position: Position): void {
    if (isZero(position.qty)) this.positions.delete(slotOf(position));
    else this.positions.set(slotOf(position), position);
  }

  putOrder(order: SimOrder): SimOrder {
    this.orders.set(order.orderId, order);
    newest(this.#orderByClient, `${order.symbol}|${order.clientOrderId}`, order.orderId);
    const open = order.status === 'NEW' || order.status === 'PARTIALLY_FILLED';
    index(this.#openOrders, order.symbol, order.orderId, open);
    if (!open) this.ended.push({ kind: 'order', row: order });
    this.revision += 1;
    return order;
  }

  putAlgo(algo: SimAlgo): SimAlgo {
    this.algos.set(algo.algoId, algo);
    newest(this.#algoByClient, algo.clientAlgoId, algo.algoId);
    index(this.#openAlgos, algo.symbol, algo.algoId, algo.algoStatus === 'NEW');
    const ended = ENDED_ALGO.has(algo.algoStatus);
    if (ended) this.ended.push({ kind: 'algo', row: algo });
    if (ended || algo.algoStatus === 'NEW') this.firing.delete(algo.algoId);
    else this.firing.add(algo.algoId);
    this.revision += 1;
    return algo;
  }

  orderByClient(symbol: string, clientOrderId: string): SimOrder | null {
    return this.orders.get(this.#orderByClient.get(`${symbol}|${clientOrderId}`) ?? -1) ?? null;
  }

  algoByClient(clientAlgoId: string): SimAlgo | null {
    return this.algos.get(this.#algoByClient.get(clientAlgoId) ?? -1) ?? null;
  }

  openOrders(symbol: string): SimOrder[] {
    return rows(this.#openOrders.get(symbol), this.orders);
  }

  openAlgos(symbol: string): SimAlgo[] {
    return rows(this.#openAlgos.get(symbol), this.algos);
  }

  symbolsWithOrders(): string[] {
    return [...this.#openOrders.keys()];
  }

  symbolsWithAlgos(): string[] {
    return [...this.#openAlgos.keys()];
  }

  watches(symbol: string): boolean {
    return this.positionsOf(symbol).length > 0 || this.#openOrders.has(symbol) || this.#openAlgos.has(symbol);
  }
}

/** Client ids may be used again after their order closed: a name means its newest bearer. */
function newest(names: Map<string, number>, name: string, id: number): void {
  if (id >= (names.get(name) ?? 0)) names.set(name, id);
}

/** Keeps a symbol's set of open ids, and no empty sets. */
function index(sets: Map<string, Set<number>>, symbol: string, id: number, open: boolean): void {
  const set = sets.get(symbol);
  if (open) {
    if (set === undefined) sets.set(symbol, new Set([id]));
    else set.add(id);
  } else if (set?.delete(id) && set.size === 0) sets.delete(symbol);
}

function rows<Row>(ids: ReadonlySet<number> | undefined, from: ReadonlyMap<number, Row>): Row[] {
  const found: Row[] = [];
  for (const id of ids ?? []) {
    const row = from.get(id);
    if (row !== undefined) found.push(row);
  }
  return found;
}

export const openState = (options: SimOptions): VenueState => new VenueState(options);
