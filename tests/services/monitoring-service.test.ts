// What the overview knows of a signal after its minute.
import { describe, expect, it } from 'vitest';
import { MonitoringService } from '../../services/monitoring-service.ts';
import { HitRates } from '../../src/book/hit-rates.ts';
import { epochMs } from '../../src/core/units.ts';
import { A, aSignal, T0 } from '../support/execution-bench.ts';

function asked(): MonitoringService {
  const monitoring = new MonitoringService('sim', { publish: () => undefined, flush: async () => undefined });
  const signals = [aSignal(), aSignal({ side: 'short', barCloseMs: T0 - 60_000 })];
  monitoring.onDecided(
    signals.map((signal, i) => ({ signal, rank: i + 1 })),
    new Map([
      [aSignal().id, 'label: entryRequest'],
      [signals[1]?.id ?? '', 'virtual: cluster'],
    ]),
  );
  return monitoring;
}

const fates = (monitoring: MonitoringService): string[] => {
  const live = { positions: [], virtuals: [], balance: null, entryRequests: [], settings: new Map(), clusterMinutes: 15 };
  const ladder = { level: 'NORMAL', reasons: [] } as const;
  return monitoring.overview(epochMs(T0), { ...live, ladder, hitRates: new HitRates() }).recentSignals.map(({ fate }) => fate);
};

describe('a signal that a person is asked about', () => {
  it.each([
    ['confirmed', 'real'],
    ['skipped', 'virtual: skipped'],
    ['notConfirmed', 'virtual: notConfirmed'],
  ])('is shown as it was answered: %s', (outcome, fate) => {
    const monitoring = asked();
    expect(fates(monitoring)).toEqual(['label: entryRequest', 'virtual: cluster']);
    monitoring.publish({ event: 'entryAnswered', at: epochMs(T0), signalId: aSignal().id, symbol: A, side: 'long', outcome });
    expect(fates(monitoring)).toEqual([fate, 'virtual: cluster']);
  });

  it('stays asked when somebody answers a question that nobody put', () => {
    const monitoring = asked();
    monitoring.publish({ event: 'entryAnswered', at: epochMs(T0), signalId: 'x', outcome: 'unknown', by: 'someone' });
    expect(fates(monitoring)).toEqual(['label: entryRequest', 'virtual: cluster']);
  });
});
