// Floor 1, room 4: every number of the SMC detectors in one place, with the defaults of the specification.
import { type Timeframe, timeframeMs } from '../../src/core/timeframe.ts';

export interface SmcParams {
  readonly swingLeft: number;
  readonly swingRight: number;
  readonly gap: {
    readonly minSizeAtr: number;
    readonly requireColour: boolean;
    readonly maxAge: number;
    readonly maxActive: number;
    /** A gap that a close went through works on as a gap of the other side. */
    readonly inversion: boolean;
  };
  readonly displacement: {
    readonly singleAtr: number;
    readonly bodyShare: number;
    readonly multiAtr: number;
    readonly multiBars: number;
  };
  readonly msb: { readonly legAtr: number; readonly overAtr: number; readonly fib: number; readonly maxWait: number };
  readonly block: {
    readonly pick: 'lastOpposite' | 'extreme';
    readonly zone: 'range' | 'body';
    readonly minTicks: number;
    readonly maxAtr: number;
    readonly consumedBy: 'secondTouch' | 'half';
    readonly invalidBy: 'close' | 'wick';
    readonly maxAge: number;
    readonly flippedMaxAge: number;
    readonly maxActive: number;
    readonly overlap: number;
    readonly sweepBars: number;
  };
  readonly liquidity: {
    readonly equalAtr: number;
    readonly penetrationAtr: number;
    readonly reclaim: number;
    readonly maxAge: number;
    readonly maxPools: number;
  };
}

/** Nothing is said before three times the ATR's period. */
export const QUIET_BARS = 42;
export const VOLUME_WINDOW = 200;

/** Bars up to 5 minutes count a body of 1 ATR as displacement, longer ones ask for 1.5. */
function paramsOf(pace: 'fast' | 'slow'): SmcParams {
  const fast = pace === 'fast';
  return {
    swingLeft: 5,
    swingRight: 5,
    gap: { minSizeAtr: 0.25, requireColour: true, maxAge: 500, maxActive: 32, inversion: false },
    displacement: { singleAtr: fast ? 1.0 : 1.5, bodyShare: 0.6, multiAtr: 2, multiBars: 3 },
    msb: { legAtr: 2.0, overAtr: 0.1, fib: 0.33, maxWait: 20 },
    block: {
      pick: 'lastOpposite',
      zone: 'range',
      minTicks: 2,
      maxAtr: 3.5,
      consumedBy: 'secondTouch',
      invalidBy: 'close',
      maxAge: 600,
      flippedMaxAge: 300,
      maxActive: 16,
      overlap: 0.5,
      sweepBars: 30,
    },
    liquidity: { equalAtr: 0.1, penetrationAtr: 0.02, reclaim: 3, maxAge: 1_500, maxPools: 64 },
  };
}

// One for all symbols.
const FAST = paramsOf('fast');
const SLOW = paramsOf('slow');

export const defaultParams = (timeframe: Timeframe): SmcParams => (timeframeMs(timeframe) <= timeframeMs('5m') ? FAST : SLOW);
