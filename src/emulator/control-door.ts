// Emulator, the control door: what only this exchange has (contract.md §5). It shows everything, holds the clock, scripts
// prices, and makes things go wrong. Loopback only; requests here never hold the clock.

import { epochMs } from '../core/units.ts';
import type { Credentials } from './auth.ts';
import type { ClockSkew } from './clock-skew.ts';
import { actFrom } from './control-acts.ts';
import { faultsFrom, type PostedFault } from './control-faults.ts';
import { type Fields, numberField, objectsFrom, optionalNumber, textField } from './control-fields.ts';
import type { Desk } from './desk.ts';
import type { FaultPlan, FaultRule } from './faults.ts';
import type { Hindsight } from './hindsight.ts';
import type { MarketClock } from './market-clock.ts';
import type { NakedWatch } from './naked-watch.ts';
import { granted } from './routes-account.ts';
import { symbolNumber } from './symbol-number.ts';
import { VenueRefusal } from './venue-error.ts';

export interface ControlOptions {
  readonly clock: MarketClock;
  readonly desk: Desk;
  readonly faults: FaultPlan;
  readonly naked: NakedWatch;
  readonly credentials: Credentials;
  readonly accountId: string;
  readonly save: () => void;
  /** Closes matching sockets and refuses new ones for so long; says how many. */
  readonly cutStreams: (pathPrefix: string, refuseMs: number) => number;
  readonly banAddress: (lengthMs: number) => void;
  /** Request weight used in the running minute. */
  readonly usedWeight: () => number;
  readonly skew: ClockSkew;
  readonly hindsight: Hindsight;
  /** Tells the listeners of !contractInfo that a contract changed. */
  readonly announce: (index: number) => void;
  readonly failures: () => { readonly count: number; readonly last: string | null };
}

/** What looking around costs a bot before it attaches; more was used by somebody else. */
const LOOKING_AROUND = 50;

/** Acts that change a contract's own data. */
const CONTRACT_ACTS: ReadonlySet<string> = new Set(['halt', 'resume', 'delist', 'settle', 'tick']);

export class ControlDoor {
  readonly #options: ControlOptions;

  constructor(options: ControlOptions) {
    this.#options = options;
  }

  /** Answers a value to be written as JSON; a wrong body is a VenueRefusal that says what is right. */
  async answer(method: string, path: string, body: string): Promise<unknown> {
    switch (`${method} ${path}`) {
      case 'GET /__exchange/state':
        return this.#state();
      case 'GET /__exchange/clock':
        return this.#options.clock.state();
      case 'POST /__exchange/clock':
        return this.#clock(objectsFrom(body));
      case 'GET /__exchange/ledger':
        return this.#options.desk.venue.ledger();
      case 'GET /__exchange/naked':
        return { intervals: this.#options.naked.spans(this.#options.clock.now()) };
      case 'GET /__exchange/faults':
        return { hits: this.#options.faults.hits(), armed: this.#options.faults.armed() };
      case 'POST /__exchange/faults':
        return this.#faults(body);
      case 'POST /__exchange/price':
        return this.#price(objectsFrom(body));
      case 'POST /__exchange/act':
        return this.#act(objectsFrom(body));
      default:
        throw new VenueRefusal(-5000, `the control door has no ${method} ${path}`, { httpStatus: 404 });
    }
  }

  #state(): Record<string, unknown> {
    const { clock, desk, credentials, accountId, failures } = this.#options;
    const contracts = desk.view.source.contracts;
    const atMs = clock.now();
    return {
      clock: clock.state(),
      accountId,
      apiKey: credentials.apiKey,
      apiSecret: credentials.apiSecret,
      source: { kind: desk.view.source.kind, endMs: Number.isFinite(desk.view.source.endMs) ? desk.view.source.endMs : null },
      symbols: contracts.filter((_, index) => desk.view.listed(index, atMs)).map((contract) => contract.symbol),
      balance: desk.venue.balances(),
      totals: desk.venue.accountTotals(),
      positions: desk.venue.positions().filter((position) => Number(position.signedQty) !== 0),
      openOrders: desk.venue.openOrders(),
      openAlgoOrders: desk.venue.openAlgos(),
      failures: failures(),
    };
  }

  /** One body may hold several wishes; they are done in this order, and the state afterwards is the answer. */
  async #clock(fields: Fields): Promise<unknown> {
    const { clock } = this.#options;
    const speed = optionalNumber(fields, 'speed');
    if (speed !== null) {
      if (!(speed > 0 && speed <= 100_000)) throw new VenueRefusal(-1130, 'speed must be above 0 and at most 100000');
      clock.setSpeed(speed);
    }
    if (typeof fields['pause'] === 'boolean') clock.setPause(fields['pause'] ? 'paused' : 'running');
    if (fields['attach'] === true) this.#attach();
    if (fields['attach'] === false) clock.detach();
    const acknowledged = optionalNumber(fields, 'ack');
    if (acknowledged !== null) clock.acknowledge(acknowledged);
    const stepMs = optionalNumber(fields, 'stepMs');
    if (stepMs !== null) await clock.step(stepMs);
    const awaited = optionalNumber(fields, 'await');
    const met = awaited === null ? null : await clock.awaitBar(awaited);
    // The hold that the caller waited for and the clock's own hold reason are two things: the first has the plain name.
    const { held, ...state } = clock.state();
    return { ...state, heldBy: held, held: met === null ? held !== null : met.held, at: met === null ? state.nowMs : met.at };
  }

