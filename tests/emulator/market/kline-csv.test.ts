import { describe, expect, it } from 'vitest';
import { parseKlines } from '../../../src/emulator/market/kline-csv.ts';

const HEADER = 'open_time,open,high,low,close,volume';
const T = 1_748_620_800_000;
const parse = (...lines: string[]) => parseKlines(new TextEncoder().encode(`${lines.join('\n')}\n`), 'AUSDT.csv');
const row = (minute: number, rest = '10,12,9,11,5'): string => `${T + minute * 60_000},${rest}`;

describe('a file of recorded klines', () => {
  it('becomes columns of the very numbers it holds', () => {
    const columns = parse(HEADER, row(0, '10.5,12.25,9.125,11,5'), row(1, '11,11,11,11,0'));
    expect([...columns.openMs]).toEqual([T, T + 60_000]);
    expect([...columns.low]).toEqual([9.125, 11]);
    expect([...columns.volume]).toEqual([5, 0]);
    expect(columns.priceDecimals).toBe(3);
    expect(columns.contiguous).toBe(true);
    expect(columns.trades).toHaveLength(0);
  });

  it('may carry quote volume, trades and taker volume behind', () => {
    const columns = parse(`${HEADER},quote_volume,trades,taker_buy_volume`, row(0, '10,12,9,11,5,55.5,7,2.5'));
    expect([columns.quoteVolume[0], columns.trades[0], columns.takerBuyVolume[0]]).toEqual([55.5, 7, 2.5]);
  });

  it('may miss whole minutes', () => {
    expect(parse(HEADER, row(0), row(1), row(5)).contiguous).toBe(false);
  });

  it.each<[string, string[], string]>([
    ['a word for a number', [HEADER, row(0), row(1, '10,12,nine,11,5')], 'AUSDT.csv:3: low is "nine", not a number'],
    ['a short row', [HEADER, row(0, '10,12,9,11')], 'AUSDT.csv:2: close is the last column'],
    ['a long row', [HEADER, row(0, '10,12,9,11,5,1')], 'AUSDT.csv:2: volume is followed by more columns'],
    ['an empty line', [HEADER, row(0), '', row(1)], 'AUSDT.csv:3: open_time is "", not a number'],
    ['a minute twice', [HEADER, row(0), row(1), row(1)], `AUSDT.csv:4: open_time ${T + 60_000} stands twice`],
    ['rows that go back', [HEADER, row(2), row(1)], 'AUSDT.csv:3: open_time'],
    ['half a minute', [HEADER, row(0), `${T + 90_000},10,12,9,11,5`], 'does not lie on a whole minute'],
    ['a high below the body', [HEADER, row(0, '10,10.5,9,11,5')], 'AUSDT.csv:2: high 10.5 is below the body'],
    ['a low above the body', [HEADER, row(0, '10,12,10.5,11,5')], 'AUSDT.csv:2: low 10.5 is above the body'],
    ['a price of nothing', [HEADER, row(0, '0,12,0,11,5')], 'price 0 is not positive'],
    ['a negative volume', [HEADER, row(0, '10,12,9,11,-5')], 'volume -5 is negative'],
    ['another header', ['time,o,h,l,c,v', row(0)], 'AUSDT.csv:1: the header is "time,o,h,l,c,v"'],
    ['no bar at all', [HEADER], 'AUSDT.csv:2: no bar below the header'],
    ['bars of 15 minutes', [HEADER, row(0), row(15), row(30)], 'the bars are 15 minutes apart; the exchange plays 1m bars only'],
  ])('is refused with file and line for %s', (_, lines, message) => {
    expect(() => parse(...lines)).toThrow(message);
  });
});
