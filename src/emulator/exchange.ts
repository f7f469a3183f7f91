// Emulator, the front: the embedded exchange as one object. It promises the venue's REST and WebSocket road on 127.0.0.1,
// one account whose orders outlive a restart, and a market clock that can be held.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveControl } from './control-server.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { openWorld, type World } from './world.ts';

export type { ExchangeOptions } from './exchange-options.ts';

export interface RunningExchange {
  readonly restUrl: string;
  readonly wsUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly accountId: string;
  close(): Promise<void>;
}

/** Rejects when the port is taken (and names it), the folder is used by another exchange, or the state does not fit. */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const world = openWorld(options);
  const server = createServer((request, response) => {
    const isControl = (request.url ?? '').startsWith('/__exchange/');
    void (isControl ? serveControl(world.control, request, response) : world.rest.serve(request, response));
  });
  server.on('upgrade', (request, socket, head) => world.upgrade(request, socket, head));
  // A bot that idles between two minutes must not find its connection closed under its next request.
  server.keepAliveTimeout = 120_000;
  try {
    await listen(server, options.port);
  } catch (cause) {
    world.close();
    throw new Error(`the exchange cannot listen on 127.0.0.1:${options.port}: ${reason(cause)}`, { cause });
  }
  world.start();
  const { port } = server.address() as AddressInfo;
  return {
    restUrl: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    apiKey: world.credentials.apiKey,
    apiSecret: world.credentials.apiSecret,
    accountId: world.accountId,
    close: () => closeAll(world, server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function reason(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  if (code === 'EADDRINUSE') return 'the port is in use';
  return cause instanceof Error ? cause.message : String(cause);
}

async function closeAll(world: World, server: Server): Promise<void> {
  world.close();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
