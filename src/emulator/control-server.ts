// Emulator, the control door: its HTTP side. Loopback only, whatever address the server listens on.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ControlDoor } from './control-door.ts';
import { jsonText, readBody, writeAnswer } from './http-answer.ts';
import { VenueRefusal } from './venue-error.ts';

export async function serveControl(door: ControlDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (!isLoopback(request.socket.remoteAddress)) {
      return writeAnswer(response, { status: 403, body: '{"error":"the control door opens on loopback only"}', headers: {} });
    }
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const body = await readBody(request);
    const value = await door.answer(request.method ?? 'GET', path, body);
    writeAnswer(response, { status: 200, body: jsonText(value), headers: {} });
  } catch (cause) {
    const status = cause instanceof VenueRefusal ? cause.httpStatus : 500;
    const code = cause instanceof VenueRefusal ? cause.code : -1000;
    const error = cause instanceof Error ? cause.message : String(cause);
    writeAnswer(response, { status, body: JSON.stringify({ code, error }), headers: {} });
  }
}

const isLoopback = (address: string | undefined): boolean =>
  address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1';
