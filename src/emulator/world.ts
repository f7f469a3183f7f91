// Emulator, the composition: market, account, clock, streams and doors put together. The only file that knows all of them.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { invariant } from '../core/units.ts';
import { type OpenedAccount, openAccount } from './account-file.ts';
import type { Credentials } from './auth.ts';
import { CallDoor, isCallPath } from './call-door.ts';
import { ClockSkew } from './clock-skew.ts';
import { ControlDoor } from './control-door.ts';
import { Desk } from './desk.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { FaultPlan } from './faults.ts';
import { FeedPublisher } from './feed-publisher.ts';
import { Hindsight } from './hindsight.ts';
import { Limits } from './limits.ts';
import { PATH_STEP_MS } from './market/source.ts';
import { type Agenda, MarketClock } from './market-clock.ts';
import { MarketView } from './market-view.ts';
import { NakedWatch } from './naked-watch.ts';
import { precisionOf } from './order-json.ts';
import { PriceScript } from './price-script.ts';
import { Publisher } from './publisher.ts';
import { ReadFaults } from './read-faults.ts';
import type { ExchangeRequest } from './request.ts';
import { RestDoor } from './rest-door.ts';
import type { Route } from './route.ts';
import { RouteRunner } from './route-runner.ts';
import { accountRoutes } from './routes-account.ts';
import { algoRoutes } from './routes-algo.ts';
import { batchRoutes } from './routes-batch.ts';
import { changeRoutes } from './routes-changes.ts';
import { fundingRoutes } from './routes-funding.ts';
import { klineRoutes } from './routes-klines.ts';
import { marketRoutes } from './routes-market.ts';
import { orderRoutes } from './routes-orders.ts';
import { riskRoutes } from './routes-risk.ts';
import { settingRoutes } from './routes-settings.ts';
import { tapeRoutes } from './routes-tape.ts';
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
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  start(): void;
  close(): void;
}

/** Market, account and clock: what the doors are built on. */
interface Ground {
  readonly account: OpenedAccount;
  /** Called at each full minute of market time. */
  readonly eachMinute: ((atMs: number) => void)[];
  readonly desk: Desk;
  readonly clock: MarketClock;
  readonly hub: StreamHub;
  readonly publisher: Publisher;
  readonly feeds: FeedPublisher;
  readonly naked: NakedWatch;
  readonly faults: FaultPlan;
  readonly hindsight: Hindsight;
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
  const hub = new StreamHub(options.source.contracts);
  const naked = new NakedWatch(systemWall.now, account.naked);
  const precision = (symbol: string): ReturnType<typeof precisionOf> => precisionOf(view.contract(view.numberOf(symbol) ?? 0));
  const userStream = new UserStream(account.accountId, precision, account.listenKey);
  const faults = new FaultPlan(options.seed, systemWall.now);
  const hindsight = new Hindsight();
  const publisher: Publisher = new Publisher({
    view,
    hub,
    seed: options.seed,
    finals: options.finals ?? 'late',
    speed: () => clock.speed,
  });
  const agenda: Agenda = {
    nextAfter: (atMs) =>
      Math.min(
        publisher.nextAfter(atMs),
        script.nextAfter(atMs),
        feeds.nextAfter(atMs),
        Math.max(atMs + 1, account.venue.nextDeadline()),
      ),
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
    seen: (event) => feeds.seen(event),
    changed: () => {
      saver.soon();
      hindsight.note(desk);
    },
  });
  const saver: Saver = new Saver({ store, account, script, desk, naked, now: () => clock.now() });
  const world = { hub, userStream, faults, marketNow: () => clock.now(), wallNow: systemWall.now, speed: () => clock.speed };
  const streams = new StreamDoor(world);
  const runEvent = (atMs: number): void => {
    if (account.venue.nextDeadline() <= atMs) desk.passTime(atMs);
    if (atMs % PATH_STEP_MS === 0 || script.isInstant(atMs)) desk.step(atMs);
    publisher.run(atMs);
    feeds.run(atMs);
    if (atMs % 60_000 !== 0) return;
    userStream.tick(atMs);
    streams.tick(atMs);
    for (const tick of eachMinute) tick(atMs);
  };
  const eachMinute: ((atMs: number) => void)[] = [];
  const feeds: FeedPublisher = new FeedPublisher({ desk, hub, speed: () => clock.speed });
  return { account, eachMinute, desk, clock, hub, publisher, feeds, naked, faults, hindsight, saver, streams };
}

function openDoors(options: ExchangeOptions, ground: Ground): World {
  const { account, desk, clock, publisher, feeds, naked, faults, hindsight, saver, streams } = ground;
  const { accountId, credentials } = account;
  const limits = new Limits();
  const failures = failureBook(options);
  const skew = new ClockSkew();
  const routes = [
    ...marketRoutes({ desk, serverNow: () => skew.seen(clock.now()) }),
    ...klineRoutes(desk, publisher),
    ...tapeRoutes(desk),
    ...fundingRoutes(desk),
    ...riskRoutes(desk),
    ...ownRoutes(desk, accountId),
  ];
  const save = (): void => saver.now();
  const reads = new ReadFaults({ faults, now: () => clock.now(), past: pastReader(ground) });
  const runner = new RouteRunner({ routes, clock, desk, limits, reads, save });
  const callers = { runner, credentials, clock, skew, limits, faults, onFailure: failures.add };
  const rest = new RestDoor(callers);
  const calls = new CallDoor(callers);
  ground.eachMinute.push((atMs) => calls.tick(atMs));
  const control = new ControlDoor({
    clock,
    desk,
    faults,
    naked,
    credentials,
    accountId,
    save,
    skew,
    hindsight,
    announce: (index) => feeds.announce(index),
    cutStreams: (prefix, refuseMs) => streams.cut(prefix, refuseMs) + calls.cut(prefix),
    usedWeight: () => limits.usedWeight(clock.now()),
    banAddress: (lengthMs) => limits.ban(clock.now(), lengthMs),
    failures: failures.read,
  });
  return {
    accountId,
    credentials,
    rest,
    control,
    upgrade: (request, socket, head) =>
      isCallPath(request.url ?? '/') ? calls.upgrade(request, socket, head) : streams.upgrade(request, socket, head),
    start: () => {
      saver.start(failures.add);
      clock.start();
    },
    close: () => {
      clock.stop();
      streams.close();
      calls.close();
      saver.close();
    },
  };
}

/** Routes of the account alone: what can be asked of its past as well. */
const ownRoutes = (desk: Desk, accountId: string): readonly Route[] => [
  ...accountRoutes(desk, accountId),
  ...settingRoutes(desk),
  ...orderRoutes(desk),
  ...changeRoutes(desk),
  ...batchRoutes(desk),
  ...algoRoutes(desk),
];

/** Answers a read from the account as it was; where nothing was kept, from the account as it is. */
function pastReader({ desk, hindsight, account }: Ground): (request: ExchangeRequest, agoMs: number) => unknown {
  return (request, agoMs) => {
    const venue = hindsight.at(desk, desk.now() - agoMs) ?? desk.venue;
    const route = ownRoutes(desk.over(venue), account.accountId).find(
      (one) => one.method === request.method && one.path === request.path,
    );
    invariant(route !== undefined, `${request.path} has no past`);
    return route.handle(request);
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
