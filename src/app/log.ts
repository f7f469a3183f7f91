// App: the logger of a process, with every secret of the settings known to its redactor.
import { createLogger, type LogLevel } from '../adapters/log/pino.ts';
import type { Logger } from '../ports/logger.ts';
import type { Settings } from './config.ts';

function loggerAt(settings: Settings, level: LogLevel): Logger {
  const secrets = [settings.BINANCE_API_KEY, settings.BINANCE_API_SECRET, settings.DISCORD_TOKEN].filter(
    (secret) => secret !== '',
  );
  return createLogger({ level, format: settings.LOG_JSON ? 'json' : 'text', secrets });
}

export const logger = (settings: Settings): Logger => loggerAt(settings, settings.LOG_LEVEL);

/** For commands whose product is the answer: a log at `info` would drown it. */
export const quietLogger = (settings: Settings): Logger =>
  loggerAt(settings, settings.LOG_LEVEL === 'info' ? 'warn' : settings.LOG_LEVEL);
