import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSettings, SETTING_NAMES } from '../../src/app/config.ts';

const root = join(import.meta.dirname, '..', '..');
const nowhere = join(root, 'tests', 'no-such.env');
const refusal = (environment: Record<string, string>): string => {
  try {
    loadSettings(environment, nowhere);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
};

const ID = '100000000000000001';
const CONFIRMED = { ENTRY_CONFIRM: 'discord', DISCORD_TOKEN: 't', DISCORD_GUILD_ID: ID };

describe('the settings', () => {
  it('are those of .env.example, each with its default and a sentence before it', () => {
    const lines = readFileSync(join(root, '.env.example'), 'utf8').split('\n');
    const given = lines.flatMap((line, i) => (/^[A-Z][A-Z0-9_]*=/.test(line) ? [{ line, before: lines[i - 1] ?? '' }] : []));
    expect(given.map(({ line }) => line.split('=')[0]).sort()).toEqual([...SETTING_NAMES].sort());
    for (const { line, before } of given) expect([line, before]).toEqual([line, expect.stringMatching(/^# .{10,}/)]);
    const example = Object.fromEntries(given.map(({ line }) => line.split('=') as [string, string]));
    expect(loadSettings(example, nowhere)).toEqual(loadSettings({}, nowhere));
  });

  it('start in sim with trading off', () => {
    expect(loadSettings({}, nowhere)).toMatchObject({ MODE: 'sim', TRADING_ENABLED: false, MAX_POSITIONS: 3, COST_GATE_R: 0.1 });
  });

  it('take testnet from its alias', () => {
    expect(loadSettings({ BINANCE_USE_TESTNET: 'true' }, nowhere).MODE).toBe('testnet');
  });

  it.each([
    [{ MARGIN_MIN_PCT: '14' }, /MARGIN_MIN_PCT is above MARGIN_MAX_PCT/],
    [{ LEVERAGE_MIN: '21' }, /LEVERAGE_MIN is above/],
    [{ TREND_TF: '1m', ENTRY_TF: '15m' }, /does not fold/],
    [{ ENTRY_TF: '7m' }, /ENTRY_TF is "7m"; allowed: one of 1m 3m/],
    [{ MODE: 'live', TRADING_ENABLED: 'true' }, /LIVE_CONFIRM/],
    [{ MODE: 'prod' }, /sim \| paper \| testnet \| live/],
    [{ BINANCE_REST_URL: 'http://fapi.example.com' }, /only for 127\.0\.0\.1/],
    [{ DISCORD_ADMIN_IDS: '123' }, /17 to 20 digits/],
    [{ COST_GATE_R: 'NaN' }, /a number from 0 to 10/],
    [{ TRADING_ENABLED: 'yes' }, /true or false/],
    [{ ENTRY_CONFIRM: 'discord' }, /needs a DISCORD_TOKEN/],
    [{ ...CONFIRMED, DISCORD_ADMIN_IDS: ID }, /needs DISCORD_CHANNEL_ID/],
    [{ ...CONFIRMED, DISCORD_CHANNEL_ID: ID }, /DISCORD_TRADER_IDS/],
    [{ RISK_CRITICAL_PCT: '-2' }, /RISK_CRITICAL_PCT is above RISK_HIGH_PCT/],
    [{ BINANCE_API_KEY_FILE: '/no/such/key' }, /does not exist/],
  ])('refuse %o in one line', (environment, said) => {
    const message = refusal(environment);
    expect(message).toMatch(said);
    expect(message).not.toContain('\n');
  });

  it('never show a secret in a refusal', () => {
    expect(refusal({ BINANCE_API_SECRET: 'canary-0123456789ab', MODE: 'x' })).not.toContain('canary');
  });
});
