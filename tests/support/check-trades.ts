// Tests: every row of trades.csv held against the klines by rules written down here once more, from the files alone. Nothing of the
// product is asked.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface Candle {
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface Recording {
  readonly candles: readonly Candle[];
  readonly tick: number;
}

type Row = Readonly<Record<string, string>>;

export function readRecording(path: string, knownTick: number): Recording {
  const raw = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8');
  const rows = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  let decimals = 0;
  for (const row of rows) for (const cell of row.slice(1, 5)) decimals = Math.max(decimals, cell.split('.')[1]?.length ?? 0);
  const candles = rows.map((row) => {
    const [openMs = 0, open = 0, high = 0, low = 0, close = 0] = row.map(Number);
    return { openMs, open, high, low, close };
  });
  return { candles, tick: Math.min(knownTick, Number((10 ** -decimals).toFixed(decimals))) };
}

export function readTrades(csv: string): Row[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])));
}

const STEP_MS = 60_000;
const EIGHT_HOURS_MS = 8 * 3_600_000;
const FEE = 0.0005;

/** What is wrong with a trade, in sentences; none where all of it follows from the klines. */
export function faultsOf(row: Row, { candles, tick }: Recording, breakEvenAtR: number): string[] {
  const faults: string[] = [];
  const number = (name: string): number => Number(row[name]);
  const close = (name: string, found: number, expected: number, slack: number): void => {
    if (!(Math.abs(found - expected) <= slack)) faults.push(`${name}: ${found}, expected ${expected}`);
  };
  const d = row['side'] === 'long' ? 1 : -1;
  const first = candles[0]?.openMs ?? 0;
  const at = (ms: number): Candle => candles[Math.floor((ms - first) / STEP_MS)] as Candle;
  /** A taker pays one basis point of the price, a tick at least, whole ticks. */
  const taken = (price: number, way: 1 | -1): number =>
    price + way * Math.max(1, Math.ceil(Math.round(price / tick) / 10_000)) * tick;
  const worse = (a: number, b: number): boolean => (a - b) * d < 0;
  const half = tick / 2;

  const signalMs = number('signal_time_ms');
  const entryMs = number('entry_time_ms');
  const exitMs = number('exit_time_ms');
  if (entryMs < signalMs || entryMs >= signalMs + STEP_MS) faults.push('the entry is not in the bar after the signal');
  if (at(signalMs).openMs !== signalMs) faults.push('the signal is not at the close of a bar');
  close('entry price', number('entry_price'), taken(at(signalMs).open, d as 1 | -1), half);

  const moves = (row['stop_moves'] ?? '')
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => text.split('@').map(Number));
  const risk = Math.abs(number('planned_entry') - number('stop'));
  let stop = number('stop');
  let best = 0;
  const exitBar = at(exitMs).openMs;
  for (let ms = signalMs; ms <= exitBar; ms += STEP_MS) {
    const bar = at(ms);
    for (const [movedMs = 0, price = 0] of moves) {
      if (Math.floor(movedMs / STEP_MS) * STEP_MS !== ms) continue;
      if (!worse(stop, price)) faults.push(`the stop moved from ${stop} to ${price}, away from profit`);
      if (best < breakEvenAtR * risk - half) faults.push(`the stop moved after a gain of ${best / risk} R only`);
      stop = price;
    }
    const against = d === 1 ? bar.low : bar.high;
    const way = d === 1 ? bar.high : bar.low;
    const stopHit = !worse(stop, against);
    const targetHit = !worse(way, number('target'));
    const opensBeyondTarget = !worse(bar.open, number('target'));
    if (ms < exitBar) {
      if (stopHit) faults.push(`the stop ${stop} was touched at ${ms} and the trade went on`);
      if (targetHit) faults.push(`the target was touched at ${ms} and the trade went on`);
    } else checkExit({ bar, stopHit, targetHit, opensBeyondTarget, stop });
    best = Math.max(best, (way - number('entry_price')) * d);
  }

  function checkExit(last: {
    bar: Candle;
    stopHit: boolean;
    targetHit: boolean;
    opensBeyondTarget: boolean;
    stop: number;
  }): void {
    const reason = row['exit_reason'] ?? '';
    const sold = (price: number): number => taken(price, -d as 1 | -1);
    const { bar } = last;
    if (['stop', 'breakEven', 'trail'].includes(reason)) {
      if (!last.stopHit) faults.push(`${reason}: the bar does not touch ${last.stop}`);
      close('exit price', number('exit_price'), sold(worse(bar.open, last.stop) ? bar.open : last.stop), half);
    } else if (reason === 'target') {
      if (!last.targetHit) faults.push('target: the bar does not touch it');
      if (last.stopHit && !last.opensBeyondTarget) faults.push('target: the bar holds the stop as well, which counts first');
      close('exit price', number('exit_price'), sold(last.opensBeyondTarget ? bar.open : number('target')), half);
    } else if (reason === 'endOfData') {
      close('exit price', number('exit_price'), sold(candles.at(-1)?.close ?? 0), half);
    } else {
      // Decided at the close of the bar before, filled at this one's open.
      close('exit price', number('exit_price'), sold(bar.open), half);
      if (reason === 'timeStop') close('bars held', (exitBar - signalMs) / STEP_MS, 240, 0);
      else if (!['reversal', 'stopPassed', 'targetPassed'].includes(reason)) faults.push(`an exit of the kind ${reason}`);
    }
  }

  const qty = number('qty');
  const fees = (number('entry_price') + number('exit_price')) * qty * FEE;
  close('fees', number('fees_usdt'), fees, 1e-6);
  let funding = 0;
  for (let ms = Math.ceil((entryMs + 1) / EIGHT_HOURS_MS) * EIGHT_HOURS_MS; ms <= exitMs; ms += EIGHT_HOURS_MS)
    if (ms <= exitBar) funding -= d * qty * at(ms - STEP_MS).close * 0.0001;
  close('funding', number('funding_usdt'), funding, 1e-6);
  const net = (number('exit_price') - number('entry_price')) * qty * d - fees + funding;
  close('net', number('net_usdt'), net, 1e-6);
  close('risk', number('risk_usdt'), risk * qty, 1e-6);
  // The venue books fees to eight decimals.
  close('R', number('net_r'), net / (risk * qty), 1e-6);
  return faults.map((fault) => `${row['symbol']} ${row['trade_id']} ${row['exit_reason']}: ${fault}`);
}
