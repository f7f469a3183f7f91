// Emulator, the door: reading a request's bytes and writing an answer's.
import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_BODY_BYTES = 1024 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') return '';
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`a request body of more than ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

export const jsonText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export function writeAnswer(response: ServerResponse, answer: Answer): void {
  const bytes = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, {
    'content-type': answer.contentType ?? 'application/json',
    'content-length': bytes.length,
    server: 'nginx',
    ...answer.headers,
  });
  response.end(bytes);
}

/** Announces the whole answer, sends half of it, and cuts the line. */
export function writeHalf(response: ServerResponse, answer: Answer): void {
  const bytes = Buffer.from(answer.body, 'utf8');
  response.writeHead(answer.status, { 'content-type': 'application/json', 'content-length': bytes.length, ...answer.headers });
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}
