// App, paper mode: a market whose prices are real and whose account is ours. The market's feed, clock and quotes pass through;
// orders meet the simulated venue, which is walked by every frame before the bot hears it.
import type { BinanceVenue } from '../../adapters/binance/binance.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { Instrument } from '../../core/market.ts';
import { hashText } from '../../core/random.ts';
import type { SymbolId } from '../../core/units.ts';
import { StartError } from '../../ports/errors.ts';
import type { MarketDataFeed } from '../../ports/feed.ts';
import type { Logger } from '../../ports/logger.ts';
import { ASSUMED_BRACKETS } from '../../sim/assumed-brackets.ts';
import { simContractOf } from '../../sim/contract-of.ts';
import type { SimContract } from '../../sim/types.ts';
import { SimVenue } from '../../sim/venue.ts';
import type { Settings } from '../config.ts';
import type { PaperAccountFile, PaperState } from './account-file.ts';
import { PaperBroker } from './paper-broker.ts';
import { PaperDesk } from './paper-desk.ts';

export interface PaperOptions {
  readonly market: BinanceVenue;
  /** Names the market in the account's file. */
  readonly marketName: string;
  readonly settings: Settings;
  readonly file: PaperAccountFile;
  /** Of an account that has to be begun. */
  readonly generation: number;
  readonly logger: Logger;
  /** Whether the market tells its leverage brackets: only to a key. */
  readonly brackets: 'asked' | 'assumed';
  /** Whether the market's marks are an index of their own, or nothing but its last prices; told by default. */
  readonly marks?: 'told' | 'derived';
}

export interface PaperVenue {
  readonly venue: BinanceVenue;
  readonly accountId: string;
  /** The account's last state goes to disk. */
  close(): void;
}

const BPS = 10_000;
const FEE_DECIMALS = 8;

/** Two accounts, or one begun anew, never share a trade id. */
const accountIdOf = (marketName: string, generation: number): string =>
  `paper-${sha256Hex(marketName).slice(0, 8)}-${generation}`;

export async function openPaperVenue(options: PaperOptions): Promise<PaperVenue> {
  const { market, settings, file, logger } = options;
  const contracts = await contractsOf(options);
  const kept = file.load();
  checkMarket(kept, options);
  const { generation } = kept ?? options;
  const accountId = accountIdOf(options.marketName, generation);
  const sim = kept === null ? begin(contracts, accountId, settings) : SimVenue.restore(kept.account, contracts);
  const saver = new Saver(sim, (nowMs) =>
    file.save({ version: 1, market: options.marketName, generation, nowMs, account: sim.snapshot() }),
  );
  const symbols = contracts.map(({ symbol }) => symbol);
  const desk: PaperDesk = new PaperDesk({
    venue: sim,
    feed: market.feed,
    clock: market.clock,
    logger,
    symbols,
    timeframe: settings.ENTRY_TF,
    marks: options.marks ?? 'told',
    onStep: () => broker.tell(),
    leftMs: kept?.nowMs ?? Number.POSITIVE_INFINITY,
  });
  const broker: PaperBroker = new PaperBroker({
    venue: sim,
    clock: market.clock,
    accountId,
    symbols,
    save: () => saver.changed(market.clock.now()),
    catchUp: () => desk.catchUp(),
  });
  saver.now(market.clock.now());
  return {
    venue: {
      ...market,
      feed: walked(market.feed, desk),
      broker,
      checkKey: async () => ({ kind: 'ok', canTrade: true, restrictions: null }),
    },
    accountId,
    close: () => saver.now(market.clock.now()),
  };
}

/** Writes where something changed; prices alone change nothing that a restart could not find out. */
class Saver {
  readonly #sim: SimVenue;
  readonly #write: (nowMs: number) => void;
  #revision = Number.NaN;

  constructor(sim: SimVenue, write: (nowMs: number) => void) {
    this.#sim = sim;
    this.#write = write;
  }

  changed(nowMs: number): void {
    if (this.#sim.revision !== this.#revision) this.now(nowMs);
  }

  now(nowMs: number): void {
    this.#write(nowMs);
    this.#revision = this.#sim.revision;
  }
}

async function contractsOf({ market, brackets }: PaperOptions): Promise<readonly SimContract[]> {
  const instruments = await market.feed.instruments();
  const told = brackets === 'asked' ? await market.broker.brackets() : new Map<SymbolId, never>();
  const known = (instrument: Instrument) => told.get(instrument.symbol) ?? ASSUMED_BRACKETS;
  return instruments.map((instrument) => simContractOf(instrument, known(instrument)));
}

/** Positions of one market mean nothing on the prices of another, nor on prices of the past. */
function checkMarket(kept: PaperState | null, { market, marketName }: PaperOptions): void {
  if (kept === null) return;
  const advice = 'use another DATA_DIR, or begin a new paper account with --fresh';
  if (kept.market !== marketName)
    throw new StartError(78, `the paper account of this DATA_DIR lives on ${kept.market}, not on ${marketName}; ${advice}`);
  const now = market.clock.now();
  if (now < kept.nowMs)
    throw new StartError(
      78,
      `the paper account was left at ${instant(kept.nowMs)}, but the market stands at ${instant(now)}; ${advice}`,
    );
}

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function begin(contracts: readonly SimContract[], accountId: string, settings: Settings): SimVenue {
  const fee = (settings.TAKER_FEE_BPS / BPS).toFixed(FEE_DECIMALS);
  return new SimVenue({
    contracts,
    walletUsdt: settings.PAPER_BALANCE.toFixed(2),
    takerFeeRate: fee,
    makerFeeRate: fee,
    accountSeed: hashText(accountId),
  });
}

const walked = (feed: MarketDataFeed, desk: PaperDesk): MarketDataFeed => ({
  instruments: () => feed.instruments(),
  tickers: () => feed.tickers(),
  history: (request) => feed.history(request),
  drain: () => feed.drain(),
  weightUsed: () => feed.weightUsed(),
  follow: (symbols, timeframe, sink, signal) =>
    feed.follow(
      symbols,
      timeframe,
      (event) => {
        desk.hear(event);
        sink(event);
      },
      signal,
    ),
});
