// Services, room 4: one evaluation as about a hundred bytes and back. Gate values keep four decimals, factors the two that
// their sentences show; what repeats (names, thresholds, sentences) stands in the word book.
import type { Evaluation, Factor, Gate, TracedEvaluation } from '../../src/core/signal.ts';
import { isTimeframe } from '../../src/core/timeframe.ts';
import { type EpochMs, epochMs, invariant, type SymbolId } from '../../src/core/units.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { WordBook } from './word-book.ts';

export type { TracedEvaluation };

const EMITTED = 1;
const PLANNED = 2;
/** Distances of prices are kept in millionths of the entry. */
const PRICE_PARTS = 1_000_000;
const MINUTE_MS = 60_000;
/** Stands in a sentence where its number was. */
const BLANK = '\u0000';
/** Stands between the parts of a word. */
const CUT = '\u0001';
const FAILED = { none: 0, shown: 1, named: 2 } as const;

const hundredths = (value: number): number => Math.sign(value) * Math.round(Math.abs(value) * 100);
const readable = (value: number): string => String(Math.abs(hundredths(value)) / 100);

const DOT = 46;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** ASCII letters, digits and the underscore; NaN beyond either end of a text. */
const inWord = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

function standsAlone(text: string, at: number, end: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(end);
  return !(inWord(before) || before === DOT || inWord(after) || (after === DOT && isDigit(text.charCodeAt(end + 1))));
}

/** The sentence without its number, where the number stands in it as two decimals say it. */
function sentenceOf({ text, value }: Factor): string {
  if (!Number.isFinite(value)) return text;
  const number = readable(value);
  for (let at = text.indexOf(number); at >= 0; at = text.indexOf(number, at + 1)) {
    const end = at + number.length;
    if (standsAlone(text, at, end)) return text.slice(0, at) + BLANK + text.slice(end);
  }
  return text;
}

function gateList(gates: readonly Gate[]): string {
  let list = '';
  for (const { id, threshold, unit, value, margin } of gates) {
    list += id + CUT + threshold + CUT + unit + CUT + (margin === value - threshold ? 'min' : 'max') + CUT;
  }
  return list;
}

function writeGates(evaluation: Evaluation, words: WordBook, out: ByteWriter): void {
  const { gates, firstFailedGate } = evaluation;
  words.write(gateList(gates), out);
  out.uint(gates.reduce((bits, gate, i) => bits + (gate.pass ? 2 ** i : 0), 0));
  for (const gate of gates) out.number(gate.value);
  const shown = gates.find((gate) => !gate.pass)?.id ?? null;
  if (firstFailedGate === null) out.uint(FAILED.none);
  else if (firstFailedGate === shown) out.uint(FAILED.shown);
  else {
    out.uint(FAILED.named);
    words.write(firstFailedGate, out);
  }
}

function writeFactors(factors: readonly Factor[], words: WordBook, out: ByteWriter): void {
  out.uint(factors.length);
  for (const factor of factors) {
    words.write(factor.id + CUT + factor.points + CUT + factor.maxPoints + CUT + sentenceOf(factor), out);
    out.number(hundredths(factor.value));
  }
}

function writePrices({ zone, plan, barCloseMs }: Evaluation, out: ByteWriter): void {
  const base = plan?.entry ?? zone.top;
  const prices = plan === null ? [zone.bottom] : [plan.stop, plan.target, zone.top, zone.bottom];
  out.float(base);
  for (const price of prices) out.number(Math.round((price / base - 1) * PRICE_PARTS));
  out.uint(Math.max(0, Math.round((barCloseMs - zone.knownAtMs) / MINUTE_MS)));
}

export function writeEvaluation(evaluation: Evaluation, words: WordBook, out: ByteWriter): void {
  const { strategy, side, setup, zone, score, emitted, plan } = evaluation;
  words.write([strategy, side, setup, zone.kind, zone.timeframe].join(CUT), out);
  out.number(score);
  out.uint((emitted ? EMITTED : 0) + (plan === null ? 0 : PLANNED));
  writePrices(evaluation, out);
  writeGates(evaluation, words, out);
  writeFactors(evaluation.factors, words, out);
}

function readGates(words: WordBook, from: ByteReader): Pick<Evaluation, 'gates' | 'firstFailedGate'> {
  const rules = words.read(from).split(CUT);
  const bits = from.uint();
  const gates: Gate[] = [];
  for (let i = 0; i + 4 < rules.length; i += 4) {
    const [id = '', limit, unit = '', kind] = rules.slice(i, i + 4);
    const value = from.number();
    const threshold = Number(limit);
    const margin = kind === 'min' ? value - threshold : threshold - value;
    gates.push({ id, pass: Math.floor(bits / 2 ** gates.length) % 2 === 1, value, threshold, margin, unit });
  }
  const failed = from.uint();
  const shown = gates.find((gate) => !gate.pass)?.id ?? null;
  return { gates, firstFailedGate: failed === FAILED.none ? null : failed === FAILED.shown ? shown : words.read(from) };
}

function readFactors(words: WordBook, from: ByteReader): Factor[] {
  return Array.from({ length: from.uint() }, (): Factor => {
    const [id = '', points, maxPoints, sentence = ''] = words.read(from).split(CUT);
    const value = from.number() / 100;
    return { id, points: Number(points), maxPoints: Number(maxPoints), value, text: sentence.replace(BLANK, readable(value)) };
  });
}

export function readEvaluation(
  at: { readonly symbol: SymbolId; readonly barCloseMs: EpochMs },
  words: WordBook,
  from: ByteReader,
): TracedEvaluation {
  const [strategy = '', side, setup = '', kind = '', timeframe = ''] = words.read(from).split(CUT);
  invariant(side === 'long' || side === 'short', `a trace names the side ${side}`);
  invariant(isTimeframe(timeframe), `a trace names the timeframe ${timeframe}`);
  const score = from.number();
  const flags = from.uint();
  const base = from.float();
  const price = (): number => base * (1 + from.number() / PRICE_PARTS);
  const plan = flags >= PLANNED ? { entry: base, stop: price(), target: price() } : null;
  const top = plan === null ? base : price();
  const bottom = price();
  const knownAtMs = epochMs(at.barCloseMs - from.uint() * MINUTE_MS);
  return {
    ...at,
    strategy,
    side,
    setup,
    score,
    emitted: flags % 2 === EMITTED,
    zone: { kind, timeframe, top, bottom, knownAtMs },
    plan,
    ...readGates(words, from),
    factors: readFactors(words, from),
  };
}
