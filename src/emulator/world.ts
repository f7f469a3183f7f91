// Emulator, the composition: market, account, clock, streams and doors put together. The only file that knows all of them.

import { type OpenedAccount, openAccount } from './account-file.ts';
import type { Credentials } from './auth.ts';
import { ControlDoor } from './control-door.ts';
import { Desk } from './desk.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { FaultPlan } from './faults.ts';
import { Limits } from './limits.ts';
import { PATH_STEP_MS } from './market/source.ts';
import { type Agenda, MarketClock } from './market-clock.ts';
import { MarketView } from './market-view.ts';
import { NakedWatch } from './naked-watch.ts';
import { precisionOf } from './order-json.ts';
import { PriceScript } from './price-script.ts';
import { Publisher } from './publisher.ts';
import { RestDoor } from './rest-door.ts';
import { accountRoutes } from './routes-account.ts';
import { algoRoutes } from './routes-algo.ts';
import { marketRoutes } from './routes-market.ts';
import { orderRoutes } from './routes-orders.ts';
import { Saver } from './saver.ts';
import { StateStore } from './state-store.ts';
import { StreamDoor } from './stream-door.ts';
import { StreamHub } from './stream-hub.ts';
import { UserStream } from './user-stream.ts';
import { systemWall } from './wall-time.ts';

export interface World {
  readonly accountId: string;
  readonly credentials: Credentials;
  readonly rest: RestDoor;
  readonly control: ControlDoor;
  readonly streams: StreamDoor;
  start(): void;
  close(): void;
}

/** Market, account and clock: what the doors are built on. */
interface Ground {
  readonly account: OpenedAccount;
  readonly script: PriceScript;
  readonly desk: Desk;
  readonly clock: MarketClock;
  readonly hub: StreamHub;
  readonly publisher: Publisher;
  readonly naked: NakedWatch;
  readonly faults: FaultPlan;
  readonly saver: Saver;
  readonly streams: StreamDoor;
}

export function openWorld(options: ExchangeOptions): World {
  const store = options.dataDir === null ? null : new StateStore(options.dataDir);
  try {
    return openDoors(options, layGround(options, store));
  } catch (cause) {
    store?.close();
    throw cause;
  }
}

function layGround(options: ExchangeOptions, store: StateStore | null): Ground {
  const account = openAccount(options, store);
  const script = new PriceScript(account.scripts);
  const view = new MarketView(options.source, script);
  const hub = new StreamHub(options.source.contracts.map((contract) => contract.symbol));
  const naked = new NakedWatch(systemWall.now, account.naked);
  const precision = (symbol: string): ReturnType<typeof precisionOf> => precisionOf(view.contract(view.numberOf(symbol) ?? 0));
  const userStream = new UserStream(account.accountId, precision, account.listenKey);
  const faults = new FaultPlan(options.seed, systemWall.now);
  const publisher: Publisher = new Publisher({
    view,
    hub,
    seed: options.seed,
    finals: options.finals ?? 'late',
    speed: () => clock.speed,
  });
  const agenda: Agenda = {
    nextAfter: (atMs) => Math.min(publisher.nextAfter(atMs), script.nextAfter(atMs)),
    run: (atMs) => runEvent(atMs),
  };
  const { speed, begin = 'running' } = options;
  const clock = new MarketClock(agenda, systemWall, { fromMs: account.nowMs, endMs: options.source.endMs, speed, begin });
  const desk = new Desk({
    venue: account.venue,
    view,
    userStream,
    naked,
    now: () => clock.now(),
    stirred: () => clock.stirred(),
    changed: () => saver.soon(),
  });
  const saver: Saver = new Saver({ store, account, script, desk, naked, now: () => clock.now() });
  const world = { hub, userStream, faults, marketNow: () => clock.now(), wallNow: systemWall.now, speed: () => clock.speed };
  const streams = new StreamDoor(world);
  const runEvent = (atMs: number): void => {
    if (atMs % PATH_STEP_MS === 0 || script.isInstant(atMs)) desk.step(atMs);
    publisher.run(atMs);
    if (atMs % 60_000 !== 0) return;
    userStream.tick(atMs);
    streams.tick(atMs);
  };
  return { account, script, desk, clock, hub, publisher, naked, faults, saver, streams };
}

function openDoors(options: ExchangeOptions, ground: Ground): World {
  const { account, desk, clock, publisher, naked, faults, saver, streams } = ground;
  const { accountId, credentials } = account;
  const limits = new Limits();
  const failures = failureBook(options);
  const routes = [...marketRoutes(desk, publisher), ...accountRoutes(desk, accountId), ...orderRoutes(desk), ...algoRoutes(desk)];
  const save = (): void => saver.now();
  const rest = new RestDoor({ routes, credentials, clock, desk, limits, faults, save, onFailure: failures.add });
  const control = new ControlDoor({
    clock,
    desk,
    faults,
    naked,
    credentials,
    accountId,
    save,
    cutStreams: (prefix, refuseMs) => streams.cut(prefix, refuseMs),
    banAddress: (lengthMs) => limits.ban(clock.now(), lengthMs),
    failures: failures.read,
  });
  return {
    accountId,
    credentials,
    rest,
    control,
    streams,
    start: () => {
      saver.start(failures.add);
      clock.start();
    },
    close: () => {
      clock.stop();
      streams.close();
      saver.close();
    },
  };
}

function failureBook(options: ExchangeOptions): {
  add: (error: unknown) => void;
  read: () => { count: number; last: string | null };
} {
  let count = 0;
  let last: string | null = null;
  return {
    add: (error) => {
      count += 1;
      last = error instanceof Error ? (error.stack ?? error.message) : String(error);
      options.onFailure?.(error);
    },
    read: () => ({ count, last }),
  };
}
