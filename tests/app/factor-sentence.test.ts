// Every sentence that a strategy writes about a factor has its sentence in Chinese, with the same numbers in it.
import { describe, expect, it } from 'vitest';
import { textIn } from '../../src/app/text/catalogue.ts';
import { factorSentence } from '../../src/app/text/factor-sentence.ts';
import catalogue from '../../src/app/text/factors-zh-TW.json' with { type: 'json' };
import factors from '../../strategy/confluence/factors.json' with { type: 'json' };
import { priceAction } from '../../strategy/price-action.ts';
import { smcConfluence } from '../../strategy/smc-confluence.ts';
import { evaluationsOf, LOOSE, open } from '../support/strategy-run.ts';
import { wildMinutes } from '../support/wild-market.ts';

const zh = textIn('zh-TW');
const blanks = (sentence: string): string[] => (sentence.match(/\{\w+\}/g) ?? []).sort();
const aFactor = (id: string, text: string) => ({ id, text, points: 5, maxPoints: 10, value: 1 });

describe('a factor in words', () => {
  it('has a Chinese form for each sentence of the table, with the same blanks', () => {
    const known: Readonly<Record<string, Readonly<Record<string, string>>>> = catalogue.forms;
    for (const [id, { levels }] of Object.entries(factors.factors)) {
      const wanted = Object.values<{ readonly text: string }>(levels).map(({ text }) => text);
      expect([id, Object.keys(known[id] ?? {}).sort()]).toEqual([id, wanted.sort()]);
    }
    for (const [english, chinese] of Object.values(known).flatMap(Object.entries<string>)) {
      expect([english, blanks(chinese)]).toEqual([english, blanks(english)]);
    }
  });

  it('keeps the numbers and says where', () => {
    const said = (id: string, text: string) => factorSentence(aFactor(id, text), zh);
    expect(said('C1', '15m close 1.8 % above EMA200')).toBe('15m 收盤在 EMA200 上方 1.8 %');
    expect(said('C2', '15m EMA200 moved 0.4 ATR down in 10 bars, with the trade')).toBe(
      '15m EMA200 十根內下降 0.4 ATR，順著方向',
    );
    expect(said('P1', 'touch number 2: the zone is no longer fresh')).toBe('第 2 次觸及：區域已不新鮮');
    expect(said('A2', 'imbalance of only unknown ATR in the leg (needs 0.5)')).toBe('走勢內的失衡缺口只有 未知 ATR（需 0.5）');
  });

  it('stays as it is in English, and where nobody knows the form', () => {
    const strange = aFactor('A1', 'something else');
    expect([factorSentence(strange, zh), factorSentence(aFactor('P1', 'touch number 1'), textIn('en'))]).toEqual([
      'something else',
      'touch number 1',
    ]);
  });

  it.each([smcConfluence, priceAction])('knows every sentence that $id says of a wild market', (strategy) => {
    const said = evaluationsOf(open(strategy, LOOSE), wildMinutes(3, 9_000)).flatMap(({ factors: found }) => found);
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((factor) => !/[一-鿿]/.test(factorSentence(factor, zh))).map(({ text }) => text)).toEqual([]);
  });
});
