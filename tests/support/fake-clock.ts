// A wall clock that a test drives; it lives with the bench, whose simulated starts run on it.
export { DrivenWallClock } from '../../src/app/bench/driven-wall-clock.ts';
