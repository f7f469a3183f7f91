// What was judged can be told again: exactly where people compare it, within its span, within its budget.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecisionTraces, type TraceAnswer } from '../../services/decision-traces.ts';
import { ByteReader } from '../../services/traces/byte-reader.ts';
import { ByteWriter } from '../../services/traces/byte-writer.ts';
import type { TracedEvaluation } from '../../services/traces/trace-codec.ts';
import { SeededRandom } from '../../src/core/random.ts';
import type { Evaluation } from '../../src/core/signal.ts';
import { epochMs, type SymbolId, symbolId } from '../../src/core/units.ts';
import { MIDNIGHT } from '../support/a-signal.ts';
import { anEvaluation, someFactors, someGates } from '../support/an-evaluation.ts';

const ETH = symbolId('ETHUSDT');
const BTC = symbolId('BTCUSDT');
const closeOf = (minute: number) => epochMs(MIDNIGHT + minute * 60_000);

function recorded(minute: number, evaluations: readonly Evaluation[], scanned: readonly SymbolId[] = [ETH]): DecisionTraces {
  const traces = new DecisionTraces();
  traces.record({ barCloseMs: closeOf(minute), scanned, evaluations });
  return traces;
}

function only(answer: TraceAnswer): TracedEvaluation {
  if (answer.kind !== 'evaluated' || answer.evaluations[0] === undefined) throw new Error(`it is ${answer.kind}`);
  return answer.evaluations[0];
}

describe('one evaluation', () => {
  it('comes back with its gates in order, values, thresholds and margins', () => {
    const evaluation = anEvaluation({ barCloseMs: closeOf(1) });
    const told = only(recorded(1, [evaluation]).newest(ETH));
    expect(told.gates.map(({ id, pass, threshold, unit }) => [id, pass, threshold, unit])).toEqual(
      evaluation.gates.map(({ id, pass, threshold, unit }) => [id, pass, threshold, unit]),
    );
    told.gates.forEach((gate, i) => {
      expect(gate.value).toBeCloseTo(evaluation.gates[i]?.value ?? Number.NaN, 4);
      expect(gate.margin).toBeCloseTo(evaluation.gates[i]?.margin ?? Number.NaN, 4);
    });
    // 1.00 R are needed, 0.86 R are there.
    expect(told.gates.find(({ id }) => id === 'room')?.margin).toBeCloseTo(-0.14, 10);
    expect(told).toMatchObject({ firstFailedGate: 'room', emitted: false, score: 82, side: 'long', setup: 'orderBlock' });
  });

  it('comes back with every factor, its points and its sentence to the letter', () => {
    const evaluation = anEvaluation({ barCloseMs: closeOf(1) });
    expect(only(recorded(1, [evaluation]).newest(ETH)).factors).toEqual(evaluation.factors);
  });

  it('keeps sentences whose number stands elsewhere, twice, or not at all', () => {
    const factor = (value: number, text: string) => ({ id: 'X', points: 5, maxPoints: 5, value, text });
    const factors = [
      factor(15, '15m close 15 ATR from EMA200 (at most 15)'),
      factor(-0.125, '1m MACD histogram at 0.13 ATR'),
      factor(Number.NaN, 'no dealing range of at least 1 ATR'),
      factor(3, 'no liquidity sweep in the 30 bars before'),
      factor(0.5, 'at 10.5 % and 0.55 R'),
      factor(2, 'touch number 2.'),
    ];
    const told = only(recorded(1, [anEvaluation({ barCloseMs: closeOf(1), factors })]).newest(ETH)).factors;
    expect(told.map(({ text }) => text)).toEqual(factors.map(({ text }) => text));
    expect(told[2]?.value).toBeNaN();
  });

  it('keeps prices to a millionth, from BTC to a coin of a hundred-thousandth', () => {
    for (const price of [104_000.5, 2_500, 0.31771, 0.0000123456]) {
      const plan = { entry: price, stop: price * 0.99, target: price * 1.02, risk: price * 0.01, rewardToRisk: 2, costR: 0.1 };
      const told = only(recorded(1, [anEvaluation({ barCloseMs: closeOf(1), plan })]).newest(ETH)).plan;
      expect((told?.stop ?? 0) / (price * 0.99)).toBeCloseTo(1, 5);
      expect((told?.target ?? 0) / (price * 1.02)).toBeCloseTo(1, 5);
    }
  });

  it('keeps a missing plan missing, and names a gate whose value was unknown', () => {
    const gates = someGates().slice(0, 7);
    const evaluation = anEvaluation({ barCloseMs: closeOf(1), plan: null, gates, firstFailedGate: 'stop' });
    const told = only(recorded(1, [evaluation]).newest(ETH));
    expect([told.plan, told.gates.length, told.firstFailedGate]).toEqual([null, 7, 'stop']);
    expect(told.zone.top).toBeCloseTo(2_496.91, 3);
  });

  it('never calls a gate passed that failed by less than the kept decimals', () => {
    const gates = someGates().map((gate) => (gate.id === 'room' ? { ...gate, value: 0.999_999_9, margin: -0.000_000_1 } : gate));
    const told = only(recorded(1, [anEvaluation({ barCloseMs: closeOf(1), gates })]).newest(ETH));
    expect(told.gates.find(({ id }) => id === 'room')?.pass).toBe(false);
  });

  it('keeps any number within a thousandth of itself, and the special ones as they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ min: -1e9, max: 1e9 }), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity))),
        (values) => {
          const out = new ByteWriter();
          for (const value of values) out.number(value);
          const from = new ByteReader(out.taken());
          for (const value of values) {
            const read = from.number();
            const same = Object.is(read, value) || read === value || Math.abs(read - value) <= 0.001 * Math.abs(value);
            // Below the smallest float there is nothing left to compare.
            if (!(same || Math.abs(value) < 1e-37)) throw new Error(`${value} was read as ${read}`);
          }
          expect(from.done).toBe(true);
        },
      ),
    );
  });
});

