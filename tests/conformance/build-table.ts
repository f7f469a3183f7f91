// Conformance, one door to the compat tables: a request in, the table out. The final swings of one length are made once a folder.
import { obTable } from './compat/blocks.ts';
import { fvgTable } from './compat/gaps.ts';
import { liquidityTable } from './compat/liquidity.ts';
import { previousHighLowTable } from './compat/previous.ts';
import { retracementsTable } from './compat/retracements.ts';
import { sessionsTable } from './compat/sessions.ts';
import { bosChochTable } from './compat/structure.ts';
import { type FinalSwing, finalSwings, swingTable } from './compat/swings.ts';
import type { Series } from './series.ts';
import type { Table } from './table.ts';
import type { TableSpec } from './table-name.ts';

export type BuildTable = (spec: TableSpec) => Table;

export function compatTables(series: Series): BuildTable {
  const known = new Map<number, readonly FinalSwing[]>();
  const swingsOf = (length: number): readonly FinalSwing[] => {
    const swings = known.get(length) ?? finalSwings(series, length);
    known.set(length, swings);
    return swings;
  };
  return (spec) => {
    switch (spec.detector) {
      case 'fvg':
        return fvgTable(series, spec.join);
      case 'swing':
        return swingTable(series, swingsOf(spec.length));
      case 'bosChoch':
        return bosChochTable(series, swingsOf(spec.length), spec.breakBy);
      case 'ob':
        return obTable(series, swingsOf(spec.length), spec.mitigateBy);
      case 'liquidity':
        return liquidityTable(series, swingsOf(spec.length), spec.rangeShare);
      case 'previousHighLow':
        return previousHighLowTable(series, spec.timeFrame);
      case 'sessions':
        return sessionsTable(series, spec.hours);
      case 'retracements':
        return retracementsTable(series, swingsOf(spec.length));
    }
  };
}
