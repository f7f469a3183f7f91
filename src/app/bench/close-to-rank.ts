// App, `perpscout bench`: from the exchange's stamp on the minute's last final frame to the bot's `scan` line on stdout, measured from
// outside. The market runs at 30×, so that a minute closes every 2 s and frames come as fast as the venue sends them; the bot does
// not keep step with it: it lives in real time, as with the venue, and nothing waits for it.
import { StreamConnection } from '../../adapters/binance/stream-connection.ts';
import { systemClock } from '../../adapters/clock/system.ts';
import type { ControlDoor } from '../../adapters/exchange-control/client.ts';
import { atMost, type Figure, median, quantile } from './figure.ts';
import { type LivePair, startPair } from './live-pair.ts';

export interface BurstOptions {
  readonly bursts: number;
  readonly symbols: number;
  readonly onBurst?: (done: number) => void;
}

const BURSTS_EVERY_MS = 2_000;
const MINUTE_MS = 60_000;
const SPEED = MINUTE_MS / BURSTS_EVERY_MS;
/** The first minutes are still being compiled. */
const WARM_UP_BURSTS = 10;
const SAMPLE_EVERY_MS = 250;
const STALLED_MS = 60_000;

/** Market time against the wall, sampled while the exchange runs. */
interface Sample {
  readonly wallMs: number;
  readonly marketMs: number;
}

class Bursts {
  /** Per minute: stamp of its newest final frame, and how many there were. */
  readonly #finals = new Map<number, { stampMs: number; count: number }>();
  readonly #scans = new Map<number, number>();
  #samples: Sample[] = [];
  scanned = 0;
  tellReady: () => void = () => undefined;
  readonly ready = new Promise<void>((resolve) => {
    this.tellReady = resolve;
  });

  onLine(line: Readonly<Record<string, unknown>>): void {
    if (line['event'] === 'ready') this.tellReady();
    if (line['event'] !== 'scan') return;
    this.#scans.set(Number(line['bar']), performance.now());
    this.scanned += 1;
  }

  onFrame(payload: unknown): void {
    const { E, k } = payload as { E?: number; k?: { t: number; x: boolean } };
    if (k?.x !== true || E === undefined) return;
    const known = this.#finals.get(k.t);
    this.#finals.set(k.t, { stampMs: Math.max(E, known?.stampMs ?? 0), count: (known?.count ?? 0) + 1 });
  }

  sample(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > 400) this.#samples = this.#samples.slice(-200);
    this.#judge();
  }

  readonly latenciesMs: number[] = [];
  #incomplete = 0;

  get incomplete(): number {
    return this.#incomplete;
  }

  symbols = 0;

  /**
   * Minutes that are over. The stamp is placed on the wall by the newest sample before it: an exchange that is late itself makes
   * the figure worse, never better.
   */
  #judge(): void {
    const newest = this.#samples.at(-1)?.marketMs ?? 0;
    for (const [openMs, { stampMs, count }] of this.#finals) {
      if (newest < openMs + 2 * MINUTE_MS) continue;
      this.#finals.delete(openMs);
      const scannedMs = this.#scans.get(openMs);
      const before = this.#samples.findLast(({ marketMs }) => marketMs <= stampMs);
      if (scannedMs === undefined || before === undefined || count < this.symbols) this.#incomplete += 1;
      else this.latenciesMs.push(scannedMs - (before.wallMs + (stampMs - before.marketMs) / SPEED));
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function sampleClock(door: ControlDoor): Promise<Sample> {
  const sentMs = performance.now();
  const { nowMs } = (await door.get('/clock')) as { nowMs: number };
  return { wallMs: (sentMs + performance.now()) / 2, marketMs: nowMs };
}

/** A second listener, as a witness of what was sent when. */
function witness(
  { exchange }: LivePair,
  symbols: readonly string[],
  bursts: Bursts,
): { readonly up: Promise<void>; end(): void } {
  let tellUp: () => void = () => undefined;
  const up = new Promise<void>((resolve) => {
    tellUp = resolve;
  });
  const connection = new StreamConnection({
    url: `${exchange.ws}/market/stream`,
    names: symbols.map((symbol) => `${symbol.toLowerCase()}@kline_1m`),
    wall: systemClock,
    events: {
      onOpen: () => undefined,
      onSubscribed: () => tellUp(),
      onFrame: (payload) => bursts.onFrame(payload),
      onUnreadable: () => undefined,
      onEnd: () => tellUp(),
    },
  });
  return { up, end: () => connection.end('measured') };
}

export async function closeToRankFigures({ bursts: wanted, symbols, onBurst }: BurstOptions): Promise<Figure[]> {
  const bursts = new Bursts();
  const pair = await startPair({
    symbols,
    speed: 1,
    nodeFlags: [],
    settings: {},
    botWords: () => [],
    onLine: (line) => bursts.onLine(line),
  });
  try {
    await Promise.race([bursts.ready, pair.ended.then((code) => Promise.reject(new Error(`the bot ended with ${code}`)))]);
    const state = (await pair.door.get('/state')) as { symbols: readonly string[] };
    // The dozen contracts that the bot leaves out are heard as well: their finals are spread like those of the others.
    const heard = witness(pair, state.symbols, bursts);
    await heard.up;
    bursts.symbols = symbols;
    await pair.door.post('/clock', { attach: false, speed: SPEED });
    await watch(pair.door, bursts, { wanted: wanted + WARM_UP_BURSTS, onBurst });
    heard.end();
  } finally {
    await pair.stop();
  }
  const measured = bursts.latenciesMs.slice(WARM_UP_BURSTS);
  return [
    atMost('closeToRank.p50Ms', { value: median(measured), unit: 'ms', bound: 100 }),
    atMost('closeToRank.p99Ms', { value: quantile(measured, 0.99), unit: 'ms', bound: 300 }),
    atMost('closeToRank.burstsWithoutScan', { value: bursts.incomplete, unit: 'bursts', bound: 1 }),
  ];
}

async function watch(
  door: ControlDoor,
  bursts: Bursts,
  { wanted, onBurst }: { readonly wanted: number; readonly onBurst: BurstOptions['onBurst'] },
): Promise<void> {
  let newest = { count: 0, atMs: performance.now() };
  while (bursts.latenciesMs.length < wanted) {
    await pause(SAMPLE_EVERY_MS);
    bursts.sample(await sampleClock(door));
    const count = bursts.latenciesMs.length;
    if (count > newest.count) {
      newest = { count, atMs: performance.now() };
      onBurst?.(count);
    } else if (performance.now() - newest.atMs > STALLED_MS) {
      throw new Error(`no burst was answered for ${STALLED_MS / 1_000} s after ${count} of ${wanted}`);
    }
  }
}
