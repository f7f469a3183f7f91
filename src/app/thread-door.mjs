// App: the door of a thread when the sources run as they are: tsx first, then the file itself.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
