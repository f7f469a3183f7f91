// Tests: a series of bars through the engine, and what it said as lines of text, one list per bar.

import type { Bar } from '../../../src/core/market.ts';
import type { Timeframe } from '../../../src/core/timeframe.ts';
import { IndicatorCore } from '../../../strategy/indicators/indicator-core.ts';
import type { SmcParams } from '../../../strategy/smc/params.ts';
import { SmcEngine } from '../../../strategy/smc/smc-engine.ts';
import type { SmcEvent } from '../../../strategy/smc/types.ts';

export interface RunOptions {
  readonly timeframe: Timeframe;
  readonly tickSize: number;
  readonly params?: SmcParams;
}

export class EngineRun {
  readonly engine: SmcEngine;
  readonly indicators = new IndicatorCore();
  readonly events: SmcEvent[][] = [];

  constructor(options: RunOptions) {
    this.engine = new SmcEngine(options);
  }

  push(bars: readonly Bar[]): this {
    for (const bar of bars) {
      this.indicators.push(bar);
      this.engine.onBar(bar, this.indicators.atr14, this.indicators.atrBefore);
      this.events.push([...this.engine.events]);
    }
    return this;
  }
}

export const atrOf = (bars: readonly Bar[]): number[] => {
  const core = new IndicatorCore();
  return bars.map((bar) => {
    core.push(bar);
    return core.atr14;
  });
};

/** Events of one kind or family ('pool.' …) as sorted lines, one list per bar; the words are those that the oracles use. */
export function linesOf(run: EngineRun, family: string): string[][] {
  return run.events.map((events) =>
    events
      .filter((event) => familyOf(event).startsWith(family))
      .map(lineOf)
      .sort(),
  );
}

const familyOf = (event: SmcEvent): string => (event.kind === 'zone' ? `zone.${event.zoneKind}` : event.kind);

export function lineOf(event: SmcEvent): string {
  switch (event.kind) {
    case 'swing.high':
    case 'swing.low':
      return `${event.kind} ${event.at} ${event.level} ${event.label}`;
    case 'structure.bos':
    case 'structure.choch':
    case 'structure.mss':
      return `${event.kind} ${event.side} ${event.at} ${event.level} leg ${event.legHeight} over ${event.overshoot} grade ${event.grade}`;
    case 'msb.extended':
      return `${event.kind} ${event.side} ${event.target}`;
    case 'displacement':
      return `${event.kind} ${event.side} ${event.form} from ${event.from}`;
    case 'zone':
      return `${event.zoneKind} ${event.change} ${event.side} ${event.at} ${event.bottom}..${event.top}`;
    case 'orderBlock.dropped':
      return `${event.kind} ${event.side} ${event.reason} ${event.bottom}..${event.top}`;
    case 'pool.created':
    case 'pool.merged':
    case 'pool.run':
    case 'pool.expired':
    case 'pool.replaced':
      return `${event.kind} ${event.poolSide} ${event.poolKind} ${event.at} ${event.level} x${event.weight}`;
    case 'sweep':
      return `${event.kind} ${event.side} ${event.strength} ${event.level} x${event.weight} of ${event.poolIds.length}`;
    case 'period.closed':
      return `${event.kind} ${event.period} ${event.at} ${event.low}..${event.high}`;
  }
}
