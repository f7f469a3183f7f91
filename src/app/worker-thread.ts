// App: starts a thread on a file of ours. Built code runs as it is; sources run through tsx, as the command itself does.
import { type ResourceLimits, Worker } from 'node:worker_threads';

const SOURCE_DOOR = new URL('./thread-door.mjs', import.meta.url);

/** For a thread that draws or reads beside the one that trades: little garbage at a time, and no room for more. */
export const SMALL_THREAD: ResourceLimits = { maxYoungGenerationSizeMb: 4 };

/** `given` is the thread's `workerData.given`. */
export const startThread = (entry: URL, given: unknown = null, resourceLimits: ResourceLimits = {}): Worker =>
  entry.pathname.endsWith('.ts')
    ? new Worker(SOURCE_DOOR, { workerData: { entry: entry.href, given }, resourceLimits })
    : new Worker(entry, { workerData: { entry: entry.href, given }, resourceLimits });
