// Adapters, discord: requests over REST with every answer named by what to do about it. It never waits for a rate limit and
// never tries again by itself: how long to wait and whether a repetition is harmless only the asker knows.
import { DiscordAPIError, HTTPError, RateLimitError, REST } from 'discord.js';
import type { Outgoing } from './card-json.ts';

export type RestResult =
  | { readonly kind: 'ok'; readonly body: unknown }
  /** Not carried out; the same again after this. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  /** Never reached the service: nothing was carried out. */
  | { readonly kind: 'unreached'; readonly reason: string }
  /** Nobody knows whether it was carried out. */
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The token was refused. */
  | { readonly kind: 'unauthorised' }
  /** Understood and refused; again would be refused again. */
  | { readonly kind: 'refused'; readonly status: number; readonly code: number; readonly reason: string };

export interface RestOptions {
  /** Base with `/api`, without version; null = Discord itself. */
  readonly apiUrl: string | null;
  readonly token: string;
  readonly timeoutMs: number;
  readonly redact: (text: string) => string;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: `/${string}`;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly files?: Outgoing['files'];
  /** Interaction routes carry their own token in the path. */
  readonly auth: 'bot' | 'none';
  readonly withinMs?: number;
}

const NEVER_LEFT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** A wait that the service does not name. */
const DEFAULT_WAIT_MS = 1_000;

export class DiscordRest {
  readonly #rest: REST;
  readonly #token: string;
  readonly #redact: (text: string) => string;

  constructor({ apiUrl, token, timeoutMs, redact }: RestOptions) {
    this.#token = token;
    this.#redact = redact;
    this.#rest = new REST({
      ...(apiUrl === null ? {} : { api: apiUrl }),
      version: '10',
      timeout: timeoutMs,
      retries: 0,
      rejectOnRateLimit: () => true,
    }).setToken(token);
  }

  async send(call: Call): Promise<RestResult> {
    try {
      const body = await this.#rest.request({
        method: call.method as never,
        fullRoute: call.path,
        auth: call.auth === 'bot',
        ...(call.query === undefined ? {} : { query: new URLSearchParams(call.query) }),
        ...(call.body === undefined ? {} : { body: redacted(call.body, this.#redact) }),
        ...(call.files === undefined || call.files.length === 0 ? {} : { files: this.#harmless(call.files) }),
        ...(call.withinMs === undefined ? {} : { signal: AbortSignal.timeout(call.withinMs) }),
      });
      return { kind: 'ok', body };
    } catch (error) {
      const result = resultOf(error);
      // The library forgets its token at the first 401, deserved or not; a stray one must not silence the bot.
      if (result.kind === 'unauthorised') this.#rest.setToken(this.#token);
      return result;
    }
  }

  close(): void {
    this.#rest.clearHashSweeper();
    this.#rest.clearHandlerSweeper();
  }

  /** Bytes cannot be masked without breaking the file: one that holds a secret stays here. */
  #harmless(files: Outgoing['files']): { name: string; data: Buffer }[] {
    return files.filter(({ data }) => {
      const text = data.toString('latin1');
      return this.#redact(text) === text;
    });
  }
}

function redacted(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((part) => redacted(part, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, redacted(part, redact)]));
}

function resultOf(error: unknown): RestResult {
  if (error instanceof RateLimitError) {
    const waitMs = Math.max(error.timeToReset, error.retryAfter, error.sublimitTimeout);
    return { kind: 'wait', waitMs: Number.isFinite(waitMs) && waitMs > 0 ? waitMs : DEFAULT_WAIT_MS };
  }
  if (error instanceof DiscordAPIError) {
    // 401 with a code of its own (50027: an interaction token that ran out) says nothing about the bot's token.
    if (error.status === 401 && !(Number(error.code) >= 10_000)) return { kind: 'unauthorised' };
    return { kind: 'refused', status: error.status, code: Number(error.code) || 0, reason: error.message };
  }
  if (error instanceof HTTPError) return { kind: 'unknown', reason: `HTTP ${error.status}` };
  const code = codeOf(error);
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  if (/Expected token to be set/.test(reason)) return { kind: 'unauthorised' };
  return NEVER_LEFT.has(code ?? '') ? { kind: 'unreached', reason } : { kind: 'unknown', reason };
}

/** undici hides the system's code in the cause, and several addresses in an aggregate. */
function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : null;
}
