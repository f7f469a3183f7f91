// What the doctor finds on this machine, at a venue and in Discord, and what it tells a person to do about it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { loadSettings, type Settings } from '../../../src/app/config.ts';
import { checkDiscord } from '../../../src/app/doctor/discord-checks.ts';
import { doctorLines } from '../../../src/app/doctor/doctor-report.ts';
import { exitCodeOf, type Finding } from '../../../src/app/doctor/finding.ts';
import { checkDataFolder, checkFont, checkNode, checkSqlite } from '../../../src/app/doctor/machine-checks.ts';
import { checkVenue } from '../../../src/app/doctor/venue-checks.ts';
import { quietLogger } from '../../../src/app/log.ts';
import { textIn } from '../../../src/app/text/catalogue.ts';
import { binanceOf } from '../../../src/app/venue.ts';
import { anExchange, type TestBot } from '../../emulator/an-exchange.ts';
import { aHome } from '../../support/cli.ts';

const home = aHome();
afterAll(() => home.remove());
const settings = (extra: Partial<Settings> = {}): Settings => ({ ...loadSettings(home.environment, 'no.env'), ...extra });
const stateOf = (findings: readonly Finding[], check: string): string | undefined =>
  findings.find((finding) => finding.check === check)?.state;

describe('this machine', () => {
  it('is refused with a Node older than 20.19', () => {
    expect(['v18.20.0', 'v20.18.9', 'v20.19.0', 'v24.1.0'].map((version) => checkNode(version).state)).toEqual([
      'bad',
      'bad',
      'ok',
      'ok',
    ]);
  });

  it('has SQLite and the font', () => {
    expect([checkSqlite().state, checkFont().state]).toEqual(['ok', 'ok']);
  });

  it('has a data folder that can be written, or is told that it has not', () => {
    expect(checkDataFolder(home.environment['DATA_DIR'] ?? '').state).toBe('ok');
    expect(checkDataFolder(join(import.meta.filename, 'inside-a-file'))).toMatchObject({ state: 'bad', exit: 78 });
  });
});

describe('the venue', () => {
  let exchange: TestBot;
  beforeAll(async () => {
    exchange = await anExchange({ begin: 'running', speed: 1 });
  });
  afterAll(() => exchange.close());

  const check = async (extra: Partial<Settings> = {}): Promise<Finding[]> => {
    const { restUrl, wsUrl, apiKey, apiSecret } = exchange.exchange;
    const asked = settings({
      MODE: 'testnet',
      BINANCE_REST_URL: restUrl,
      BINANCE_WS_URL: wsUrl,
      BINANCE_API_KEY: apiKey,
      BINANCE_API_SECRET: apiSecret,
      ...extra,
    });
    const { venue } = binanceOf('testnet', asked, {
      wallClock: systemClock,
      logger: quietLogger(settings({ LOG_LEVEL: 'silent' })),
    });
    const findings = checkVenue({ venue, settings: asked, wallClock: systemClock, restUrl: asked.BINANCE_REST_URL });
    return findings.finally(() => venue.stop());
  };

  it('places, sees and cancels a conditional order, and leaves none behind', async () => {
    const findings = await check();
    expect(findings.filter(({ state }) => state === 'bad')).toEqual([]);
    expect(stateOf(findings, 'conditionalOrders')).toBe('ok');
    expect((await exchange.signed('GET', '/fapi/v1/openAlgoOrders')).body).toEqual([]);
  }, 30_000);

  it('that refuses the key is exit 77', async () => {
    const findings = await check({ BINANCE_API_SECRET: 'another' });
    expect(stateOf(findings, 'key')).toBe('bad');
    expect(exitCodeOf(findings)).toBe(77);
  }, 30_000);

  it('in hedge mode is exit 78', async () => {
    await exchange.signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: 'true' });
    const findings = await check();
    await exchange.signed('POST', '/fapi/v1/positionSide/dual', { dualSidePosition: 'false' });
    expect(stateOf(findings, 'accountModes')).toBe('bad');
    expect(findings.find(({ check }) => check === 'accountModes')).toMatchObject({ remedy: 'oneWay', exit: 78 });
  }, 30_000);

  it('that does not answer is exit 69, with nothing asked after that', async () => {
    const findings = await check({ BINANCE_REST_URL: 'http://127.0.0.1:9' });
    expect(findings.map(({ check, state }) => [check, state])).toEqual([['venue', 'bad']]);
    expect(exitCodeOf(findings)).toBe(69);
  }, 30_000);
});

