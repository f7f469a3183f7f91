// Adapters, log: the Logger port over pino. JSON lines for machines or one compact line for people, both through the
// redactor; stdout stays free for what commands print.
import { type Logger as PinoLogger, pino } from 'pino';
import type { Logger } from '../../ports/logger.ts';
import { redactor } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Whatever must never stand in a line, in any encoding. */
  readonly secrets: readonly string[];
  /** Takes one line with its newline; default: standard error. */
  readonly write?: (line: string) => void;
}

/** A storm of lines must not become the outage: above this many a second they are counted instead. */
const LINES_PER_SECOND = 200;

export function createLogger(options: LogOptions): Logger {
  const write = limited(options.write ?? ((line) => void process.stderr.write(line)));
  const redact = redactor(options.secrets);
  const shape = options.format === 'json' ? (line: string) => line : toText;
  const log: PinoLogger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => write(redact(shape(line))) },
  );
  return {
    debug: (fields, message) => log.debug(safe(fields), message),
    info: (fields, message) => log.info(safe(fields), message),
    warn: (fields, message) => log.warn(safe(fields), message),
    error: (fields, message) => log.error(safe(fields), message),
  };
}

/** Errors are told by name, message, code and cause; whatever hangs on them (a request with its headers) is not. */
function safe(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? describe(value) : value]),
  );
}

function describe(error: Error): string {
  const code = 'code' in error && error.code !== null && error.code !== undefined ? ` (${String(error.code)})` : '';
  const cause = error.cause instanceof Error ? ` ← ${describe(error.cause)}` : '';
  return `${error.name}: ${error.message}${code}${cause}`;
}

const LEVEL_WORDS: Readonly<Record<string, string>> = { debug: 'debug', info: 'info ', warn: 'WARN ', error: 'ERROR' };

/** 12:34:56.789 WARN  message  key=value key="two words" */
function toText(line: string): string {
  const { time, level, msg, ...fields } = Object.fromEntries(Object.entries(JSON.parse(line)));
  const clock = String(time).slice(11, 23);
  const pairs = Object.entries(fields).map(([name, value]) => `${name}=${plain(value)}`);
  return `${[clock, LEVEL_WORDS[String(level)] ?? String(level), String(msg), ...pairs].join(' ')}\n`;
}

function plain(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'undefined';
  // A line break or terminal escape in a foreign text must not forge a second line.
  return /^[\x21-\x7e\u00a0-\uffff]+$/.test(value) && !value.includes('"') ? value : JSON.stringify(value);
}

function limited(write: (line: string) => void): (line: string) => void {
  let second = 0;
  let lines = 0;
  return (line) => {
    const now = Math.floor(Date.now() / 1_000);
    if (now !== second) {
      if (lines > LINES_PER_SECOND) write(`… ${lines - LINES_PER_SECOND} more lines in one second were left out\n`);
      second = now;
      lines = 0;
    }
    lines += 1;
    if (lines <= LINES_PER_SECOND) write(line);
  };
}
