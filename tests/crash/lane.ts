// Crash: one exchange and the bots that are killed on it, one after the other. Everything runs at 1×; only while no bot lives is the market's
// clock moved on, to shortly before the next minute in which the strategy will speak.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, endProduct, type RunningExchange, startExchange } from '../soak/processes.ts';
import { VenueDoor } from '../soak/venue-door.ts';
import { FAULT_PLAN } from './fault-plan.ts';
import { dangling, inTheMaking } from './journal-look.ts';
import { Life, type LifeSpan } from './life.ts';
import { Luck, type Moment } from './moments.ts';

export const START_BALANCE = '10000';
const BOOT_WITHIN_MS = 60_000;
/** A minute is decided about 2.6 s after its close; later than this nothing comes of it. */
const DECIDED_WITHIN_MS = 7_000;
/** Losses in a row close the door for thirty bars. */
const COOLED_DOWN_MS = 32 * 60_000;
/** Gates loose enough for positions to be opened in an invented market, and limits that a hundred kills do not use up. */
export const SETTINGS = {
  MIN_QUOTE_VOLUME_24H: '0',
  COST_GATE_R: '0.4',
  CLUSTER_MINUTES: '0',
  DAILY_LOSS_LIMIT_PCT: '100',
  MAX_SPREAD_BPS: '1000',
  RISK_PER_TRADE_PCT: '0.3',
  LOG_LEVEL: 'warn',
};

export interface Kill {
  readonly moment: Moment;
  /** Market time. */
  readonly atMs: number;
  /** What the bot had said by then. */
  readonly said: readonly string[];
  /** Contracts with a position at that instant, and those whose trade was between intent and position. */
  readonly open: readonly string[];
  readonly making: readonly string[];
  /** What the database and the exchange said against each other when the life had been ready. */
  readonly faults: readonly string[];
}

export interface LaneRun {
  readonly kills: readonly Kill[];
  readonly lives: readonly LifeSpan[];
  readonly hits: Readonly<Record<string, number>>;
}

export interface LaneOptions {
  readonly folder: string;
  readonly market: { readonly symbols: number; readonly seed: number; readonly fromMs: number };
  readonly closesMs: readonly number[];
  readonly kills: number;
  /** By `performance.now()`: no kill is begun after it. */
  readonly untilMs: number;
  readonly luck: number;
  readonly onKill: (kill: Kill) => void;
}

interface Held {
  readonly symbol: string;
  readonly signedQty: string;
}

