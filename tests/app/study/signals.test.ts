// A wild market through the study's own road: signals, pictures, claims and the report.
import { describe, expect, it } from 'vitest';
import { chooseSignals } from '../../../src/app/study/checklist.ts';
import { claimsOf } from '../../../src/app/study/claims.ts';
import { BANDS, FEWEST, measure } from '../../../src/app/study/groups.ts';
import { verdict } from '../../../src/app/study/report.ts';
import { signalChart } from '../../../src/app/study/signal-chart.ts';
import { type SignalScene, scenesOf } from '../../../src/app/study/signal-scene.ts';
import type { StudySignal } from '../../../src/app/study/study.ts';
import { signalsOf } from '../../../src/app/study/symbol-run.ts';
import { textIn } from '../../../src/app/text/catalogue.ts';
import { HitRates } from '../../../src/book/hit-rates.ts';
import { epochMs, symbolId } from '../../../src/core/units.ts';
import { smcConfluence } from '../../../strategy/smc-confluence.ts';
import { aSignal, MIDNIGHT } from '../../support/a-signal.ts';
import { STRICT } from '../../support/strategy-run.ts';
import { wildRecording } from '../../support/wild-market.ts';

const recorded = wildRecording(11, 10_000);
const OPEN = { ...STRICT, minConfidence: 45, costGateR: 1 };
const heard = signalsOf(smcConfluence, OPEN, recorded);
const scenes = scenesOf(smcConfluence, OPEN, recorded, heard.slice(0, 12));

describe('a drawn signal', () => {
  it('comes again bar for bar when its contract is run again', () => {
    expect(heard.length).toBeGreaterThan(12);
    expect(scenes.map((scene) => scene.signal)).toEqual(heard.slice(0, 12).map((one) => one.signal));
    for (const { signal, bars: seen } of scenes) expect(seen.at(-1)?.openMs).toBe(signal.barOpenMs);
  });

  it('claims nothing that the bars do not show', () => {
    for (const scene of scenes) {
      const claims = claimsOf(scene);
      expect(claims.length).toBeGreaterThan(5);
      expect(claims.filter((claim) => !claim.holds)).toEqual([]);
    }
  });

  it('is caught when its zone or its entry is not on the bars', () => {
    for (const scene of scenes) {
      const { signal } = scene;
      const moved = { ...scene, signal: { ...signal, zone: { ...signal.zone, top: signal.zone.top + 0.01 } } };
      expect(claimsOf(moved).some((claim) => !claim.holds)).toBe(true);
      const dearer = { ...scene, signal: { ...signal, plan: { ...signal.plan, entry: signal.plan.entry + 0.01 } } };
      expect(claimsOf(dearer).some((claim) => !claim.holds)).toBe(true);
    }
  });

  it('shows no bar after the trigger and its own zone from the bar it is drawn on', () => {
    for (const scene of scenes) {
      const spec = signalChart(scene, { size: 'desktop', theme: 'dark', rising: 'green' }, textIn('zh-TW'), null);
      expect(spec.bars.at(-1)?.openMs).toBe(scene.signal.barOpenMs);
      expect(spec.zones.filter((zone) => zone.weight === 'main').map((zone) => zone.fromMs)).toEqual([scene.signal.zone.atMs]);
      for (const mark of [...spec.breaks, ...spec.sweeps])
        expect('atMs' in mark ? mark.atMs : mark.toMs).toBeLessThanOrEqual(scene.signal.barOpenMs);
    }
  });
});

describe('the score of a drawn signal', () => {
  it('has what became of signals like it beside it', () => {
    const [scene] = scenes as [SignalScene];
    const rates = new HitRates();
    // 20 of 40: half, by Wilson at 1.96 (0.5 + 0.0480) / 1.0960 = 0.5 ± 0.148.
    rates.restore([{ setup: 'orderBlock', score: 82, outcomes: 40, hits: 20 }]);
    const look = { size: 'desktop', theme: 'dark', rising: 'green' } as const;
    const drawn = { ...scene, signal: { ...scene.signal, score: 82 } };
    expect(signalChart(drawn, look, textIn('en'), rates.rateOf('orderBlock', 82)).subtitle).toContain(
      'confluence 82 (no probability; past 1R hits: 50 % (35–65, n=40))',
    );
    expect(signalChart(drawn, look, textIn('en'), rates.rateOf('sweep', 82)).subtitle).toContain('past 1R hits: too few samples');
  });
});

describe('the choice of signals', () => {
  const one = (id: string, symbol: string, pass: StudySignal['pass']): StudySignal => ({
    signal: aSignal({ id, symbol: symbolId(symbol) }),
    index: 0,
    pass,
    contract: 0,
  });

  it('spreads over contracts and takes each signal once, as the pass that it is stricter in', () => {
    const all = [
      one('a', 'AUSDT', 'shipped'),
      one('a', 'AUSDT', 'noCostGate'),
      one('b', 'AUSDT', 'shipped'),
      one('c', 'BUSDT', 'noCostGate'),
    ];
    const chosen = chooseSignals(all, 10, (id) => id.charCodeAt(0));
    expect(chosen.map(({ signal, pass }) => `${signal.id} ${pass}`)).toEqual(['a shipped', 'c noCostGate', 'b shipped']);
    expect(chooseSignals(all, 2, (id) => id.charCodeAt(0))).toHaveLength(2);
  });
});

describe('the words of the report', () => {
  const samples = (n: number, netR: (i: number) => number, placeboNetR: number) =>
    Array.from({ length: n }, (_, i) => ({
      signal: aSignal({ barCloseMs: epochMs(MIDNIGHT + i * 86_400_000) }),
      label: { hit1R: i % 2 === 0 ? 1 : 0, grossR: netR(i), netR: netR(i) } as const,
      placebo: { hit1R: 0.5, netR: placeboNetR, draws: 10 },
    }));
  const said = (n: number, netR: (i: number) => number, placeboNetR: number): string =>
    verdict(measure('all', samples(n, netR, placeboNetR)), textIn('en'));

  it('say nothing of fewer than thirty signals', () => {
    expect(
      measure(
        'all',
        samples(FEWEST - 1, () => 1, 0),
      ).measured,
    ).toBeNull();
    expect(said(29, () => 1, 0)).toContain('29 signals are too few');
  });

  it('say better, worse or no better by the interval of the difference, and earned, lost or open by that of the result', () => {
    // ±1 R by turns over 40 days: the mean lies near zero, its interval on both sides.
    const even = (i: number): number => (i % 2 === 0 ? 1 : -1);
    expect(said(40, even, 0)).toMatch(/no better.*cannot be told/);
    expect(said(40, (i) => even(i) - 1, -1)).toMatch(/no better.*they lost/);
    expect(said(40, (i) => even(i) + 2, 0)).toMatch(/did better.*they earned/);
    expect(said(40, (i) => even(i) - 2, 0)).toMatch(/did worse.*they lost/);
  });

  it('cover every score once', () => {
    for (let score = 0; score <= 100; score++) {
      expect(BANDS.filter((band) => score >= band.from && score < band.to)).toHaveLength(1);
    }
  });
});
