// App: starts a thread on a file of ours. Built code runs as it is; sources run through tsx, as the command itself does.
import { Worker } from 'node:worker_threads';

const SOURCE_DOOR = new URL('./thread-door.mjs', import.meta.url);

/** `given` is the thread's `workerData.given`. */
export const startThread = (entry: URL, given: unknown = null): Worker =>
  entry.pathname.endsWith('.ts')
    ? new Worker(SOURCE_DOOR, { workerData: { entry: entry.href, given } })
    : new Worker(entry, { workerData: { entry: entry.href, given } });
