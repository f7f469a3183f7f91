// Clocks that stand still until a test moves them, and a logger that remembers.
import { type EpochMs, epochMs } from '../../src/core/units.ts';
import type { MarketClock, WallClock } from '../../src/ports/clock.ts';
import type { Logger } from '../../src/ports/logger.ts';

export class FakeMarketClock implements MarketClock {
  ms: number;
  constructor(ms = 0) {
    this.ms = ms;
  }
  now(): EpochMs {
    return epochMs(this.ms);
  }
}

export class FakeWallClock implements WallClock {
  ms = 0;
  epoch(): EpochMs {
    return epochMs(this.ms);
  }
  now(): number {
    return this.ms;
  }
  every(): () => void {
    return () => undefined;
  }
  after(): () => void {
    return () => undefined;
  }
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export function rememberingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