interface State {
  readonly clock: { readonly nowMs: number };
  readonly positions: readonly Held[];
  readonly openAlgoOrders: readonly { readonly symbol: string; readonly orderType: string; readonly triggerPrice: string }[];
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #luck: Luck;
  readonly #kills: Kill[] = [];
  readonly #lives: LifeSpan[] = [];
  readonly environment: Environment;
  readonly database: string;
  #exchange: RunningExchange | null = null;
  #bootMs = 4_000;
  /** What came of the last life that waited for a signal. */
  #lastWait: 'opened' | 'refused' | 'silence' = 'silence';

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#luck = new Luck(options.luck);
    const at = (name: string): string => join(options.folder, name);
    for (const name of ['data', 'ml', 'exchange']) mkdirSync(at(name), { recursive: true });
    this.environment = { DATA_DIR: at('data'), ML_LOG_DIR: at('ml'), ...SETTINGS };
    this.database = join(at('data'), 'perpscout-sim.sqlite');
  }

  async open(): Promise<VenueDoor> {
    const { symbols, seed, fromMs } = this.#options.market;
    const market = [
      '--symbols',
      String(symbols),
      '--seed',
      String(seed),
      '--from',
      new Date(fromMs).toISOString(),
      '--speed',
      '1',
    ];
    const environment = { DATA_DIR: join(this.#options.folder, 'exchange'), LOG_LEVEL: 'warn' };
    this.#exchange = await startExchange([...market, '--balance', START_BALANCE], environment);
    return this.door;
  }

  get exchange(): RunningExchange {
    if (this.#exchange === null) throw new Error('the exchange of this lane was not started');
    return this.#exchange;
  }

  get door(): VenueDoor {
    return new VenueDoor(this.exchange.rest, this.exchange);
  }

  async close(): Promise<void> {
    if (this.#exchange !== null) await endProduct(this.#exchange, 20_000);
  }

  async run(): Promise<LaneRun> {
    await this.door.control('faults', FAULT_PLAN);
    while (this.#kills.length < this.#options.kills && performance.now() < this.#options.untilMs) {
      const kill = await this.#once();
      this.#kills.push(kill);
      this.#options.onKill(kill);
    }
    const { hits } = await this.door.control<{ hits: Record<string, number> }>('faults');
    await this.door.control('faults', { clear: true });
    return { kills: this.#kills, lives: this.#lives, hits };
  }

  state(): Promise<State> {
    return this.door.control<State>('state');
  }

  async stepTo(targetMs: number): Promise<void> {
    for (;;) {
      const { clock } = await this.state();
      if (clock.nowMs >= targetMs) return;
      await this.door.control('clock', { stepMs: Math.min(targetMs - clock.nowMs, 3_600_000) });
    }
  }

  live(): Life {
    return new Life(this.exchange.rest, this.environment);
  }

  note(span: LifeSpan): void {
    this.#lives.push(span);
  }

  async #once(): Promise<Kill> {
    const before = await this.state();
    const moment = this.#luck.moment(before.positions.length);
    const closeMs = moment === 'opening' ? await this.#approach(before.clock.nowMs) : null;
    const { clock } = await this.state();
    const life = this.live();
    try {
      await this.#untilMoment(life, moment, closeMs);
      return await this.#kill(life, moment, clock.nowMs);
    } catch (error) {
      await life.kill();
      throw error;
    }
  }

  async #kill(life: Life, moment: Moment, fromMs: number): Promise<Kill> {
    await life.kill();
    const { clock, positions } = await this.state();
    this.note({ fromMs, toMs: clock.nowMs, readyAfterMs: life.readyAfterMs });
    // A machine that has become slow is believed at once, a fast one only by and by.
    if (life.readyAfterMs !== null) this.#bootMs = Math.max(life.readyAfterMs, 0.7 * this.#bootMs + 0.3 * life.readyAfterMs);
    const open = positions.map(({ symbol }) => symbol);
    const known = existsSync(this.database);
    const making = known ? inTheMaking(this.database).filter((symbol) => !open.includes(symbol)) : [];
    const faults = known && life.readyAfterMs !== null ? dangling(this.database, open) : [];
    return { moment, atMs: clock.nowMs, said: life.said(), open, making, faults };
  }

  /** Moves the market on, while nobody lives, to where a bot that is started now is ready before the minute closes. */
  async #approach(nowMs: number): Promise<number | null> {
    const leadMs = this.#bootMs * 1.4 + 1_500;
    const earliestMs = nowMs + leadMs + (this.#lastWait === 'refused' ? COOLED_DOWN_MS : 0);
    const closeMs = this.#options.closesMs.find((close) => close >= earliestMs);
    if (closeMs === undefined) return null;
    await this.stepTo(closeMs - leadMs);
    return closeMs;
  }

  async #untilMoment(life: Life, moment: Moment, closeMs: number | null): Promise<void> {
    switch (moment) {
      case 'boot':
        await sleep(this.#luck.between(150, this.#bootMs * 1.2));
        return;
      case 'opening':
        await this.#untilOpening(life, closeMs);
        return;
      case 'holding':
        await life.says('ready', BOOT_WITHIN_MS);
        await sleep(this.#luck.between(0, 2_500));
        return;
      case 'closing':
        await life.says('ready', BOOT_WITHIN_MS);
        await this.#pushOut();
        await sleep(this.#luck.between(0, 1_500));
        return;
    }
  }

  /** From the moment the minute is decided to a second and a half later: intent, settings, entry, fill, stop, target. */
  async #untilOpening(life: Life, closeMs: number | null): Promise<void> {
    await life.says('ready', BOOT_WITHIN_MS);
    if (closeMs === null) return;
    const { clock } = await this.state();
    const signalled = await life.says('signal', closeMs + DECIDED_WITHIN_MS - clock.nowMs);
    await sleep(this.#luck.between(0, signalled ? 1_500 : 200));
    this.#lastWait = signalled ? (life.has('opened') ? 'opened' : 'refused') : 'silence';
  }

  /** A scripted price through the stop or the target of one position. */
  async #pushOut(): Promise<void> {
    const { positions, openAlgoOrders } = await this.state();
    const symbol = this.#luck.pick(positions)?.symbol;
    const order = this.#luck.pick(openAlgoOrders.filter((algo) => algo.symbol === symbol));
    const held = positions.find((position) => position.symbol === symbol);
    if (symbol === undefined || order === undefined || held === undefined) return;
    const long = Number(held.signedQty) > 0;
    const down = order.orderType === 'STOP_MARKET' ? long : !long;
    const price = Number(order.triggerPrice) * (down ? 0.998 : 1.002);
    await this.door.control('price', { symbol, path: [{ ms: 0, price }] });
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
