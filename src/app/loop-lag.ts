// App: how late this process is. The worst delay of the event loop in the last second or two, measured by the runtime.
import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const WINDOW_MS = 1_000;

export interface LoopLag {
  /** The worst delay of the running and the last whole window, in ms. */
  worstMs(): number;
  stop(): void;
}

export function watchLoopLag(): LoopLag {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  let lastMs = 0;
  const nowMs = (): number => (delays.count === 0 ? 0 : Math.max(0, delays.max / 1e6 - RESOLUTION_MS));
  const timer = setInterval(() => {
    lastMs = nowMs();
    delays.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    worstMs: () => Math.max(lastMs, nowMs()),
    stop: () => {
      clearInterval(timer);
      delays.disable();
    },
  };
}
