// App, the edge: the one schema of all settings. Every default, unit and range stands here once; an unknown name or a bad
// value refuses to start and says which line of which file, what was found and what is allowed.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { isTimeframe, TIMEFRAMES, type Timeframe, timeframeMs } from '../core/timeframe.ts';
import { StartError } from '../ports/errors.ts';

const number = (min: number, max: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, ctx) => {
      const value = Number(text);
      if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max) {
        ctx.addIssue({ code: 'custom', message: `a number from ${min} to ${max}` });
        return z.NEVER;
      }
      return value;
    });

const integer = (min: number, max: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform((text, ctx) => {
      if (!/^-?\d+$/.test(text) || Number(text) < min || Number(text) > max) {
        ctx.addIssue({ code: 'custom', message: `a whole number from ${min} to ${max}` });
        return z.NEVER;
      }
      return Number(text);
    });

const choice = <const T extends readonly [string, ...string[]]>(options: T, fallback: T[number]) =>
  z.enum(options, { error: `one of ${options.join(' | ')}` }).default(fallback as never);

const flag = (fallback: 'true' | 'false') =>
  z
    .enum(['true', 'false'], { error: 'true or false' })
    .default(fallback)
    .transform((text) => text === 'true');

const text = (fallback: string) => z.string().default(fallback);

const ids = z
  .string()
  .default('')
  .transform((value, ctx) => {
    const list = value
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    if (list.every((id) => /^\d{17,20}$/.test(id))) return list;
    ctx.addIssue({ code: 'custom', message: 'Discord ids (17 to 20 digits), comma separated' });
    return z.NEVER;
  });

const id = z
  .string()
  .regex(/^(\d{17,20})?$/, { error: 'a Discord id (17 to 20 digits)' })
  .default('');

const timeframe = (fallback: Timeframe) =>
  z
    .string()
    .default(fallback)
    .transform((value, ctx) => {
      if (isTimeframe(value)) return value;
      ctx.addIssue({ code: 'custom', message: `one of ${TIMEFRAMES.join(' ')}` });
      return z.NEVER;
    });

/** A URL may be plain http/ws only towards this machine, so that a key never leaves in clear. */
const url = (secure: string, plain: string) =>
  z
    .string()
    .default('')
    .transform((value, ctx) => {
      if (value === '') return '';
      const parsed = URL.canParse(value) ? new URL(value) : null;
      const loopback = parsed !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
      if (parsed !== null && (parsed.protocol === secure || (parsed.protocol === plain && loopback)))
        return value.replace(/\/+$/, '');
      ctx.addIssue({ code: 'custom', message: `a ${secure}// URL (${plain}// only for 127.0.0.1, localhost or [::1])` });
      return z.NEVER;
    });

export const settingsSchema = z.strictObject({
  MODE: choice(['sim', 'paper', 'testnet', 'live'], 'sim'),
  PAPER_BALANCE: number(10, 1e9, 10_000),
  TRADING_ENABLED: flag('false'),
  LIVE_CONFIRM: z.enum(['', 'I-ACCEPT-THE-RISK'], { error: 'empty or I-ACCEPT-THE-RISK' }).default(''),
  BINANCE_API_KEY: text(''),
  BINANCE_API_SECRET: text(''),
  BINANCE_API_KEY_FILE: text(''),
  BINANCE_API_SECRET_FILE: text(''),
  BINANCE_REST_URL: url('https:', 'http:'),
  BINANCE_WS_URL: url('wss:', 'ws:'),
  BINANCE_USE_TESTNET: flag('false'),
  DISCORD_TOKEN: text(''),
  DISCORD_TOKEN_FILE: text(''),
  DISCORD_API_URL: url('https:', 'http:'),
  DISCORD_GUILD_ID: id,
  DISCORD_CHANNEL_ID: id,
  DISCORD_ADMIN_IDS: ids,
  DISCORD_TRADER_IDS: ids,
  DISCORD_VIEWER_IDS: ids,
  ENTRY_CONFIRM: choice(['off', 'discord'], 'off'),
  APP_LANG: choice(['zh-TW', 'en'], 'zh-TW'),
  DATA_DIR: text('./data'),
  ML_LOG_DIR: text('./ml-logs'),
  TREND_TF: timeframe('15m'),
  ENTRY_TF: timeframe('1m'),
  STRATEGIES: text('smc-confluence').transform((value) => value.split(',').map((id) => id.trim())),
  MAX_POSITIONS: integer(1, 20, 3),
  MAX_VIRTUAL_POSITIONS: integer(0, 200, 10),
  MIN_CONFIDENCE: number(0, 100, 70),
  RISK_PROFILE: choice(['confidence', 'tiers', 'auto'], 'confidence'),
  MARGIN_MIN_PCT: number(0.1, 100, 3),
  MARGIN_MAX_PCT: number(0.1, 100, 13),
  LEVERAGE_MIN: integer(1, 125, 3),
  LEVERAGE_MAX: integer(1, 125, 20),
  RISK_PER_TRADE_PCT: number(0.01, 100, 1),
  PORTFOLIO_HEAT_PCT: number(0.01, 100, 5),
  COST_GATE_R: number(0, 10, 0.1),
  CLUSTER_MINUTES: integer(0, 1440, 15),
  MIN_QUOTE_VOLUME_24H: number(0, 1e15, 20_000_000),
  RISK_HIGH_PCT: number(-100, 0, -2.5),
  RISK_CRITICAL_PCT: number(-100, 0, -5),
  RISK_PROFITABLE_PCT: number(0, 1000, 3),
  PARTIAL_TAKE_PCT: number(0, 1000, 0),
  BREAK_EVEN_AT_R: number(0, 100, 1),
  TRAIL_ATR: number(0, 100, 1),
  REVERSAL_EXIT: choice(['on', 'off'], 'on'),
  MAX_SPREAD_BPS: number(0, 1000, 10),
  DRAWDOWN_ALERT_PCT: number(0.1, 100, 5),
  DAILY_LOSS_LIMIT_PCT: number(0.1, 100, 6),
  UNIVERSE_QUOTE: text('USDT'),
  UNIVERSE_INCLUDE_TRADFI: flag('false'),
  TAKER_FEE_BPS: number(0, 100, 5),
  SLIPPAGE_BPS: number(0, 100, 1),
  ML_MODEL_DIR: text(''),
  ML_FILTER: choice(['off', 'shadow', 'on'], 'shadow'),
  ML_MIN_PROBABILITY: number(0, 1, 0.55),
  RETENTION_SNAPSHOT_DAYS: integer(1, 3650, 90),
  RETENTION_TRACE_DAYS: integer(1, 3650, 14),
  LOG_LEVEL: choice(['debug', 'info', 'warn', 'error', 'silent'], 'info'),
  LOG_JSON: flag('false'),
});

export type Settings = z.infer<typeof settingsSchema>;
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape);
const SECRET_NAMES = new Set(['BINANCE_API_KEY', 'BINANCE_API_SECRET', 'DISCORD_TOKEN']);

