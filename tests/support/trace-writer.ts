// A child process that saves one minute of traces after the other until it is killed; says each minute once it is saved.
import { setImmediate } from 'node:timers';
import { DecisionTraces } from '../../services/decision-traces.ts';
import { TraceKeeper } from '../../services/trace-keeper.ts';
import { openTraceStore } from '../../src/adapters/journal/trace-store.ts';
import { epochMs, symbolId } from '../../src/core/units.ts';
import { MIDNIGHT } from './a-signal.ts';
import { anEvaluation } from './an-evaluation.ts';

const quiet = (): void => undefined;
const store = openTraceStore({ path: process.argv[2] ?? '', accountId: 'a' });
const keeper = new TraceKeeper(new DecisionTraces(), store, { debug: quiet, info: quiet, warn: quiet, error: quiet });
let minute = 0;

function saveOne(): void {
  minute += 1;
  const barCloseMs = epochMs(MIDNIGHT + minute * 60_000);
  keeper.onMinute({ barCloseMs, scanned: [symbolId('ETHUSDT')], evaluations: [anEvaluation({ barCloseMs })] });
  process.send?.(minute);
  setImmediate(saveOne);
}
saveOne();
