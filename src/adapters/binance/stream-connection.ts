// Adapters, binance: one life of one socket. It subscribes politely, hands on parsed frames in order, answers a fence
// (ping and pong), and ends once, with the reason. Whether to begin again is the stream's business.
import { WebSocket } from 'ws';
import type { WallClock } from '../../ports/clock.ts';

/** The venue takes ≤ 10 messages a second from us, pongs included. */
const BATCH_NAMES = 200;
const BATCH_EVERY_MS = 250;
const OPEN_DEADLINE_MS = 10_000;
const FENCE_DEADLINE_MS = 5_000;
/** A subscription that stays deaf is asked for again this often; a contract without trades may rightly be silent. */
const ASK_AGAIN_TIMES = 3;

export interface ConnectionEvents {
  readonly onOpen: () => void;
  /** The venue acknowledged every subscription: no proof that data will come. */
  readonly onSubscribed: () => void;
  readonly onFrame: (payload: unknown) => void;
  readonly onUnreadable: (reason: string) => void;
  /** Streams of this connection that were acknowledged and have delivered nothing; they are being subscribed again. */
  readonly onUnheard?: (names: readonly string[]) => void;
  readonly onEnd: (reason: string) => void;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly names: readonly string[];
  readonly wall: WallClock;
  /** How long each single stream may take to its first frame; absent or null = it may be silent for ever. */
  readonly firstFrameMs?: number | null;
  readonly events: ConnectionEvents;
}

export class StreamConnection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  readonly #fences = new Map<string, () => void>();
  readonly #timers: (() => void)[] = [];
  #nextFence = 1;
  #unacknowledged = 0;
  readonly #unheard: Set<string>;
  #askedAgain = 0;
  #ended = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#unheard = new Set(options.names);
    this.#socket = new WebSocket(options.url, { perMessageDeflate: false, followRedirects: false });
    this.#timers.push(options.wall.after(OPEN_DEADLINE_MS, () => this.#openDeadline()));
    this.#socket.on('open', () => this.#opened());
    this.#socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    this.#socket.on('pong', (data) => this.#pong(data.toString()));
    this.#socket.on('close', (code) => this.end(`closed (${code})`));
    // ws errors carry the URL, and a private URL carries the listenKey: only the system's word goes on.
    this.#socket.on('error', (error) => this.end(`failed (${'code' in error ? String(error.code) : error.name})`));
  }

  /** Resolves when everything sent before the venue saw our ping has been handed on; at once if nothing can come. */
  fence(): Promise<'passed' | 'lost'> {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN) return Promise.resolve('lost');
    const name = `fence-${this.#nextFence++}`;
    return new Promise((resolve) => {
      const cancel = this.#options.wall.after(FENCE_DEADLINE_MS, () => this.#settleFence(name, () => resolve('lost')));
      this.#fences.set(name, () => {
        cancel();
        resolve(this.#ended ? 'lost' : 'passed');
      });
      this.#socket.ping(name);
    });
  }

  end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const cancel of this.#timers) cancel();
    for (const settle of [...this.#fences.values()]) settle();
    this.#fences.clear();
    this.#socket.terminate();
    this.#options.events.onEnd(reason);
  }

  #settleFence(name: string, settle: () => void): void {
    this.#fences.delete(name);
    settle();
  }

  #openDeadline(): void {
    if (this.#socket.readyState === WebSocket.CONNECTING) this.end('no handshake');
  }

  #opened(): void {
    if (this.#ended) return;
    this.#options.events.onOpen();
    const batches = batchesOf(this.#options.names);
    this.#unacknowledged = batches.length;
    if (batches.length === 0) this.#options.events.onSubscribed();
    batches.forEach((params, i) => {
      if (i === 0) this.#subscribe(params, i + 1);
      else this.#timers.push(this.#options.wall.after(i * BATCH_EVERY_MS, () => this.#subscribe(params, i + 1)));
    });
  }

  #subscribe(params: readonly string[], id: number): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ method: 'SUBSCRIBE', params, id }));
  }

  #pong(name: string): void {
    const settle = this.#fences.get(name);
    if (settle !== undefined) this.#settleFence(name, settle);
  }

  #message(data: unknown, isBinary: boolean): void {
    if (this.#ended) return;
    const reading = readFrame(data, isBinary);
    switch (reading.kind) {
      case 'payload':
        if (reading.stream !== null) this.#unheard.delete(reading.stream);
        this.#options.events.onFrame(reading.payload);
        return;
      case 'acknowledged':
        this.#acknowledged();
        return;
      case 'refused':
        this.end(`subscription refused (${reading.code})`);
        return;
      case 'unreadable':
        this.#options.events.onUnreadable(reading.reason);
        return;
    }
  }

  #acknowledged(): void {
    this.#unacknowledged -= 1;
    if (this.#unacknowledged !== 0) return;
    this.#options.events.onSubscribed();
    this.#awaitFirstFrames();
  }

  #awaitFirstFrames(): void {
    const { firstFrameMs, wall } = this.#options;
    if (typeof firstFrameMs === 'number') this.#timers.push(wall.after(firstFrameMs, () => this.#askAgain()));
  }

  /** An acknowledgement proves nothing for a single stream either: what was never heard is subscribed once more. */
  #askAgain(): void {
    if (this.#ended || this.#unheard.size === 0) return;
    this.#options.events.onUnheard?.([...this.#unheard]);
    if (this.#askedAgain >= ASK_AGAIN_TIMES) return;
    this.#askedAgain += 1;
    batchesOf([...this.#unheard]).forEach((params, i) => {
      this.#timers.push(this.#options.wall.after(i * BATCH_EVERY_MS, () => this.#subscribe(params, this.#askedAgain * 100 + i)));
    });
    this.#awaitFirstFrames();
  }
}

function batchesOf(names: readonly string[]): readonly (readonly string[])[] {
  const batches: (readonly string[])[] = [];
  for (let i = 0; i < names.length; i += BATCH_NAMES) batches.push(names.slice(i, i + BATCH_NAMES));
  return batches;
}

type Reading =
  | { readonly kind: 'payload'; readonly payload: unknown; readonly stream: string | null }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Combined frames are unwrapped; bare ones are their own payload. Control replies carry no event name. */
function readFrame(data: unknown, isBinary: boolean): Reading {
  if (isBinary || !Buffer.isBuffer(data)) return { kind: 'unreadable', reason: 'binary frame' };
  const frame = parseFrame(data);
  if (typeof frame !== 'object' || frame === null) return { kind: 'unreadable', reason: 'broken JSON' };
  if ('data' in frame && 'stream' in frame) return { kind: 'payload', payload: frame.data, stream: String(frame.stream) };
  if ('id' in frame && 'result' in frame) return { kind: 'acknowledged' };
  if ('code' in frame && 'msg' in frame) return { kind: 'refused', code: String(frame.code) };
  if ('error' in frame) return { kind: 'refused', code: 'error' };
  return { kind: 'payload', payload: frame, stream: null };
}

/** undefined stands for "no JSON", which no JSON text parses to. */
function parseFrame(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
