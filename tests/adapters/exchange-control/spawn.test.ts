import { describe, expect, it } from 'vitest';
import { readReady, spawnExchange } from '../../../src/adapters/exchange-control/spawn.ts';
import { eventually } from '../../support/fake-venue.ts';

const READY = JSON.stringify({
  ready: true,
  rest: 'http://127.0.0.1:1',
  ws: 'ws://127.0.0.1:1',
  apiKey: 'k',
  apiSecret: 'toy-secret-123456',
});

/** A child that runs this script with Node itself. */
const child = (script: string, readyWithinMs = 10_000) => {
  const lines: string[] = [];
  const started = spawnExchange({
    argv: [process.execPath, '-e', script],
    environment: {},
    readyWithinMs,
    onStderrLine: (line) => lines.push(line),
  });
  return { started, lines };
};
const STAYS = `console.log('${READY}'); console.error('listening'); process.stdin.resume(); process.stdin.on('end', () => process.exit(0));`;

describe('the embedded exchange as a second process', () => {
  it('is ready with its first line, hands on its stderr and stops when told', async () => {
    const { started, lines } = child(STAYS);
    const exchange = await started;
    expect(exchange).toMatchObject({ rest: 'http://127.0.0.1:1', ws: 'ws://127.0.0.1:1', apiKey: 'k' });
    await eventually('a line on stderr', () => lines.length === 1);
    expect(lines).toEqual(['listening']);
    await exchange.stop();
    expect(() => process.kill(exchange.pid, 0)).toThrow();
  });

  it('is killed when it does not want to stop', async () => {
    const { started } = child(`process.on('SIGTERM', () => {}); console.log('${READY}'); setInterval(() => {}, 1000);`);
    const exchange = await started;
    await exchange.stop();
    expect(await exchange.exited).toBeNull();
  });

  it('tells its exit code when it ends by itself', async () => {
    const { started } = child(`console.log('${READY}'); setTimeout(() => process.exit(3), 20);`);
    expect(await (await started).exited).toBe(3);
  });

  it('says what it said when it could not start', async () => {
    const { started } = child(`console.error('port 8080 is in use'); process.exit(1);`);
    await expect(started).rejects.toMatchObject({
      name: 'StartError',
      exitCode: 69,
      message: 'the embedded exchange did not start: it ended with code 1 before it was ready. It said: port 8080 is in use',
    });
  });

  it('does not wait for ever, and leaves nothing running', async () => {
    const { started } = child('process.stdin.resume(); setInterval(() => {}, 1000);', 150);
    await expect(started).rejects.toMatchObject({
      exitCode: 69,
      message: 'the embedded exchange did not start: no ready line within 150 ms.',
    });
  });

  it('says so when the program is not there', async () => {
    const started = spawnExchange({
      argv: ['/nowhere/at-all'],
      environment: {},
      readyWithinMs: 1_000,
      onStderrLine: () => undefined,
    });
    await expect(started).rejects.toMatchObject({ name: 'StartError', exitCode: 69 });
  });

  it('takes no other line for a ready line', () => {
    expect(readReady('hello')).toBeNull();
    expect(readReady('{"ready":false}')).toBeNull();
    expect(readReady('{"ready":true,"rest":"x"}')).toBeNull();
    expect(readReady(READY)?.apiKey).toBe('k');
  });
});
