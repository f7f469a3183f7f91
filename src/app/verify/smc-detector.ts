// App, `perpscout verify causal`: the product's own detectors of one timeframe, fed as the strategy feeds them.

import { IndicatorCore } from '../../../strategy/indicators/indicator-core.ts';
import { SmcEngine } from '../../../strategy/smc/smc-engine.ts';
import type { Bar } from '../../core/market.ts';
import type { Timeframe } from '../../core/timeframe.ts';
import type { AuditedDetector } from './causal-audit.ts';

export function smcDetector(timeframe: Timeframe, tickSize: number): AuditedDetector {
  const engine = new SmcEngine({ timeframe, tickSize });
  const indicators = new IndicatorCore();
  return {
    onBar(bar: Bar) {
      indicators.push(bar);
      engine.onBar(bar, indicators.atr14, indicators.atrBefore);
      return [...engine.events];
    },
  };
}
