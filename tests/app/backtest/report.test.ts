// The report as people open it: complete in both languages, nothing from outside, numbers only where there are enough.
import { describe, expect, it } from 'vitest';
import { type ReportFigures, reportFigures } from '../../../src/app/backtest/figures.ts';
import { reportHtml } from '../../../src/app/backtest/report/report-html.ts';
import { tradeRows } from '../../../src/app/backtest/trade-rows.ts';
import en from '../../../src/app/text/backtest-en.json' with { type: 'json' };
import zh from '../../../src/app/text/backtest-zh-TW.json' with { type: 'json' };
import { aBacktest, aKlineFolder, backtest } from '../../support/backtest-bench.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const PATIENCE_MS = 120_000;

async function figuresOf(minutes: number): Promise<{ figures: ReportFigures; html: string }> {
  const folder = aKlineFolder({ LTCUSDT: wildMinutes(5, minutes) });
  try {
    const run = await backtest(aBacktest(folder.files));
    const figures = reportFigures(run, [1, 100]);
    return { figures, html: reportHtml(figures, tradeRows(run), 'perpscout backtest --data "<folder>"') };
  } finally {
    folder.remove();
  }
}

describe('the words of the report', () => {
  it('are the same sentences in both languages', () => {
    const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    for (const [key, text] of Object.entries(zh))
      expect([key, placeholders(en[key as keyof typeof en])]).toEqual([key, placeholders(text)]);
  });
});

describe('the report', () => {
  it(
    'is one page without anything from outside, in both languages',
    async () => {
      const { html } = await figuresOf(4_200);
      expect(html).not.toMatch(/(src|href)=|url\(|<script|@import|https?:/);
      expect(html).toContain('<article class="zh" lang="zh-TW">');
      expect(html).toContain('<article class="en" lang="en">');
      // No key without its sentence, no number that is none, nothing from outside that became markup.
      expect(html).not.toMatch(/backtest\.[a-z]|\{\w+\}(?![^<]*<\/style>)|NaN|undefined|Infinity/);
      expect(html).toContain('--data &quot;&lt;folder&gt;&quot;');
      for (const tag of ['table', 'details', 'svg', 'article', 'div', 'ul'])
        expect([tag, html.split(`<${tag}`).length]).toEqual([tag, html.split(`</${tag}>`).length]);
    },
    PATIENCE_MS,
  );

  it(
    'says "not enough data" instead of a number where there is too little',
    async () => {
      const { figures, html } = await figuresOf(2_600);
      expect(figures.signals.n).toBeLessThan(30);
      expect(figures.signals.all.measured).toBeNull();
      expect(figures.ranking.difference).toBeNull();
      expect(figures.sharpe).toMatchObject({ verdict: 'tooFew', deflated: [] });
      expect(html).toContain(zh['backtest.notEnough']);
      expect(html).toContain(en['backtest.notEnough']);
    },
    PATIENCE_MS,
  );
});