describe('a minute of the market', () => {
  it('tells a symbol without a zone in play from one that was not scanned', () => {
    const traces = recorded(1, [], [ETH]);
    expect(traces.newest(ETH)).toEqual({ kind: 'untouched', barCloseMs: closeOf(1) });
    expect(traces.newest(BTC)).toEqual({ kind: 'absent' });
    expect(traces.at(ETH, closeOf(2))).toEqual({ kind: 'absent' });
  });

  it('takes latecomers in without losing who was there', () => {
    const traces = recorded(1, [anEvaluation({ barCloseMs: closeOf(1) })]);
    traces.record({ barCloseMs: closeOf(2), scanned: [ETH], evaluations: [] });
    traces.record({
      barCloseMs: closeOf(1),
      scanned: [BTC],
      evaluations: [anEvaluation({ symbol: BTC, barCloseMs: closeOf(1) })],
    });
    expect([traces.at(ETH, closeOf(1)).kind, traces.at(BTC, closeOf(1)).kind]).toEqual(['evaluated', 'evaluated']);
    expect(traces.span).toEqual({ fromMs: closeOf(1), toMs: closeOf(2) });
  });

  it('keeps what two strategies said of one symbol', () => {
    const other = anEvaluation({ strategy: 'price-action', setup: 'pin', barCloseMs: closeOf(1) });
    const answer = recorded(1, [anEvaluation({ barCloseMs: closeOf(1) }), other]).newest(ETH);
    expect(answer.kind === 'evaluated' && answer.evaluations.map(({ strategy }) => strategy)).toEqual([
      'smc-confluence',
      'price-action',
    ]);
  });

  it('finds the newest minute of a symbol that has not been scanned since', () => {
    const traces = recorded(1, [], [ETH, BTC]);
    traces.record({ barCloseMs: closeOf(2), scanned: [ETH], evaluations: [] });
    expect(traces.newest(BTC)).toEqual({ kind: 'untouched', barCloseMs: closeOf(1) });
  });
});

describe('the span', () => {
  it('is the last 240 minutes', () => {
    const traces = new DecisionTraces();
    for (let minute = 1; minute <= 300; minute++) traces.record({ barCloseMs: closeOf(minute), scanned: [ETH], evaluations: [] });
    expect(traces.span).toEqual({ fromMs: closeOf(61), toMs: closeOf(300) });
    expect(traces.at(ETH, closeOf(60))).toEqual({ kind: 'absent' });
  });

  it('gives up its oldest minutes before it takes more memory than it may', () => {
    const traces = new DecisionTraces({ spanMs: 240 * 60_000, bytes: 20_000 });
    for (let minute = 1; minute <= 240; minute++)
      traces.record({
        barCloseMs: closeOf(minute),
        scanned: [ETH],
        evaluations: [anEvaluation({ barCloseMs: closeOf(minute) })],
      });
    expect(traces.bytes).toBeLessThanOrEqual(20_000);
    expect(traces.span?.toMs).toBe(closeOf(240));
    expect(traces.span?.fromMs).toBeGreaterThan(closeOf(1));
  });

  it('holds 648 symbols for 240 minutes in 16 MB where four of five touch a zone in every minute', () => {
    const symbols = Array.from({ length: 648 }, (_, i) => symbolId(`COIN${i}USDT`));
    const random = new SeededRandom(7);
    const traces = new DecisionTraces();
    // Eight minutes are drawn; the bytes of a minute do not depend on which one it is.
    for (let minute = 1; minute <= 8; minute++) {
      const evaluations = symbols
        .filter(() => random.next() < 0.8)
        .map((symbol) =>
          anEvaluation({
            symbol,
            barCloseMs: closeOf(minute),
            gates: someGates(random.next()),
            factors: someFactors(random.next() * 20),
          }),
        );
      traces.record({ barCloseMs: closeOf(minute), scanned: symbols, evaluations });
    }
    const words = recorded(1, [], symbols).bytes;
    expect((traces.bytes - words) * 30 + words).toBeLessThanOrEqual(16_000_000);
  });
});

describe('what is saved and taken up again', () => {
  it('is told once, and answers the same in the next process', () => {
    const traces = recorded(1, [anEvaluation({ barCloseMs: closeOf(1) })], [ETH, BTC]);
    const first = traces.unsaved();
    traces.markSaved();
    traces.record({ barCloseMs: closeOf(2), scanned: [BTC], evaluations: [] });
    const second = traces.unsaved();
    expect([first.minutes.length, second.minutes.map(({ barCloseMs }) => barCloseMs), second.words]).toEqual([
      1,
      [closeOf(2)],
      [],
    ]);
    const next = new DecisionTraces();
    next.restore({ words: [...first.words, ...second.words], minutes: [...first.minutes, ...second.minutes] });
    expect(next.newest(ETH)).toEqual(traces.newest(ETH));
    expect(next.symbols()).toEqual([ETH, BTC]);
    expect(next.unsaved()).toEqual({ words: [], minutes: [], keepFromMs: closeOf(1) });
  });
});
