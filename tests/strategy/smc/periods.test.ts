// Days, weeks and kill zones by hand.
import { describe, expect, it } from 'vitest';
import { type Timeframe, timeframeMs } from '../../../src/core/timeframe.ts';
import { epochMs } from '../../../src/core/units.ts';
import { KILL_ZONE_TIME, ZoneClock, zoneOffsetMs } from '../../../strategy/smc/sessions.ts';
import { SmcEngine } from '../../../strategy/smc/smc-engine.ts';
import { aBar } from '../../support/a-bar.ts';

const HOUR_MS = 3_600_000;

class Hours {
  readonly engine: SmcEngine;
  readonly #step: number;

  constructor(timeframe: Timeframe) {
    this.engine = new SmcEngine({ timeframe, tickSize: 0.1 });
    this.#step = timeframeMs(timeframe);
  }

  /** Bars from one instant to another; the high and low of each day are 100 ± the day of the month. */
  play(from: string, to: string): this {
    for (let at = Date.parse(from); at < Date.parse(to); at += this.#step) {
      const day = new Date(at).getUTCDate();
      this.engine.onBar(aBar({ openMs: epochMs(at), open: 100, close: 100, high: 100 + day, low: 100 - day }), 1, 1);
    }
    return this;
  }

  sessionAt(time: string): string | null {
    this.engine.onBar(aBar({ openMs: epochMs(Date.parse(time)) }), 1, 1);
    return this.engine.session;
  }
}

describe('previous levels', () => {
  it('are those of the last whole day, known at the close of its last bar', () => {
    const hours = new Hours('1h').play('2025-06-10T00:00Z', '2025-06-10T23:00Z');
    expect(hours.engine.previousLevels.dayHigh).toBeNaN();
    hours.play('2025-06-10T23:00Z', '2025-06-11T00:00Z');
    expect(hours.engine.previousLevels).toMatchObject({ dayHigh: 110, dayLow: 90, weekHigh: Number.NaN });
  });

  it('are not taken from a day whose beginning was not seen', () => {
    const hours = new Hours('1h').play('2025-06-10T05:00Z', '2025-06-11T12:00Z');
    expect(hours.engine.previousLevels.dayHigh).toBeNaN();
    hours.play('2025-06-11T12:00Z', '2025-06-12T00:00Z');
    expect(hours.engine.previousLevels).toMatchObject({ dayHigh: 111, dayLow: 89 });
  });

  it('end by time where the last bars are missing, and skip days without bars', () => {
    const hours = new Hours('1h').play('2025-06-10T00:00Z', '2025-06-10T20:00Z').play('2025-06-12T03:00Z', '2025-06-12T04:00Z');
    expect(hours.engine.previousLevels).toMatchObject({ dayHigh: 110, dayLow: 90 });
  });

  it('know the week from Monday 00:00 UTC', () => {
    // 2025-06-09 was a Monday; its week's greatest day number is 15, the Sunday.
    const hours = new Hours('1h').play('2025-06-09T00:00Z', '2025-06-16T00:00Z');
    expect(hours.engine.previousLevels).toMatchObject({ weekHigh: 115, weekLow: 85, dayHigh: 115 });
  });

  it('become pools of both sides, and the next day takes their place', () => {
    const hours = new Hours('1h').play('2025-06-10T00:00Z', '2025-06-12T00:00Z');
    const days = (side: 'buySide' | 'sellSide') => hours.engine.pools(side).filter((pool) => pool.kind === 'day');
    expect(days('buySide')).toMatchObject([{ level: 111, weight: 2, period: 'day' }]);
    hours.play('2025-06-12T00:00Z', '2025-06-13T00:00Z');
    // The 12th reached 112 and closed back: 111 was swept, 112 stands.
    expect(days('buySide')).toMatchObject([{ level: 112 }]);
    expect(days('sellSide')).toMatchObject([{ level: 88 }]);
  });
});

describe('kill zones', () => {
  it('follow New York through summer and winter', () => {
    // 07:00–10:00 in New York is 11:00–14:00 UTC in July and 12:00–15:00 in January.
    const winter = new Hours('1h');
    expect(winter.sessionAt('2025-01-15T11:00Z')).toBeNull();
    expect(winter.sessionAt('2025-01-15T12:00Z')).toBe('newYork');
    expect(winter.sessionAt('2025-01-15T15:00Z')).toBe('londonClose');
    const summer = new Hours('1h');
    expect(summer.sessionAt('2025-07-15T10:00Z')).toBeNull();
    expect(summer.sessionAt('2025-07-15T11:00Z')).toBe('newYork');
    expect(summer.sessionAt('2025-07-15T14:00Z')).toBe('londonClose');
    expect(summer.sessionAt('2025-07-15T16:00Z')).toBeNull();
  });

  it('are half-open: the bar that opens at the end is outside', () => {
    const summer = new Hours('1m');
    expect(summer.sessionAt('2025-07-15T08:59Z')).toBe('london');
    expect(summer.sessionAt('2025-07-15T09:00Z')).toBeNull();
    expect(summer.sessionAt('2025-07-16T03:59Z')).toBe('asia');
    expect(summer.sessionAt('2025-07-16T04:00Z')).toBeNull();
  });

  it('change their offset at the hour of the change, not at midnight', () => {
    // On 2025-11-02 at 06:00 UTC New York goes from −4 to −5 hours.
    const clock = new ZoneClock(KILL_ZONE_TIME);
    const offsets = ['00:00', '05:59', '06:00', '12:00'].map(
      (time) => clock.offsetMs(Date.parse(`2025-11-02T${time}Z`)) / HOUR_MS,
    );
    expect(offsets).toEqual([-4, -4, -5, -5]);
    expect(zoneOffsetMs('Asia/Kolkata', Date.parse('2025-11-02T06:00Z'))).toBe(5.5 * HOUR_MS);
  });
});
