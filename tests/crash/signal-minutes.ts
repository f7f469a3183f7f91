// Crash: when the strategy will speak. The invented market is a function of its seed, so its own `scan --lookback` tells the minutes at
// which the same bot, started at the beginning of that span, finds something to enter.
import { startProduct } from '../soak/processes.ts';

const HOUR_MS = 3_600_000;
/** Before this the first bars of the span are still being warmed up. */
const CALM_MS = 30 * 60_000;

export interface SignalMinutes {
  /** First instant of the span. */
  readonly fromMs: number;
  /** Ascending closes of the minutes with an emitted signal. */
  readonly closesMs: readonly number[];
}

export async function signalMinutes(
  market: { readonly symbols: number; readonly seed: number; readonly hours: number },
  environment: Readonly<Record<string, string>>,
): Promise<SignalMinutes> {
  const closes = new Set<number>();
  let untilMs = Number.NaN;
  const words = [
    'scan',
    '--json',
    '--lookback',
    `${market.hours}h`,
    '--symbols',
    String(market.symbols),
    '--seed',
    String(market.seed),
  ];
  const scan = startProduct(words, environment, (line) => {
    if (!line.startsWith('{')) return;
    const row = JSON.parse(line) as { event: string; at: number; emitted?: boolean; barCloseMs?: number };
    if (row.event === 'signal' && row.emitted === true && row.barCloseMs !== undefined) closes.add(row.barCloseMs);
    if (row.event === 'scan') untilMs = row.at;
  });
  const code = await scan.exited;
  if (code !== 0 || Number.isNaN(untilMs)) throw new Error(`scan ended with ${code}: ${scan.stderr().slice(-500)}`);
  const minuteMs = untilMs - (untilMs % 60_000);
  const fromMs = minuteMs - market.hours * HOUR_MS;
  return { fromMs, closesMs: [...closes].filter((close) => close > fromMs + CALM_MS).sort((a, b) => a - b) };
}
