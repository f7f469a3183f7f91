// A store that cannot be written costs explanations, never a minute of trading.
import { describe, expect, it } from 'vitest';
import { DecisionTraces } from '../../services/decision-traces.ts';
import { TraceKeeper } from '../../services/trace-keeper.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { JournalError } from '../../src/ports/errors.ts';
import type { TraceDelta, TraceStore } from '../../src/ports/trace-store.ts';
import { MIDNIGHT } from '../support/a-signal.ts';

class FragileStore implements TraceStore {
  readonly saved: TraceDelta[] = [];
  fault: Error | null = null;
  save(delta: TraceDelta): void {
    if (this.fault !== null) throw this.fault;
    this.saved.push(delta);
  }
  load() {
    return { words: [], minutes: [] };
  }
  close(): void {
    this.saved.length = 0;
  }
}

const warnings: string[] = [];
const quiet = (): void => undefined;
const logger = { debug: quiet, info: quiet, warn: (_: unknown, message: string) => warnings.push(message), error: quiet };
const minute = (n: number) => ({ barCloseMs: epochMs(MIDNIGHT + n * 60_000), scanned: [symbolId('ETHUSDT')], evaluations: [] });

describe('a store that fails', () => {
  it('is told once, and gets what it missed with the next minute', () => {
    const store = new FragileStore();
    const keeper = new TraceKeeper(new DecisionTraces(), store, logger);
    store.fault = new JournalError('disk full');
    keeper.onMinute(minute(1));
    keeper.onMinute(minute(2));
    store.fault = null;
    keeper.onMinute(minute(3));
    expect(warnings).toEqual(['decision traces could not be written']);
    expect(store.saved.map(({ minutes }) => minutes.length)).toEqual([3]);
    expect(keeper.traces.newest(symbolId('ETHUSDT')).kind).toBe('untouched');
  });

  it('does not hide a mistake of our own', () => {
    const store = new FragileStore();
    const keeper = new TraceKeeper(new DecisionTraces(), store, logger);
    store.fault = new TypeError('ours');
    expect(() => keeper.onMinute(minute(1))).toThrow('ours');
  });
});
