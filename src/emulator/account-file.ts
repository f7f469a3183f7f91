// Emulator, memory: which account this run has — the one on disk, or a new one — and the account's way back to disk.

import { sha256Base32, sha256Hex } from '../core/digest.ts';
import { hash32, hashText } from '../core/random.ts';
import { SimVenue } from '../sim/venue.ts';
import type { Credentials } from './auth.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import type { MarketSource } from './market/source.ts';
import type { NakedSpan } from './naked-watch.ts';
import type { ScriptedPath } from './price-script.ts';
import type { MarketIdentity, SavedExchange, StateStore } from './state-store.ts';
import type { ListenKeyState } from './user-stream.ts';

const TAKER_FEE_RATE = '0.0005';
const MAKER_FEE_RATE = '0.0002';

export interface OpenedAccount {
  readonly accountId: string;
  readonly generation: number;
  readonly credentials: Credentials;
  readonly market: MarketIdentity;
  readonly nowMs: number;
  readonly venue: SimVenue;
  readonly scripts: readonly ScriptedPath[];
  readonly listenKey: ListenKeyState | null;
  readonly naked: readonly NakedSpan[];
  /** Whether what has ended lies in the history file already; else the next write puts it there. */
  readonly history: 'kept' | 'owed';
}

export function openAccount(options: ExchangeOptions, store: StateStore | null): OpenedAccount {
  const generation = options.start === 'fresh' ? (store?.setAside() ?? 0) : 0;
  const saved = options.start === 'resume' ? (store?.load() ?? null) : null;
  return saved === null ? newAccount(options, generation) : resumed(options, saved);
}

/** Derived from seed and generation alone: equal runs on fresh folders have equal names, a fresh start has others. */
function newAccount(options: ExchangeOptions, generation: number): OpenedAccount {
  const market = identityOf(options.source, options.seed);
  const name = `perpscout-exchange|${JSON.stringify(market)}|${generation}`;
  const fromMs = options.fromMs ?? options.source.defaultFromMs;
  return {
    accountId: `sim${sha256Base32(`account|${name}`, 13)}`,
    generation,
    credentials: options.credentials ?? { apiKey: sha256Hex(`key|${name}`), apiSecret: sha256Hex(`secret|${name}`) },
    market,
    nowMs: fromMs,
    venue: new SimVenue({
      contracts: options.source.contracts,
      walletUsdt: options.balanceUsdt,
      takerFeeRate: TAKER_FEE_RATE,
      makerFeeRate: MAKER_FEE_RATE,
      accountSeed: hash32(options.seed, generation, hashText(name)),
    }),
    scripts: [],
    listenKey: null,
    naked: [],
    history: 'owed',
  };
}

function resumed(options: ExchangeOptions, saved: SavedExchange): OpenedAccount {
  const market = identityOf(options.source, options.seed);
  if (JSON.stringify(market) !== JSON.stringify(saved.market)) {
    throw new Error(
      `the account in the data folder lives in another market (${describe(saved.market)}; asked for ${describe(market)}): use the same options or --fresh`,
    );
  }
  return {
    accountId: saved.accountId,
    generation: saved.generation,
    credentials: options.credentials ?? { apiKey: saved.apiKey, apiSecret: saved.apiSecret },
    market,
    nowMs: saved.nowMs,
    venue: SimVenue.restore(saved.account, options.source.contracts),
    scripts: saved.scripts,
    listenKey: saved.listenKey,
    naked: saved.naked,
    history: saved.version === 2 ? 'kept' : 'owed',
  };
}

function identityOf(source: MarketSource, seed: number): MarketIdentity {
  const names = source.contracts.map((contract) => contract.symbol).join(' ');
  return {
    kind: source.kind,
    seed,
    symbols: source.contracts.length,
    firstSymbol: source.contracts[0]?.symbol ?? '',
    names: hashText(names),
  };
}

const describe = (market: MarketIdentity): string =>
  `${market.kind}, seed ${market.seed}, ${market.symbols} symbols from ${market.firstSymbol}`;