/** Whatever must never be shown to anybody. */
export const secretsOf = (settings: Settings): readonly string[] =>
  [settings.BINANCE_API_KEY, settings.BINANCE_API_SECRET, settings.DISCORD_TOKEN].filter((secret) => secret !== '');

type Environment = Readonly<Record<string, string | undefined>>;

/** `.env` of the working folder under the process environment, which wins. Throws StartError 78. */
export function loadSettings(environment: Environment, envFile = '.env'): Settings {
  const fileText = existsSync(envFile) ? readFileSync(envFile, 'utf8') : '';
  const fromFile = parseEnv(fileText);
  const lineOf = (name: string): string => {
    const index = fileText.split(/\r?\n/).findIndex((line) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line));
    return index < 0 ? 'environment' : `${envFile} line ${index + 1}`;
  };
  const unknown = Object.keys(fromFile).find((name) => !SETTING_NAMES.includes(name));
  if (unknown !== undefined) throw new StartError(78, `${lineOf(unknown)}: unknown setting ${unknown}${suggestion(unknown)}`);

  const given: Record<string, string> = {};
  for (const name of SETTING_NAMES) {
    const value = environment[name] ?? fromFile[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const parsed = settingsSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0]);
    const found = SECRET_NAMES.has(name) ? '(hidden)' : `"${given[name]}"`;
    const place = environment[name] === undefined ? lineOf(name) : 'environment';
    throw new StartError(78, `${place}: ${name} is ${found}; allowed: ${issue?.message}`);
  }
  return crossChecked(withSecretFiles(parsed.data));
}

