// A child process that takes the instance lock of a folder and holds it until it is killed.
import { acquireInstanceLock } from '../../src/adapters/journal/instance-lock.ts';

acquireInstanceLock(process.argv[2] ?? '', process.pid);
process.send?.('held');
setInterval(() => undefined, 1_000);
