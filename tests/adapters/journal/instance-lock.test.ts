// One bot per data folder, and a killed one holds nothing.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquireInstanceLock } from '../../../src/adapters/journal/instance-lock.ts';
import { StartError } from '../../../src/ports/errors.ts';
import { aFolder } from '../../support/a-run.ts';

const holderScript = join(import.meta.dirname, '..', '..', 'support', 'lock-holder.ts');

describe('instance lock', () => {
  it('refuses a second holder with exit code 79 and the first one’s process id', () => {
    const folder = aFolder();
    const first = acquireInstanceLock(folder, 4711);
    expect(() => acquireInstanceLock(folder, 4712)).toThrow(StartError);
    expect(() => acquireInstanceLock(folder, 4712)).toThrow(/process 4711/);
    first.release();
    acquireInstanceLock(folder, 4712).release();
  });

  it('is free again when its holder was killed', async () => {
    const folder = aFolder();
    const child = fork(holderScript, [folder], { execArgv: ['--import', 'tsx'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    expect(() => acquireInstanceLock(folder, 1)).toThrow(new RegExp(`process ${child.pid}`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    acquireInstanceLock(folder, 1).release();
  });
});