function suggestion(name: string): string {
  const near = SETTING_NAMES.find((known) => known.startsWith(name.slice(0, 6)) || known.endsWith(name.slice(-6)));
  return near === undefined ? '; all settings are listed in .env.example' : `; did you mean ${near}?`;
}

function withSecretFiles(settings: Settings): Settings {
  const read = (value: string, file: string, name: string): string => {
    if (file === '') return value;
    if (!existsSync(file)) throw new StartError(78, `${name}_FILE names "${file}", which does not exist`);
    return readFileSync(file, 'utf8').trim();
  };
  return {
    ...settings,
    MODE: settings.BINANCE_USE_TESTNET ? 'testnet' : settings.MODE,
    BINANCE_API_KEY: read(settings.BINANCE_API_KEY, settings.BINANCE_API_KEY_FILE, 'BINANCE_API_KEY'),
    BINANCE_API_SECRET: read(settings.BINANCE_API_SECRET, settings.BINANCE_API_SECRET_FILE, 'BINANCE_API_SECRET'),
    DISCORD_TOKEN: read(settings.DISCORD_TOKEN, settings.DISCORD_TOKEN_FILE, 'DISCORD_TOKEN'),
  };
}

/** Null, or what is missing before a person could answer an entry request. */
export function entryConfirmFault(settings: Settings): string | null {
  if (settings.DISCORD_TOKEN === '') return 'needs a DISCORD_TOKEN: nobody could answer';
  if (settings.DISCORD_CHANNEL_ID === '') return 'needs DISCORD_CHANNEL_ID: a request would be shown to nobody';
  if (settings.DISCORD_TRADER_IDS.length + settings.DISCORD_ADMIN_IDS.length === 0)
    return 'needs somebody in DISCORD_TRADER_IDS or DISCORD_ADMIN_IDS: nobody may answer';
  return null;
}

function crossChecked(settings: Settings): Settings {
  const refuse = (message: string): never => {
    throw new StartError(78, message);
  };
  const confirmFault = settings.ENTRY_CONFIRM === 'discord' ? entryConfirmFault(settings) : null;
  if (confirmFault !== null) refuse(`ENTRY_CONFIRM=discord ${confirmFault}`);
  if (settings.DISCORD_TOKEN !== '' && settings.DISCORD_GUILD_ID === '')
    refuse('DISCORD_TOKEN needs DISCORD_GUILD_ID: the one server that the bot works in');
  if (settings.RISK_CRITICAL_PCT > settings.RISK_HIGH_PCT) refuse('RISK_CRITICAL_PCT is above RISK_HIGH_PCT');
  if (settings.MARGIN_MIN_PCT > settings.MARGIN_MAX_PCT) refuse('MARGIN_MIN_PCT is above MARGIN_MAX_PCT');
  if (settings.LEVERAGE_MIN > settings.LEVERAGE_MAX) refuse('LEVERAGE_MIN is above LEVERAGE_MAX');
  const ratio = timeframeMs(settings.TREND_TF) / timeframeMs(settings.ENTRY_TF);
  if (ratio <= 1 || !Number.isInteger(ratio))
    refuse(`ENTRY_TF ${settings.ENTRY_TF} does not fold into TREND_TF ${settings.TREND_TF}`);
  if (settings.MODE === 'live' && settings.TRADING_ENABLED && settings.LIVE_CONFIRM === '') {
    refuse('MODE=live with TRADING_ENABLED=true needs LIVE_CONFIRM=I-ACCEPT-THE-RISK');
  }
  return settings;
}
