// Adapters, exchange-control: the control door of the embedded exchange. It exists on loopback only; the real venue has
// no such thing, so nothing that trades depends on it.
import { VenueError } from '../../ports/errors.ts';

const DEADLINE_MS = 15_000;

/** POST or GET below /__exchange; the answer is JSON or a VenueError that names the door, never an address with a key. */
export class ControlDoor {
  readonly #base: string;
  readonly #stopping: AbortSignal | null;

  constructor(restUrl: string, stopping: AbortSignal | null) {
    this.#base = `${restUrl.replace(/\/+$/, '')}/__exchange`;
    this.#stopping = stopping;
  }

  get(path: string): Promise<unknown> {
    return this.#ask(path, {});
  }

  post(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = this.#stopping === null ? deadline : AbortSignal.any([deadline, this.#stopping]);
    let status: number;
    let text: string;
    try {
      const response = await fetch(`${this.#base}${path}`, { ...init, signal });
      status = response.status;
      text = await response.text();
    } catch (cause) {
      throw new VenueError(`the exchange's control door ${path} did not answer`, { remedy: 'retry', cause });
    }
    if (status !== 200) throw new VenueError(`the exchange's control door ${path} refused (${status})`, { remedy: 'final' });
    return parseAnswer(path, text);
  }
}

function parseAnswer(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VenueError(`the exchange's control door ${path} answered no JSON`, { remedy: 'retry', cause });
  }
}

/** What the bot needs to know of a running exchange before it can speak to it. */
export interface ExchangeState {
  readonly accountId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly nowMs: number;
  readonly speed: number;
  /** The whole answer, for people. */
  readonly all: Readonly<Record<string, unknown>>;
}

export async function readExchangeState(restUrl: string): Promise<ExchangeState> {
  const answer = await new ControlDoor(restUrl, null).get('/state');
  const all = recordOf(answer);
  const clock = recordOf(all['clock']);
  const { accountId, apiKey, apiSecret } = all;
  if (typeof accountId !== 'string' || typeof apiKey !== 'string' || typeof apiSecret !== 'string') {
    throw new VenueError('the exchange told no account in its state: is this a perpscout exchange?', { remedy: 'final' });
  }
  return {
    accountId,
    apiKey,
    apiSecret,
    nowMs: numberOf(clock['nowMs'] ?? all['nowMs']),
    speed: numberOf(clock['speed'] ?? all['speed']),
    all,
  };
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
