// Adapters, binance: a page of candles straight from its text. A start reads 65 MB of them, and the general way (JSON, schema, numbers
// from words) costs four times as much. Whatever differs from the venue's plain rows in anything is left to the general way.
import type { Bar } from '../../core/market.ts';
import { epochMs } from '../../core/units.ts';
import { honest } from './mapper.ts';

/** Bars as they stood in the answer, not yet judged. */
export class KlinePage {
  readonly bars: readonly Bar[];

  constructor(bars: readonly Bar[]) {
    this.bars = bars;
  }
}

const [OPEN, CLOSE, COMMA, QUOTE, DOT, ZERO, NINE] = [0x5b, 0x5d, 0x2c, 0x22, 0x2e, 0x30, 0x39] as const;
/** Powers of ten that a double holds exactly: a whole number below 2^53 divided by one of them is rounded once, as `Number` rounds. */
const EXACT_POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

class Reader {
  readonly #text: string;
  #at = 0;
  /** Something was met that is no plain row; what was read since means nothing. */
  strange = false;

  constructor(text: string) {
    this.#text = text;
  }

  get ended(): boolean {
    return this.#at === this.#text.length;
  }

  /** Whether the next character is this one; it is passed then. */
  passes(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  expect(code: number): void {
    if (!this.passes(code)) this.strange = true;
  }

  /** Digits alone, and nothing that a double cannot hold. */
  whole(): number {
    const from = this.#at;
    let value = 0;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (!(code >= ZERO && code <= NINE)) break;
      value = value * 10 + (code - ZERO);
      this.#at += 1;
    }
    // JSON knows no leading zeros.
    const padded = this.#at > from + 1 && this.#text.charCodeAt(from) === ZERO;
    if (this.#at === from || padded || value > Number.MAX_SAFE_INTEGER) this.strange = true;
    return value;
  }

  nextWhole(): number {
    this.expect(COMMA);
    return this.whole();
  }

  /** Behind a comma, digits, a dot and digits between quotes. */
  nextQuoted(): number {
    this.expect(COMMA);
    this.expect(QUOTE);
    const from = this.#at;
    let digits = 0;
    let dot = -1;
    let at = from;
    for (; ; at++) {
      const code = this.#text.charCodeAt(at);
      if (code >= ZERO && code <= NINE) digits = digits * 10 + (code - ZERO);
      else if (code === DOT && dot < 0 && at > from) dot = at;
      else break;
    }
    this.#at = at;
    if (at === from || dot === at - 1) this.strange = true;
    this.expect(QUOTE);
    const power = dot < 0 ? 0 : at - dot - 1;
    const exact = digits <= Number.MAX_SAFE_INTEGER && power < EXACT_POWERS.length;
    return exact ? digits / (EXACT_POWERS[power] as number) : Number(this.#text.slice(from, at));
  }
}

function readRow(reader: Reader): Bar {
  reader.expect(OPEN);
  const openMs = reader.whole();
  const open = reader.nextQuoted();
  const high = reader.nextQuoted();
  const low = reader.nextQuoted();
  const close = reader.nextQuoted();
  const volume = reader.nextQuoted();
  reader.nextWhole();
  const quoteVolume = reader.nextQuoted();
  const trades = reader.nextWhole();
  const takerBuyVolume = reader.nextQuoted();
  // Taker buy quote volume and a field that the venue ignores.
  reader.nextQuoted();
  reader.nextQuoted();
  reader.expect(CLOSE);
  return { openMs: epochMs(openMs), open, high, low, close, ...honest({ volume, quoteVolume, trades, takerBuyVolume }) };
}

/** Null where the text is not exactly rows of the venue's twelve fields. */
export function readKlinePage(text: string): KlinePage | null {
  const reader = new Reader(text);
  const bars: Bar[] = [];
  reader.expect(OPEN);
  if (!reader.passes(CLOSE)) {
    do bars.push(readRow(reader));
    while (!reader.strange && reader.passes(COMMA));
    reader.expect(CLOSE);
  }
  return reader.strange || !reader.ended ? null : new KlinePage(bars);
}
