// A control door on 127.0.0.1 that answers what a test tells it to and remembers what it was asked.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DoorAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly delayMs?: number;
}

export async function fakeDoor(answer: (body: Record<string, unknown>, n: number) => DoorAnswer) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
      const n = bodies.push(body);
      const { status = 200, body: reply, delayMs = 0 } = answer(body, n);
      setTimeout(() => response.writeHead(status).end(JSON.stringify(reply)), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, close };
}
