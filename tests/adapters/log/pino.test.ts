import { describe, expect, it } from 'vitest';
import { createLogger, type LogOptions } from '../../../src/adapters/log/pino.ts';
import { redactor } from '../../../src/adapters/log/redact.ts';

const SECRET = 'Zk3+q/81vB=canary-0b5e77aa91c3f4d2';

function logging(options: Partial<LogOptions>) {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', format: 'json', secrets: [SECRET], write: (line) => lines.push(line), ...options });
  return { log, lines };
}

describe('the redactor', () => {
  const redact = redactor([SECRET]);
  const forms: readonly (readonly [string, string])[] = [
    ['plain', SECRET],
    ['URL-encoded', encodeURIComponent(SECRET)],
    ['hex', Buffer.from(SECRET).toString('hex')],
    ['upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64 behind other text', Buffer.from(`ab${SECRET}`).toString('base64')],
    ['base64 as basic authorization', Buffer.from(`u:${SECRET}:x`).toString('base64')],
  ];
  it.each(forms)('masks it %s', (_name, form) => {
    const line = redact(`before ${form} after`);
    for (let i = 2; i + 12 <= form.length - 2; i++) expect(line).not.toContain(form.slice(i, i + 12));
    expect(line).toMatch(/^before .*\[redacted\].* after$/);
  });

  it('masks any fragment of twelve characters, and leaves eleven alone', () => {
    expect(redact(`x${SECRET.slice(5, 17)}y`)).toBe('x[redacted]y');
    expect(redact(`x${SECRET.slice(5, 16)}#`)).toBe(`x${SECRET.slice(5, 16)}#`);
    expect(redact(`${SECRET}${SECRET}`)).not.toContain(SECRET.slice(0, 12));
  });

  it('masks signatures, listen keys and webhook tokens that nobody told it', () => {
    const key = 'p'.repeat(64);
    expect(redact('GET /x?a=1&signature=deadbeefcafe&b=2')).toBe('GET /x?a=1&signature=[redacted]&b=2');
    expect(redact(`{"listenKey":"${key}"}`)).not.toContain(key);
    expect(redact(`{\\"listenKey\\":\\"${key}\\"}`)).not.toContain(key);
    expect(redact(`wss://x/private/ws/${key}`)).not.toContain(key);
    expect(redact('https://discord.com/api/webhooks/12345/AbC-dEf_123')).toBe(
      'https://discord.com/api/webhooks/12345/[redacted]',
    );
  });

  it('leaves ordinary lines as they are', () => {
    const line = '{"level":"info","symbol":"BTCUSDT","clientId":"k70-abcdefghij2345-e00","msg":"placed"}';
    expect(redact(line)).toBe(line);
  });
});

describe('the logger', () => {
  it('writes one JSON line with level, time, fields and message', () => {
    const { log, lines } = logging({});
    log.warn({ symbol: 'BTCUSDT', ageMs: 12 }, 'socket is stale');
    expect(lines.length).toBe(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      symbol: 'BTCUSDT',
      ageMs: 12,
      msg: 'socket is stale',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  it('writes one compact line for people', () => {
    const { log, lines } = logging({ format: 'text' });
    log.error({ symbol: '币安USDT', reason: 'no answer' }, 'order lost');
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ERROR order lost symbol=币安USDT reason="no answer"\n$/);
  });

  it('cannot be made to forge a second line', () => {
    const { log, lines } = logging({ format: 'text' });
    log.info({ text: 'a\n12:00:00.000 ERROR all is lost\u001b[2J' }, 'said');
    expect(lines[0]?.split('\n').length).toBe(2);
    expect(lines[0]).not.toContain('\u001b');
  });

  it('keeps quiet below its level', () => {
    const { log, lines } = logging({ level: 'warn' });
    log.debug({}, 'no');
    log.info({}, 'no');
    expect(lines).toEqual([]);
  });

  it('tells an error with its cause, but nothing that hangs on it', () => {
    const { log, lines } = logging({});
    const cause = Object.assign(new Error('connect failed'), {
      code: 'ECONNREFUSED',
      config: { headers: { 'X-MBX-APIKEY': 'visible' } },
    });
    log.error({ error: new Error('no snapshot', { cause }) }, 'failed');
    expect(JSON.parse(lines[0] ?? '').error).toBe('Error: no snapshot ← Error: connect failed (ECONNREFUSED)');
  });

  it('lets no secret through in message, field, nested object or error', () => {
    for (const format of ['json', 'text'] as const) {
      const { log, lines } = logging({ format });
      log.error({ a: SECRET, b: { c: [SECRET] }, e: new Error(`x ${SECRET}`) }, `m ${SECRET}`);
      expect(lines.join('')).not.toContain(SECRET.slice(10, 22));
    }
  });

  it('counts a storm of lines instead of writing it', () => {
    const { log, lines } = logging({});
    for (let i = 0; i < 5_000; i++) log.info({ i }, 'storm');
    // 200 lines a second; the loop may cross one or two seconds' borders.
    expect(lines.length).toBeGreaterThanOrEqual(200);
    expect(lines.length).toBeLessThan(900);
  });
});
