// Emulator, streams: one WebSocket connection. It keeps the venue's manners: acknowledges whatever it is asked for,
// delivers only what exists on its root, drops those who talk too much, and ends after a day.
import type { WebSocket } from 'ws';
import type { FaultPlan } from './faults.ts';
import { invalid, METHODS, readControl, result, UNKNOWN_PROPERTY } from './stream-control.ts';
import type { Listener, StreamHub } from './stream-hub.ts';
import type { StreamRoot } from './stream-names.ts';
import type { UserStream } from './user-stream.ts';

const MAX_STREAMS = 1_024;
/** How many old frames a replay repeats. */
const REPLAYED = 5;
const MESSAGES_PER_SECOND = 10;
const PING_EVERY_MS = 3 * 60_000;
const PING_EVERY_WALL_MS = 1_000;
const PONG_WITHIN_MS = 10 * 60_000;
/** However fast the market runs, an answer needs this much of the wall's time. */
const PONG_WITHIN_WALL_MS = 10_000;
const LIFE_MS = 24 * 3_600_000;
/** A listener that reads nothing for so long would eat the machine's memory. */
const MAX_BUFFERED_BYTES = 64 * 1024 * 1024;

export interface SocketTarget {
  readonly root: StreamRoot;
  /** combined: {"stream","data"}; raw: the bare payload. */
  readonly framing: 'raw' | 'combined';
  readonly path: string;
}

export interface SocketWorld {
  readonly hub: StreamHub;
  readonly userStream: UserStream;
  readonly faults: FaultPlan;
  readonly marketNow: () => number;
  readonly wallNow: () => number;
  readonly speed: () => number;
}

export class StreamSocket implements Listener {
  readonly target: SocketTarget;
  readonly #socket: WebSocket;
  readonly #world: SocketWorld;
  readonly #names = new Set<string>();
  readonly #openedMs: number;
  #framing: 'raw' | 'combined';
  #heardFrom: number;
  #heardFromWall: number;
  #pingedMs: number;
  #pingedWallMs: number;
  /** Frames held back until another has gone first. */
  readonly #overtaken: string[] = [];
  /** The last frames, for a replay. */
  readonly #sent: string[] = [];
  #second = 0;
  #inSecond = 0;

