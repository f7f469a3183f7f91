// Conformance, the oracle: the same tables by brute force, O(n²), written from the definitions of smc.md §1 alone. It makes the fixtures'
// expected tables and is the second opinion on the compat tables for series that nobody has seen.
import type { BuildTable } from './build-table.ts';
import { retracementsOracle } from './oracle/retracements.ts';
import { LIBRARY, type Rules } from './oracle/rules.ts';
import { bosChochOracle, pivotsOf, swingOracle } from './oracle/swings.ts';
import { previousHighLowOracle, sessionsOracle } from './oracle/times.ts';
import { fvgOracle, liquidityOracle, obOracle } from './oracle/zones.ts';
import type { Series } from './series.ts';

export function oracleTables(series: Series, rules: Rules = LIBRARY): BuildTable {
  return (spec) => {
    switch (spec.detector) {
      case 'fvg':
        return fvgOracle(series, spec.join, rules);
      case 'swing':
        return swingOracle(series, spec.length, rules);
      case 'bosChoch':
        return bosChochOracle(series, pivotsOf(series, spec.length, rules), spec.breakBy, rules);
      case 'ob':
        return obOracle(series, pivotsOf(series, spec.length, rules), spec.mitigateBy, rules);
      case 'liquidity':
        return liquidityOracle(series, pivotsOf(series, spec.length, rules), spec.rangeShare, rules);
      case 'previousHighLow':
        return previousHighLowOracle(series, spec.timeFrame, rules);
      case 'sessions':
        return sessionsOracle(series, spec.hours, rules);
      case 'retracements':
        return retracementsOracle(series, pivotsOf(series, spec.length, rules), rules);
    }
  };
}
