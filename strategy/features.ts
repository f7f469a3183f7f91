// Floor 1, room 4: a signal and what was known at its close → the feature row. The column list and its hash stand in
// feature-schema.ts; a row that does not fit the list is a mistake of ours and stops here.
import { invariant } from '../src/core/units.ts';
import * as group from './feature-groups.ts';
import { FEATURE_COLUMNS } from './feature-schema.ts';

export function featureRow(scene: group.FeatureScene): Float64Array {
  const row = [
    ...group.trendGroup(scene),
    ...group.triggerGroup(scene),
    ...group.volumeGroup(scene),
    ...group.structureGroup(scene),
    ...group.zoneGroup(scene),
    ...group.agreementGroup(scene),
    ...group.marketGroup(scene),
    ...group.derivativesGroup(scene),
    ...group.planGroup(scene),
    ...group.timeGroup(scene),
  ];
  invariant(
    row.length === FEATURE_COLUMNS.length,
    `a feature row of ${row.length} numbers for ${FEATURE_COLUMNS.length} columns`,
  );
  // An infinite cell is refused by the trainer: whatever could not be divided is missing.
  return Float64Array.from(row, (cell) => (Number.isFinite(cell) ? cell : Number.NaN));
}
