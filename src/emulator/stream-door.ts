// Emulator, streams: the WebSocket roots. Reads where a connection wants to go, opens it, and looks after all of them.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { StreamRoot } from './stream-names.ts';
import { type SocketTarget, type SocketWorld, StreamSocket } from './stream-socket.ts';

/** A listenKey with its own allow-list of events; null allows all. */
interface FollowedKey {
  readonly key: string;
  readonly events: ReadonlySet<string> | null;
}

interface Destination {
  readonly target: SocketTarget;
  readonly streams: readonly string[];
  readonly listenKeys: readonly FollowedKey[];
}

export class StreamDoor {
  readonly #world: SocketWorld;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
    // A half-open line answers no ping; the connection decides.
    autoPong: false,
  });
  readonly #sockets = new Set<StreamSocket>();
  #refusedUntilWallMs = 0;

  constructor(world: SocketWorld) {
    this.#world = world;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const destination = destinationOf(request.url ?? '/');
    if (destination === null) {
      refuse(socket, '404 Not Found');
      return;
    }
    if (this.#world.wallNow() < this.#refusedUntilWallMs) {
      refuse(socket, '503 Service Unavailable');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      const connection = new StreamSocket(opened, destination.target, this.#world);
      this.#sockets.add(connection);
      opened.on('close', () => this.#sockets.delete(connection));
      if (destination.streams.length > 0) connection.subscribe(destination.streams);
      for (const { key, events } of destination.listenKeys) connection.follow(key, events);
    });
  }

  tick(nowMs: number): void {
    for (const socket of this.#sockets) socket.tick(nowMs);
  }

  /** Cuts the connections of a root (all of them for ''), and says how many; none gets in again for `refuseMs`. */
  cut(pathPrefix: string, refuseMs: number): number {
    const cut = [...this.#sockets].filter((socket) => socket.target.path.startsWith(pathPrefix));
    for (const socket of cut) socket.drop();
    this.#refusedUntilWallMs = this.#world.wallNow() + refuseMs;
    return cut.length;
  }

  close(): void {
    for (const socket of this.#sockets) socket.drop();
    this.#server.close();
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const ROOTS: readonly StreamRoot[] = ['market', 'public', 'private'];

/** Null for a path that no root has. An un-routed path is /public: market and account streams stay silent there. */
export function destinationOf(url: string): Destination | null {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  const parts = path.split('/').filter((part) => part !== '');
  const root = ROOTS.find((name) => name === parts[0]);
  const [shape, ...rest] = root === undefined ? parts : parts.slice(1);
  if (shape !== 'ws' && shape !== 'stream') return null;
  const target: SocketTarget = { root: root ?? 'public', framing: shape === 'stream' ? 'combined' : 'raw', path };
  const inPath = rest.map(decodeURIComponent);
  if (target.root === 'private') {
    const listed = (query.get('streams') ?? '').split('/').filter((name) => name !== '');
    const plain = [...inPath, ...listed].map((key): FollowedKey => ({ key, events: null }));
    return { target, streams: [], listenKeys: [...plain, ...keysOf(query)] };
  }
  const named = (query.get('streams') ?? '').split('/').filter((name) => name !== '');
  return { target, streams: [...inPath, ...named], listenKeys: [] };
}

/** Several keys may follow each other; `events` belongs to the key before it, or to the first one where it comes first. */
function keysOf(query: URLSearchParams): FollowedKey[] {
  const keys: FollowedKey[] = [];
  let ahead: ReadonlySet<string> | null = null;
  for (const [name, value] of query) {
    if (name === 'listenKey') {
      keys.push({ key: value, events: ahead });
      ahead = null;
    }
    if (name !== 'events' || value === '') continue;
    const allowed = new Set(value.split('/'));
    const last = keys.pop();
    if (last === undefined) ahead = allowed;
    else keys.push({ ...last, events: allowed });
  }
  return keys;
}
