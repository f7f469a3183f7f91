// Test support: a running exchange with a client of its own. The signer here is written from the venue's text and shares
// nothing with the bot's.
import { createHmac } from 'node:crypto';
import { WebSocket } from 'ws';
import { type ExchangeOptions, type RunningExchange, startExchange } from '../../src/emulator/exchange.ts';
import { aSource } from './a-source.ts';

export type Json = Record<string, unknown>;
export type Fields = Readonly<Record<string, string | number | boolean>>;

export interface Answered {
  readonly status: number;
  readonly body: Json & unknown[];
  readonly headers: Headers;
}

export class TestBot {
  readonly exchange: RunningExchange;
  readonly #sockets: WebSocket[] = [];

  constructor(exchange: RunningExchange) {
    this.exchange = exchange;
  }

  async open(method: string, path: string, fields: Fields = {}): Promise<Answered> {
    return this.#send(method, `${path}?${encode(fields)}`, {});
  }

  /** Signed, stamped with the exchange's own time. */
  async signed(method: string, path: string, fields: Fields = {}, signal?: AbortSignal): Promise<Answered> {
    const stamp = await this.marketNow();
    const query = encode({ ...fields, timestamp: stamp });
    const signature = createHmac('sha256', this.exchange.apiSecret).update(query).digest('hex');
    return this.#send(method, `${path}?${query}&signature=${signature}`, signal === undefined ? {} : { signal });
  }

  async control(path: string, body?: unknown): Promise<Json> {
    const answer = await this.controlRaw(path, body);
    if (answer.status !== 200) throw new Error(`control ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async controlRaw(path: string, body?: unknown): Promise<Answered> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.exchange.restUrl}/__exchange${path}`, init);
    return { status: response.status, body: JSON.parse(await response.text()), headers: response.headers };
  }

  async marketNow(): Promise<number> {
    return (await this.control('/clock'))['nowMs'] as number;
  }

  async step(stepMs: number): Promise<void> {
    await this.control('/clock', { stepMs });
  }

  async stream(path: string): Promise<Listening> {
    const socket = new WebSocket(`${this.exchange.wsUrl}${path}`);
    this.#sockets.push(socket);
    const listening = new Listening(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return listening;
  }

  /** The user stream on a fresh listenKey. */
  async userStream(): Promise<Listening> {
    const { body } = await this.#send('POST', '/fapi/v1/listenKey', {});
    return this.stream(`/private/ws/${String(body['listenKey'])}`);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.exchange.close();
  }

  async #send(method: string, target: string, init: RequestInit): Promise<Answered> {
    const response = await fetch(`${this.exchange.restUrl}${target}`, {
      ...init,
      method,
      headers: { 'X-MBX-APIKEY': this.exchange.apiKey },
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : { text },
      headers: response.headers,
    };
  }
}

/** A socket that keeps what it heard. */
export class Listening {
  readonly socket: WebSocket;
  readonly heard: Json[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.heard.push(JSON.parse(data.toString())));
  }

  async ask(message: unknown): Promise<Json> {
    const before = this.heard.length;
    this.socket.send(JSON.stringify(message));
    await this.fence();
    return this.heard[before] ?? {};
  }

  /** Everything written before this moment has been heard: the pong comes last. */
  async fence(): Promise<void> {
    const answered = new Promise((resolve) => this.socket.once('pong', resolve));
    this.socket.ping();
    await answered;
  }
}

export const encode = (fields: Fields): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');

/** Paused, so that only steps move its time, unless told otherwise. */
export async function anExchange(options: Partial<ExchangeOptions> = {}): Promise<TestBot> {
  const exchange = await startExchange({
    port: 0,
    source: aSource(),
    seed: 1,
    speed: 1,
    fromMs: null,
    balanceUsdt: '10000',
    dataDir: null,
    start: 'resume',
    begin: 'paused',
    ...options,
  });
  return new TestBot(exchange);
}
