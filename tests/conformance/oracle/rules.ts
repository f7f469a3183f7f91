// Conformance, the oracle's rules: each of the library's habits by name, with the plausible other reading beside it. The tables of the
// oracle follow `LIBRARY`; a single changed rule shows whether the fixtures would notice somebody reading it differently.

export interface Rules {
  /** Bars before a pivot that it must not be exceeded by, given how many after. */
  readonly pivotWindow: 'oneLessBefore' | 'symmetric';
  readonly firstPivot: 'doubleLength' | 'length';
  readonly tiesInRun: 'earliest' | 'latest';
  readonly bookends: 'both' | 'none';
  readonly doji: 'noGap' | 'gap';
  readonly gapTouch: 'atEdge' | 'beyondEdge';
  readonly gapTestedFrom: 'secondBar' | 'nextBar';
  /** Bars after a swing from which a break counts. */
  readonly breakFrom: 2 | 1;
  readonly orphanBreaks: 'kept' | 'dropped';
  readonly laterStructure: 'deletesNotEarlier' | 'deletesLater';
  readonly levelPrecision: 'single' | 'double';
  readonly tiesInBlock: 'latest' | 'earliest';
  readonly bullMitigation: 'oneEarly' | 'onTime';
  readonly defaultCandle: 'turned' | 'upright';
  readonly breaches: 'sharedByRow' | 'ownPass';
  readonly recross: 'erases' | 'keeps';
  readonly volumeHalves: 'twoAndOne' | 'oneAndTwo';
  readonly bandEdge: 'inclusive' | 'exclusive';
  readonly sweptBar: 'joinsNothing' | 'joins';
  readonly rounding: 'halfEven' | 'halfUp';
  readonly retracementTurn: 'turned' | 'straight';
  readonly clearedChanges: 3 | 2;
  readonly calendarLabel: 'lastDay' | 'firstDay';
  readonly labelBefore: 'strictly' | 'orAt';
  readonly emptyPeriods: 'dropped' | 'counted';
  readonly sessionEnd: 'inside' | 'outside';
  readonly sessionSpan: 'untilOutside' | 'oneDay';
  readonly offsetSign: 'posix' | 'iso';
}

export const LIBRARY: Rules = {
  pivotWindow: 'oneLessBefore',
  firstPivot: 'doubleLength',
  tiesInRun: 'earliest',
  bookends: 'both',
  doji: 'noGap',
  gapTouch: 'atEdge',
  gapTestedFrom: 'secondBar',
  breakFrom: 2,
  orphanBreaks: 'kept',
  laterStructure: 'deletesNotEarlier',
  levelPrecision: 'single',
  tiesInBlock: 'latest',
  bullMitigation: 'oneEarly',
  defaultCandle: 'turned',
  breaches: 'sharedByRow',
  recross: 'erases',
  volumeHalves: 'twoAndOne',
  bandEdge: 'inclusive',
  sweptBar: 'joinsNothing',
  rounding: 'halfEven',
  retracementTurn: 'turned',
  clearedChanges: 3,
  calendarLabel: 'lastDay',
  labelBefore: 'strictly',
  emptyPeriods: 'dropped',
  sessionEnd: 'inside',
  sessionSpan: 'untilOutside',
  offsetSign: 'posix',
};

/** The other reading of every rule, one at a time. */
export const OTHER_READINGS: Rules = {
  pivotWindow: 'symmetric',
  firstPivot: 'length',
  tiesInRun: 'latest',
  bookends: 'none',
  doji: 'gap',
  gapTouch: 'beyondEdge',
  gapTestedFrom: 'nextBar',
  breakFrom: 1,
  orphanBreaks: 'dropped',
  laterStructure: 'deletesLater',
  levelPrecision: 'double',
  tiesInBlock: 'earliest',
  bullMitigation: 'onTime',
  defaultCandle: 'upright',
  breaches: 'ownPass',
  recross: 'keeps',
  volumeHalves: 'oneAndTwo',
  bandEdge: 'exclusive',
  sweptBar: 'joins',
  rounding: 'halfUp',
  retracementTurn: 'straight',
  clearedChanges: 2,
  calendarLabel: 'firstDay',
  labelBefore: 'orAt',
  emptyPeriods: 'counted',
  sessionEnd: 'outside',
  sessionSpan: 'oneDay',
  offsetSign: 'iso',
};
