// Soak: the exchange seen from outside — its control door, its public klines and its signed income, with a signer of our own.
import { createHmac } from 'node:crypto';

export interface Series {
  readonly openMs: readonly number[];
  /** Open, high, low, close, volume per bar. */
  readonly rows: ReadonlyMap<number, readonly [number, number, number, number, number]>;
}

export interface Income {
  readonly symbol: string;
  readonly incomeType: string;
  readonly income: string;
  readonly time: number;
}

const WEIGHT_LEFT_ALONE = 100;
const MINUTE_MS = 60_000;
const LONGEST_PAGE = 1_500;

const weightOf = (limit: number): number => (limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1_000 ? 5 : 10);

export class VenueDoor {
  readonly #rest: string;
  readonly #key: { readonly apiKey: string; readonly apiSecret: string };
  #used = Number.POSITIVE_INFINITY;

  constructor(rest: string, key: { readonly apiKey: string; readonly apiSecret: string }) {
    this.#rest = rest;
    this.#key = key;
  }

  async control<T>(path: string, body?: unknown): Promise<T> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(`${this.#rest}/__exchange/${path}`, { ...init, signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`the control door ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Weight is counted per minute of market time: on a paused clock the minute is turned when it is used up. */
  async #spend(weight: number): Promise<void> {
    if (this.#used + weight > 2_400 - WEIGHT_LEFT_ALONE) {
      await this.control('clock', { stepMs: MINUTE_MS });
      this.#used = 0;
    }
    this.#used += weight;
  }

  async #get(path: string, query: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const response = await fetch(`${this.#rest}${path}?${query}`, { headers, signal: AbortSignal.timeout(60_000) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /** Bars that open within the span, both ends included. */
  async klines(
    symbol: string,
    interval: '1m' | '15m',
    span: { readonly fromMs: number; readonly toMs: number },
  ): Promise<Series> {
    const rows = new Map<number, readonly [number, number, number, number, number]>();
    const barMs = interval === '1m' ? MINUTE_MS : 15 * MINUTE_MS;
    for (let fromMs = span.fromMs; fromMs <= span.toMs; fromMs += LONGEST_PAGE * barMs) {
      const limit = Math.min(LONGEST_PAGE, Math.floor((span.toMs - fromMs) / barMs) + 1);
      await this.#spend(weightOf(limit));
      const query = new URLSearchParams({
        symbol,
        interval,
        limit: String(limit),
        startTime: String(fromMs),
        endTime: String(span.toMs),
      });
      const page = (await this.#get('/fapi/v1/klines', query.toString())) as readonly (readonly (string | number)[])[];
      for (const [openMs, open, high, low, close, volume] of page)
        rows.set(Number(openMs), [Number(open), Number(high), Number(low), Number(close), Number(volume)]);
    }
    return { openMs: [...rows.keys()], rows };
  }

  /** Every income row of the account since then, in pages. */
  async income(sinceMs: number): Promise<readonly Income[]> {
    const found = new Map<string, Income>();
    for (let fromMs = sinceMs; ; ) {
      await this.#spend(30);
      const { clock } = await this.control<{ clock: { nowMs: number } }>('state');
      const unsigned = new URLSearchParams({
        startTime: String(fromMs),
        limit: '1000',
        recvWindow: '60000',
        timestamp: String(clock.nowMs),
      }).toString();
      const signature = createHmac('sha256', this.#key.apiSecret).update(unsigned).digest('hex');
      const headers = { 'X-MBX-APIKEY': this.#key.apiKey };
      const page = (await this.#get('/fapi/v1/income', `${unsigned}&signature=${signature}`, headers)) as (Income & {
        tranId: number;
      })[];
      for (const row of page) found.set(`${row.tranId} ${row.incomeType} ${row.symbol}`, row);
      const newest = Math.max(...page.map((row) => row.time));
      if (page.length < 1_000 || newest <= fromMs) return [...found.values()];
      fromMs = newest;
    }
  }
}
