// A venue on 127.0.0.1 that answers what a test tells it to: one HTTP handler, one WebSocket handler, everything recorded.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Everything after the question mark, byte for byte. */
  readonly rawQuery: string;
  readonly headers: IncomingMessage['headers'];
}

/** A string or object is sent with 200; `null` lets the test answer by itself. */
export type Reply = {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

export interface FakeVenue {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly asked: Asked[];
  /** Connections in order of arrival, with the path they came to. */
  readonly sockets: { readonly path: string; readonly socket: WebSocket; readonly received: string[] }[];
  close(): Promise<void>;
}

export interface FakeVenueOptions {
  readonly answer: (asked: Asked, response: ServerResponse) => Reply;
  readonly onSocket?: (socket: WebSocket, path: string) => void;
}

export async function fakeVenue(options: FakeVenueOptions): Promise<FakeVenue> {
  const asked: Asked[] = [];
  const sockets: FakeVenue['sockets'] = [];
  const server = createServer((request, response) => {
    const [path = '', rawQuery = ''] = (request.url ?? '').split('?');
    const one = { method: request.method ?? '', path, query: new URLSearchParams(rawQuery), rawQuery, headers: request.headers };
    asked.push(one);
    const reply = options.answer(one, response);
    if (reply === null) return;
    response.writeHead(reply.status ?? 200, reply.headers);
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  });
  const streams = new WebSocketServer({ server });
  streams.on('connection', (socket, request) => {
    const received: string[] = [];
    sockets.push({ path: request.url ?? '', socket, received });
    socket.on('message', (data) => received.push(String(data)));
    options.onSocket?.(socket, request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    asked,
    sockets,
    close: async () => {
      for (const { socket } of sockets) socket.terminate();
      streams.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Waits for something that must happen; fails after the deadline instead of hanging. */
export async function eventually(what: string, happened: () => boolean): Promise<void> {
  for (let i = 0; i < 1_000; i++) {
    if (happened()) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (i > 100) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`it never came to pass: ${what}`);
}
