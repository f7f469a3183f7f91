// A Discord of our own on 127.0.0.1: REST and gateway, strict about every documented limit, able to fail in every documented
// way, and with a hand that presses buttons. Nothing of it comes from the bot's adapter.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FakeGateway } from './fake-discord-gateway.ts';
import { interactionJson, type Press } from './fake-discord-interactions.ts';
import { isJson, type Json } from './fake-discord-limits.ts';
import { type Answer, FakeRoutes } from './fake-discord-routes.ts';
import { FakeStore, type StoredFile, type StoredInteraction, type StoredMessage } from './fake-discord-store.ts';

export interface Fault {
  /** Found in "METHOD /path". */
  readonly on: string;
  /** dropBefore: not carried out · dropAfter: carried out, answer lost · slow: late by `value` ms · status: answers `value` · rate: 429, `value` seconds. */
  readonly act: 'dropBefore' | 'dropAfter' | 'slow' | 'status' | 'rate';
  readonly value?: number;
  /** How often; default 1. */
  count?: number;
}

export interface FakeDiscordOptions {
  readonly token?: string;
  readonly now?: () => number;
  readonly heartbeatMs?: number;
  /** Strings that must never arrive. */
  readonly secrets?: readonly string[];
  readonly port?: number;
}

interface Body {
  readonly json: Json | readonly Json[];
  readonly files: readonly StoredFile[];
  readonly text: string;
}

export class FakeDiscord {
  readonly store: FakeStore;
  readonly routes: FakeRoutes;
  readonly gateway: FakeGateway;
  readonly #server: Server;
  readonly #secrets: readonly string[];
  readonly #faults: Fault[] = [];
  readonly #waiters = new Set<() => void>();
  token: string;
  sessionsLeft = 1_000;
  #down = false;
  onControl: ((path: string, body: Json) => unknown) | null = null;