  /**
   * A bot that comes back within the minute in which its predecessor spent the weight would wait for the next minute, and the
   * held clock for the bot: so that minute is let turn first, as after a 429, and the hold for the bot's start begins there.
   */
  #attach(): void {
    const { clock, usedWeight } = this.#options;
    clock.attach();
    if (usedWeight() > LOOKING_AROUND) clock.letMinuteTurn();
  }

  #faults(body: string): unknown {
    const plan = faultsFrom(body);
    const { faults, skew, hindsight } = this.#options;
    if (plan.kind === 'clear') {
      faults.clear();
      skew.clear();
      hindsight.forget();
    } else for (const step of plan.steps) this.#begin(step);
    return { hits: this.#options.faults.hits(), armed: this.#options.faults.armed() };
  }

  #begin(step: PostedFault): void {
    if (step.kind === 'rule') {
      this.#arm(step.rule);
      return;
    }
    this.#act(step.fields);
    this.#options.faults.count(step.switch);
  }

  /** Some switches act at once instead of waiting for somebody to run into them. */
  #arm(rule: FaultRule): void {
    const { faults, cutStreams, desk, save, skew, hindsight } = this.#options;
    if (rule.switch === 'clk.jump' || rule.switch === 'clk.drift') {
      if (rule.switch === 'clk.jump') skew.jump(rule.value ?? 1_000);
      else skew.drift(rule.value ?? 100, desk.now());
      faults.count(rule.switch);
      return;
    }
    if (rule.switch === 'q.stale' || rule.switch === 'pos.lag') hindsight.follow(desk);
    if (rule.switch === 'ws.drop') {
      const cut = cutStreams(rule.path ?? '', rule.durationMs ?? 0);
      for (let i = 0; i < cut; i++) faults.count('ws.drop');
      return;
    }
    if (rule.switch === 'key.expire') {
      desk.userStream.expire(desk.now());
      faults.count('key.expire');
      save();
      return;
    }
    faults.arm(rule);
  }

  #price(fields: Fields): unknown {
    const { desk, save, clock } = this.#options;
    const index = symbolNumber(desk, textField(fields, 'symbol'));
    const nowMs = clock.fixNow();
    const path = fields['path'];
    if (!Array.isArray(path) || path.length === 0) throw new VenueRefusal(-1130, 'path must be a list of {"ms","price"}');
    const points = path.map((point) => ({
      atMs: nowMs + Math.round(numberField(point, 'ms')),
      price: numberField(point, 'price'),
    }));
    const rising = points.every((point, i) => point.price > 0 && point.atMs >= (points[i - 1]?.atMs ?? nowMs - 1) + 1);
    if (!rising) throw new VenueRefusal(-1130, 'path needs rising ms from 0 on and prices above 0');
    desk.view.scriptPath(index, points);
    if (points[0]?.atMs === nowMs) desk.reprice(index);
    save();
    clock.rearm();
    return {
      symbol: desk.view.contract(index).symbol,
      fromMs: points[0]?.atMs,
      toMs: points.at(-1)?.atMs,
      last: desk.view.last(index, nowMs),
    };
  }

  #act(fields: Fields): unknown {
    const { desk, save } = this.#options;
    if (this.#doorAct(fields)) return { done: fields['act'], at: desk.now() };
    const act = actFrom(fields, desk);
    const index = 'symbol' in act ? desk.view.numberOf(act.symbol) : null;
    if (index !== null) desk.price(index);
    granted(desk.venue.act(act, epochMs(desk.now())));
    desk.flush();
    save();
    if (index !== null && CONTRACT_ACTS.has(act.act)) this.#options.announce(index);
    return { done: act.act, at: desk.now() };
  }

  /** Acts that are the door's own; false for any other. */
  #doorAct(fields: Fields): boolean {
    const { desk, faults, banAddress, save } = this.#options;
    switch (fields['act']) {
      case 'ban':
        banAddress(optionalNumber(fields, 'durationMs') ?? 120_000);
        return true;
      case 'outage': {
        const durationMs = optionalNumber(fields, 'durationMs') ?? 10_000;
        faults.arm({ switch: 'res.503f', durationMs });
        this.#arm({ switch: 'ws.drop', durationMs });
        return true;
      }
      case 'gteLag':
        desk.venue.setPositionLag(numberField(fields, 'lagMs'));
        save();
        return true;
      default:
        return false;
    }
  }
}
