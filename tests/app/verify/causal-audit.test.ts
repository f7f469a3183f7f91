import { describe, expect, it } from 'vitest';
import {
  type AuditedDetector,
  auditCausality,
  type CausalReport,
  type ConfirmedEvent,
} from '../../../src/app/verify/causal-audit.ts';
import { smcDetector } from '../../../src/app/verify/smc-detector.ts';
import { wildMinutes } from '../../support/wild-market.ts';

const bars = wildMinutes(3, 1_500);

function audit(open: () => AuditedDetector, prefixes = 20): CausalReport {
  const steps = auditCausality({ bars, timeframe: '1m', open, prefixes, seed: 1 });
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The product's own detectors, with what they hold rewritten after each bar. */
function rewritten(rewrite: (held: readonly ConfirmedEvent[]) => readonly ConfirmedEvent[]): () => AuditedDetector {
  return () => {
    const inner = smcDetector('1m', 0.01);
    const held: ConfirmedEvent[] = [];
    return {
      onBar: (bar) => {
        const events = inner.onBar(bar);
        held.push(...events);
        return events;
      },
      confirmed: () => rewrite(held),
    };
  };
}

const zoneOf = (event: ConfirmedEvent): string => ('zoneId' in event ? String(event.zoneId) : '');
const changeOf = (event: ConfirmedEvent): string => ('change' in event ? String(event.change) : '');

describe('the audit of causality', () => {
  it('finds nothing in the detectors of the product', () => {
    const report = audit(() => smcDetector('1m', 0.01));
    expect(report).toMatchObject({ backDated: 0, changed: 0, vanished: 0, bars: 1_500, prefixes: 20 });
    // 1,500 wild minutes hold hundreds of pivots, gaps and touches: an audit of silence would prove nothing.
    expect(report.events).toBeGreaterThan(500);
  });

  it('counts zones that disappear from the table once they fail', () => {
    const survivors = rewritten((held) => {
      const failed = new Set(held.filter((event) => changeOf(event) === 'invalid').map(zoneOf));
      return held.filter((event) => !failed.has(zoneOf(event)) || zoneOf(event) === '');
    });
    const report = audit(survivors);
    expect(report.vanished).toBeGreaterThan(0);
    expect(report.changed).toBe(0);
  });

  it('counts events that are written on the bar they are drawn on, not on the bar that confirmed them', () => {
    const drawn = rewritten((held) => held.map((event) => ({ ...event, knownAt: event.at })));
    expect(audit(drawn).backDated).toBeGreaterThan(0);
    const streamed = (): AuditedDetector => {
      const inner = smcDetector('1m', 0.01);
      return { onBar: (bar) => inner.onBar(bar).map((event) => ({ ...event, knownAt: event.at })) };
    };
    expect(audit(streamed).backDated).toBeGreaterThan(0);
  });

  it('counts events whose words move with later bars', () => {
    const moving = rewritten((held) => held.map((event) => ({ ...event, of: held.length })));
    const report = audit(moving);
    expect(report.changed).toBeGreaterThan(0);
    expect(report.backDated + report.vanished).toBe(0);
  });

  it('counts an event that is changed in place after it was told', () => {
    const alive = (): AuditedDetector => {
      const told: (ConfirmedEvent & { age: number })[] = [];
      return {
        onBar: (bar) => {
          for (const event of told) event.age += 1;
          const event = { id: String(bar.openMs), at: bar.openMs, knownAt: bar.openMs, age: 0 };
          told.push(event);
          return [event];
        },
      };
    };
    // All but the newest of 1,500 events have aged.
    expect(audit(alive, 0).changed).toBe(1_499);
  });

  it('catches a detector that confirms a bar in its own name once the next one is seen', () => {
    const peeking = (): AuditedDetector => {
      let last = Number.NaN;
      const held: ConfirmedEvent[] = [];
      const pending: ConfirmedEvent[] = [];
      return {
        onBar: (bar) => {
          // Confirms the bar before, in its name, when this one rose: it cannot have known.
          if (bar.close > last) held.push(...pending);
          pending.length = 0;
          pending.push({ id: String(bar.openMs), at: bar.openMs, knownAt: bar.openMs });
          last = bar.close;
          return [];
        },
        confirmed: () => held,
      };
    };
    expect(audit(peeking).backDated).toBeGreaterThan(0);
  });
});