/** The five answers that the checks ask for, in Discord's shapes. */
class FiveAnswers {
  rights = 0n;
  denied = 0n;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const [status, body] = this.#answer(request.url ?? '', request.headers.authorization ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(url: string, authorization: string): [number, unknown] {
    if (authorization !== 'Bot good-token') return [401, { message: '401: Unauthorized', code: 0 }];
    if (url.endsWith('/users/@me')) return [200, { id: '200000000000000001', username: 'scout' }];
    if (url.includes('/members/')) return [200, { roles: ['500000000000000001'] }];
    if (url.endsWith('/roles'))
      return [
        200,
        [
          { id: '300000000000000001', permissions: '0' },
          { id: '500000000000000001', permissions: String(this.rights) },
        ],
      ];
    if (url.endsWith('/commands')) return [200, [{ name: 'status' }]];
    if (url.endsWith('/channels/400000000000000001'))
      return [200, { permission_overwrites: [{ id: '500000000000000001', allow: '0', deny: String(this.denied) }] }];
    return [404, { message: 'Unknown Channel', code: 10003 }];
  }
}

describe('Discord', () => {
  const discord = new FiveAnswers();
  let api: string;
  beforeAll(async () => {
    api = await discord.start();
  });
  afterAll(() => discord.stop());

  /** View 2^10, send 2^11, embed 2^14, attach 2^15, history 2^16 (Discord's permission table). */
  const ALL = (1n << 10n) | (1n << 11n) | (1n << 14n) | (1n << 15n) | (1n << 16n);
  const check = (extra: Partial<Settings> = {}): Promise<Finding[]> =>
    checkDiscord(
      settings({
        DISCORD_TOKEN: 'good-token',
        DISCORD_API_URL: api,
        DISCORD_GUILD_ID: '300000000000000001',
        DISCORD_CHANNEL_ID: '400000000000000001',
        ...extra,
      }),
    );

  it('is skipped without a token and refused with a bad one', async () => {
    expect((await check({ DISCORD_TOKEN: '' })).map(({ state }) => state)).toEqual(['skipped']);
    expect(await check({ DISCORD_TOKEN: 'bad' })).toMatchObject([{ state: 'bad', remedy: 'discordToken' }]);
  });

  it('names the rights that are missing, also those a channel takes away', async () => {
    discord.rights = ALL;
    discord.denied = 0n;
    expect((await check()).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok']);
    discord.denied = 1n << 15n;
    const [, rights] = await check();
    expect(rights).toMatchObject({ state: 'bad', found: '∅ AttachFiles', remedy: 'discordRights' });
  });

  it('says so when the channel is not there', async () => {
    const findings = await check({ DISCORD_CHANNEL_ID: '400000000000000009' });
    expect(findings.at(-1)).toMatchObject({ state: 'bad', remedy: 'discordPlace' });
  });
});

describe('the report', () => {
  it('has one line a check and, where something is to be done, one line that says what', () => {
    const lines = doctorLines([checkNode('v20.20.2'), checkNode('v18.0.0')], textIn('en'));
    expect(lines.map((line) => line.trim())).toEqual([
      '✓ Node  v20.20.2',
      '✗ Node  v18.0.0',
      '→ Install Node 20.19 or newer.',
      '',
      '1 to be mended first, 0 recommendation(s).',
    ]);
  });
});