  constructor(socket: WebSocket, target: SocketTarget, world: SocketWorld) {
    this.#socket = socket;
    this.target = target;
    this.#world = world;
    this.#framing = target.framing;
    this.#openedMs = world.marketNow();
    this.#heardFrom = this.#openedMs;
    this.#heardFromWall = world.wallNow();
    this.#pingedMs = this.#openedMs;
    this.#pingedWallMs = world.wallNow();
    socket.on('message', (data, isBinary) => this.#onMessage(isBinary ? '' : data.toString()));
    socket.on('ping', (data) => {
      this.#noteMessage();
      if (!this.#isHalfOpen()) socket.pong(data);
    });
    socket.on('pong', () => {
      this.#noteMessage();
    });
    // A reset by the peer ends the connection; nothing else is to be done about it here.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#leave());
  }

  deliver(stream: string, data: string): void {
    const fault = this.#world.faults.strike('frame', { path: this.target.path, symbol: symbolOf(stream) });
    if (fault?.switch === 'ws.silent' || fault?.switch === 'ws.half' || fault?.switch === 'ws.skip') return;
    const text = this.#framing === 'combined' ? `{"stream":"${stream}","data":${data}}` : data;
    if (fault?.switch === 'ws.reorder') {
      this.#overtaken.push(text);
      return;
    }
    if (fault?.switch === 'ws.delay') {
      setTimeout(() => this.#send(text), fault.value ?? 1_000).unref();
      return;
    }
    this.#send(fault?.switch === 'ws.bad' ? text.slice(0, text.length >> 1) : text);
    // What this frame has overtaken comes behind it, the newest first.
    for (const late of this.#overtaken.splice(0).reverse()) this.#send(late);
    if (fault?.switch === 'ws.dup') this.#send(text);
    if (fault?.switch === 'ws.replay') for (const old of this.#sent) this.#send(old);
    this.#sent.push(text);
    if (this.#sent.length > REPLAYED) this.#sent.shift();
  }

  subscribe(names: readonly string[]): void {
    const deaf = this.#world.faults.strike('socket', { path: this.target.path })?.switch === 'ws.ackSilent';
    for (const name of names) {
      this.#names.add(name);
      if (deaf) continue;
      if (this.target.root === 'private') this.#world.userStream.listen(this, name, null);
      else this.#world.hub.subscribe(this.target.root, name, this);
    }
  }

  /** A listenKey given in the URL, with its allow-list of events if there was one. */
  follow(listenKey: string, events: ReadonlySet<string> | null): void {
    this.#names.add(listenKey);
    this.#world.userStream.listen(this, listenKey, events);
  }

  /** Called as market time passes: pings, the pong's deadline and the end of life. */
  tick(nowMs: number): void {
    if (nowMs - this.#openedMs >= LIFE_MS) {
      this.#socket.close(1001, 'connection is 24 hours old');
      return;
    }
    const wallMs = this.#world.wallNow();
    if (nowMs - this.#pingedMs < PING_EVERY_MS || wallMs - this.#pingedWallMs < PING_EVERY_WALL_MS) return;
    const silentWallMs = wallMs - this.#heardFromWall;
    if (this.#pingedMs - this.#heardFrom > PONG_WITHIN_MS && silentWallMs > PONG_WITHIN_WALL_MS) {
      this.drop();
      return;
    }
    this.#pingedMs = nowMs;
    this.#pingedWallMs = wallMs;
    this.#socket.ping(String(nowMs));
  }

  drop(): void {
    this.#socket.terminate();
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.drop();
      return;
    }
    this.#socket.send(text);
  }

  #leave(): void {
    for (const name of this.#names) this.#world.hub.unsubscribe(name, this);
    this.#names.clear();
    this.#world.userStream.leave(this);
  }

  /** Ten messages a second, pings and pongs included; a faster market has shorter seconds. */
  #noteMessage(): void {
    this.#heardFrom = this.#world.marketNow();
    this.#heardFromWall = this.#world.wallNow();
    const second = Math.floor(this.#world.wallNow() / 1_000);
    this.#inSecond = second === this.#second ? this.#inSecond + 1 : 1;
    this.#second = second;
    if (this.#inSecond > MESSAGES_PER_SECOND * Math.max(1, this.#world.speed())) this.#socket.close(1008, 'Too many requests');
  }

  #onMessage(text: string): void {
    this.#noteMessage();
    if (this.#isHalfOpen()) return;
    const read = readControl(text);
    if (read.kind === 'refused') {
      this.#send(read.answer);
      return;
    }
    const { id, params, method } = read;
    const names = params.filter((name): name is string => typeof name === 'string');
    this.#send(this.#answer(method, names, { id, params }));
  }

  #isHalfOpen(): boolean {
    const { faults } = this.#world;
    return faults.armed().some((rule) => rule.switch === 'ws.half' && this.target.path.startsWith(rule.path ?? ''));
  }

  #answer(method: string, names: readonly string[], call: { readonly id: unknown; readonly params: readonly unknown[] }): string {
    switch (method) {
      case 'SUBSCRIBE':
        if (this.#names.size + names.length > MAX_STREAMS) return invalid('too many streams');
        this.subscribe(names);
        return result(null, call.id);
      case 'UNSUBSCRIBE':
        this.#unsubscribe(names);
        return result(null, call.id);
      case 'LIST_SUBSCRIPTIONS':
        return result([...this.#names], call.id);
      case 'SET_PROPERTY':
        return this.#setProperty(call);
      case 'GET_PROPERTY':
        return this.#getProperty(call);
      default:
        return invalid(`unknown variant \`${method}\`, expected one of ${METHODS.map((known) => `\`${known}\``).join(', ')}`);
    }
  }

  #unsubscribe(names: readonly string[]): void {
    for (const name of names) {
      this.#names.delete(name);
      this.#world.hub.unsubscribe(name, this);
      this.#world.userStream.unlisten(this, name);
    }
  }

  #getProperty(call: { readonly id: unknown; readonly params: readonly unknown[] }): string {
    const [name] = call.params;
    if (call.params.length > 1) return invalid('too many parameters');
    if (typeof name !== 'string') return invalid('property name must be a string');
    return name === 'combined' ? result(this.#framing === 'combined', call.id) : UNKNOWN_PROPERTY;
  }

  #setProperty(call: { readonly id: unknown; readonly params: readonly unknown[] }): string {
    const [name, value] = call.params;
    if (call.params.length > 2) return invalid('too many parameters');
    if (typeof name !== 'string') return invalid('property name must be a string');
    if (name !== 'combined') return UNKNOWN_PROPERTY;
    if (typeof value !== 'boolean') return '{"code":1,"msg":"Invalid value type: expected Boolean"}';
    this.#framing = value ? 'combined' : 'raw';
    return result(null, call.id);
  }
}

const symbolOf = (stream: string): string => stream.slice(0, Math.max(0, stream.indexOf('@')));
