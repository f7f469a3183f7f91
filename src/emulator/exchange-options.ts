// Emulator, the front: what a start of the exchange is told.
import type { MarketSource } from './market/source.ts';

export interface ExchangeOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly source: MarketSource;
  readonly seed: number;
  /** Ceiling of market time over wall time. */
  readonly speed: number;
  /** Where a new market begins; null = the source's default. A resumed one goes on where it stood. */
  readonly fromMs: number | null;
  readonly balanceUsdt: string;
  /** State lives in <dataDir>/exchange; null keeps nothing. */
  readonly dataDir: string | null;
  /** `fresh` sets an earlier account aside and begins with a new account id. */
  readonly start: 'resume' | 'fresh';
  /** Final kline frames late by U(0.05, 2.5) s as on the venue, or at the close itself. */
  readonly finals?: 'late' | 'onTime';
  /**
   * `running` (the default): time goes from the start. `whenAttached`: it stands until the first bot attaches, so that two
   * runs of bot and exchange begin at the same instant. `paused`: until somebody says so.
   */
  readonly begin?: 'running' | 'whenAttached' | 'paused';
  /** Absent: derived from the seed and kept with the state. */
  readonly credentials?: { readonly apiKey: string; readonly apiSecret: string };
  /** Told of each failure of our own while serving; the venue's answer for it is -1000. */
  readonly onFailure?: (error: unknown) => void;
}
