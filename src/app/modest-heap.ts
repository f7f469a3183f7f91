// App: how much memory the runtime may keep to itself. A start of the whole market throws away some hundred megabytes of pages within
// seconds; by its own rules V8 lets its heap grow by several times before it collects, and keeps what it took. A bot lives for weeks
// on 60 MB of live objects: a few per cent of processor time more are the better bargain.
import { setFlagsFromString } from 'node:v8';

/** After a collection the old objects may grow by this much before the next. */
const GROWTH_PCT = 20;

/** For the process that trades; a backtest is better off with all the room that it can get. */
export function keepHeapModest(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PCT}`);
  // The young objects keep the room that loading the program has taken (16 MB), and get no more.
  setFlagsFromString('--semi-space-growth-factor=1');
}
