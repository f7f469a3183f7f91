// Conformance, the fixtures' bars: made from a seed, each folder with the trouble it is named after. Prices are whole ticks, so that ties
// are plenty and every decimal is short.
import { SeededRandom } from '../../src/core/random.ts';
import type { BarRow } from './series.ts';

export interface FixtureShape {
  readonly seed: number;
  readonly bars: number;
  readonly from: string;
  readonly stepMinutes: number;
  /** Price of the first open and one tick, as decimals: 1.05 and 0.00001. */
  readonly price: number;
  readonly decimals: number;
  /** Largest body and wick of an ordinary bar, in ticks. */
  readonly swingTicks: number;
  readonly volume: 'none' | 'small' | 'large';
  /** Share of bars before which the feed was silent for up to this many bars. */
  readonly outages: { readonly share: number; readonly longestBars: number };
  /** fx: no bars from Friday 22:00 to Sunday 21:00. */
  readonly week: 'always' | 'fx';
  /** inverted: the first bars close above each other at once, as if bar 0 were a swing that bar 1 crosses. */
  readonly opening: 'plain' | 'inverted';
  /** outside: a bar beyond all before it, then closes beyond both of its sides: one row that is a block for both directions. */
  readonly ending: 'plain' | 'outside';
}

interface TickBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

const HOUR_MS = 3_600_000;

function isClosed(ms: number): boolean {
  const at = new Date(ms);
  const [day, hour] = [at.getUTCDay(), at.getUTCHours()];
  return day === 6 || (day === 5 && hour >= 22) || (day === 0 && hour < 21);
}

class SeriesMaker {
  readonly #shape: FixtureShape;
  readonly #random: SeededRandom;
  /** Bars of a wickless run still to come, with its sign. */
  #run = 0;
  #close: number;
  readonly #home: number;

  constructor(shape: FixtureShape) {
    this.#shape = shape;
    this.#random = new SeededRandom(shape.seed);
    this.#home = Math.round(shape.price * 10 ** shape.decimals);
    this.#close = this.#home;
  }

  #upTo(most: number): number {
    return Math.floor(this.#random.next() * (most + 1));
  }

  #aTickBar(): TickBar {
    const { swingTicks } = this.#shape;
    const jump = this.#random.next() < 0.08 ? this.#upTo(4 * swingTicks) - 2 * swingTicks : 0;
    const open = this.#close + jump;
    if (this.#run === 0 && this.#random.next() < 0.06) this.#run = (this.#random.next() < 0.5 ? -1 : 1) * (2 + this.#upTo(3));
    if (this.#run !== 0) return this.#aRunBar(open);
    // A light pull home keeps equal highs and lows within reach of each other.
    const pull = Math.sign(this.#home - open) * (this.#random.next() < 0.15 ? 1 : 0);
    const close = this.#random.next() < 0.06 ? open : open + this.#upTo(2 * swingTicks) - swingTicks + pull;
    const high = Math.max(open, close) + this.#upTo(swingTicks);
    return { open, high, low: Math.min(open, close) - this.#upTo(swingTicks), close };
  }

  #aRunBar(open: number): TickBar {
    const sign = Math.sign(this.#run);
    this.#run -= sign;
    const close = open + sign * 2 * this.#shape.swingTicks;
    return { open, high: Math.max(open, close), low: Math.min(open, close), close };
  }

  #aVolume(): number {
    switch (this.#shape.volume) {
      case 'none':
        return 0;
      case 'small':
        return this.#upTo(3);
      case 'large':
        return this.#random.next() < 0.1 ? 0 : 20_000_000 + this.#upTo(400_000_000);
    }
  }

  #nextTime(ms: number): number {
    const { stepMinutes, outages, week } = this.#shape;
    const silent = this.#random.next() < outages.share ? 1 + this.#upTo(outages.longestBars - 1) : 0;
    let next = ms + (1 + silent) * stepMinutes * 60_000;
    while (week === 'fx' && isClosed(next)) next = Math.floor(next / HOUR_MS) * HOUR_MS + HOUR_MS;
    return next;
  }

  make(): BarRow[] {
    const scale = 10 ** this.#shape.decimals;
    let ms = Date.parse(this.#shape.from);
    return this.#tickBars().map((bar): BarRow => {
      const row: BarRow = [ms, bar.open / scale, bar.high / scale, bar.low / scale, bar.close / scale, this.#aVolume()];
      ms = this.#nextTime(ms);
      return row;
    });
  }

  #tickBars(): TickBar[] {
    const { bars, opening, ending } = this.#shape;
    const made: TickBar[] = [];
    while (made.length < bars) {
      const bar = opening === 'inverted' && made.length < 2 ? this.#anOpeningBar(made.length) : this.#aTickBar();
      this.#close = bar.close;
      made.push(bar);
    }
    return ending === 'outside' ? [...made, ...this.#anOutsideEnding(made)] : made;
  }

  /** Beyond all bars; a close above them; a close below the outside bar; and lower still. */
  #anOutsideEnding(bars: readonly TickBar[]): TickBar[] {
    const top = Math.max(...bars.map((bar) => bar.high));
    const bottom = Math.min(...bars.map((bar) => bar.low));
    return [
      { open: this.#close, high: top + 6, low: bottom - 4, close: this.#close },
      { open: this.#close, high: top + 3, low: bottom, close: top + 2 },
      { open: top + 2, high: top + 4, low: bottom - 9, close: bottom - 7 },
      { open: bottom - 7, high: bottom - 5, low: bottom - 12, close: bottom - 10 },
    ];
  }

  /** Bar 0 is narrow, bar 1 closes above it and then the way leads down to the first swing. */
  #anOpeningBar(i: number): TickBar {
    const open = this.#home + i * 3;
    return { open, high: open + 2 + i, low: open - 1, close: open + 1 + i };
  }
}

export const fixtureSeries = (shape: FixtureShape): BarRow[] => new SeriesMaker(shape).make();

export function seriesText(rows: readonly BarRow[], decimals: number): string {
  const dateText = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const lines = rows.map(([ms, open, high, low, close, volume]) =>
    [dateText(ms), ...[open, high, low, close].map((price) => price.toFixed(decimals)), String(volume)].join(','),
  );
  return `Date,Open,High,Low,Close,Volume\n${lines.join('\n')}\n`;
}