  private constructor(server: Server, options: FakeDiscordOptions) {
    this.token = options.token ?? 'fake-token-AAAAAAAAAAAAAAAAAAAA';
    this.#server = server;
    this.#secrets = options.secrets ?? [];
    this.store = new FakeStore(options.now ?? Date.now);
    this.routes = new FakeRoutes(this.store, () => ({
      url: this.#gatewayUrl,
      shards: 1,
      session_start_limit: { total: 1000, remaining: this.sessionsLeft, reset_after: 7_200_000, max_concurrency: 1 },
    }));
    this.gateway = new FakeGateway(server, {
      token: () => this.token,
      url: () => this.#gatewayUrl,
      heartbeatMs: options.heartbeatMs ?? 41_250,
    });
    this.routes.onAcknowledged = () => this.#stir();
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(options: FakeDiscordOptions = {}): Promise<FakeDiscord> {
    const server = createServer();
    const fake = new FakeDiscord(server, options);
    await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
    return fake;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get #gatewayUrl(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${this.#port}/api`;
  }

  get messages(): readonly StoredMessage[] {
    return this.store.messages;
  }

  fault(fault: Fault): void {
    this.#faults.push({ ...fault, count: fault.count ?? 1 });
  }

  clearFaults(): void {
    this.#faults.length = 0;
  }

  /** Everything is away: sockets break, nothing answers. */
  outage(state: 'begin' | 'end'): void {
    this.#down = state === 'begin';
    this.gateway.down = this.#down;
    if (this.#down) this.gateway.cut();
  }

  /** A person does something; resolves at once with its record. */
  press(press: Press): StoredInteraction {
    const { interaction, frame } = interactionJson(this.store, press);
    this.gateway.dispatch('INTERACTION_CREATE', frame);
    return interaction;
  }

  /** The same frame again, as after a resume. */
  replay(press: Press, interaction: StoredInteraction): void {
    const { frame } = interactionJson(this.store, press);
    this.gateway.dispatch('INTERACTION_CREATE', { ...frame, id: interaction.id, token: interaction.token });
  }

  /** Resolves when the condition holds, looked at after everything that happens here. */
  until(condition: () => boolean, withinMs = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(timer);
        clearInterval(polling);
        this.#waiters.delete(look);
        resolve();
      };
      const polling = setInterval(look, 20);
      const timer = setTimeout(() => {
        clearInterval(polling);
        this.#waiters.delete(look);
        reject(new Error(`the fake Discord waited ${withinMs} ms in vain`));
      }, withinMs);
      this.#waiters.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    await this.gateway.close();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #stir(): void {
    for (const look of this.#waiters) look();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const path = decodeURIComponent(url.pathname);
    const method = request.method ?? 'GET';
    const body = await readBody(request);
    if (path.startsWith('/__discord/'))
      return write(response, { status: 200, body: this.onControl?.(path, isJson(body.json) ? body.json : {}) ?? null });
    if (this.#down) return void request.socket.destroy();
    this.#lookForSecrets(body);
    const fault = this.#take(`${method} ${path}`);
    if (fault?.act === 'dropBefore') return this.#drop(request, method, path);
    if (fault?.act === 'slow') await new Promise<void>((resolve) => void setTimeout(resolve, fault.value ?? 0));
    const answer =
      fault === null || fault.act === 'dropAfter' || fault.act === 'slow'
        ? this.routes.answer({
            method,
            path: path.replace(/^\/api\/v10/, ''),
            query: url.searchParams,
            authorised: request.headers.authorization === `Bot ${this.token}` ? 'yes' : 'no',
            body: body.json,
            files: body.files,
          })
        : faultAnswer(fault);
    if (fault?.act === 'dropAfter') return this.#drop(request, method, path);
    this.store.asked.push({ method, path, atMs: this.store.now(), status: answer.status });
    write(response, answer, fault?.act === 'rate' ? { 'retry-after': String(fault.value ?? 1) } : {});
    this.#stir();
  }

  #drop(request: IncomingMessage, method: string, path: string): void {
    this.store.asked.push({ method, path, atMs: this.store.now(), status: 'dropped' });
    request.socket.destroy();
    this.#stir();
  }

  #take(asked: string): Fault | null {
    const index = this.#faults.findIndex((fault) => asked.includes(fault.on));
    const fault = this.#faults[index];
    if (fault === undefined) return null;
    fault.count = (fault.count ?? 1) - 1;
    if (fault.count <= 0) this.#faults.splice(index, 1);
    return fault;
  }

  #lookForSecrets({ text, files }: Body): void {
    for (const secret of this.#secrets) {
      if (text.includes(secret) || files.some((file) => file.data.includes(secret))) this.store.leaks.push(secret);
    }
  }
}

function faultAnswer(fault: Fault): Answer {
  const value = fault.value ?? 1;
  if (fault.act === 'rate')
    return { status: 429, body: { message: 'You are being rate limited.', retry_after: value, global: false } };
  if (value === 401) return { status: 401, body: { message: '401: Unauthorized', code: 0 } };
  return { status: value, body: { message: `${value}: Fault`, code: 0 } };
}

function write(response: ServerResponse, { status, body }: Answer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const raw = Buffer.concat(chunks);
  const boundary = /boundary=(.+)$/.exec(request.headers['content-type'] ?? '')?.[1];
  if (boundary !== undefined) return readParts(raw, boundary.replaceAll('"', ''));
  const text = raw.toString('utf8');
  return { json: parsed(text), files: [], text };
}

const parsed = (text: string): Json => {
  const value: unknown = text === '' ? {} : JSON.parse(text);
  return Array.isArray(value) ? (value as never) : isJson(value) ? value : {};
};

/** multipart/form-data: `payload_json` and `files[n]`. */
function readParts(raw: Buffer, boundary: string): Body {
  const files: StoredFile[] = [];
  let text = '';
  const mark = Buffer.from(`--${boundary}`);
  for (let at = raw.indexOf(mark); at >= 0; ) {
    const next = raw.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = raw.subarray(at + mark.length + 2, next - 2);
    const headEnd = part.indexOf('\r\n\r\n');
    const head = part.subarray(0, headEnd).toString('utf8');
    const data = part.subarray(headEnd + 4);
    const file = /filename="([^"]+)"/.exec(head)?.[1];
    if (file !== undefined) files.push({ name: file, data });
    else if (head.includes('name="payload_json"')) text = data.toString('utf8');
    at = next;
  }
  return { json: parsed(text), files, text };
}
