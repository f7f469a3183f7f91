import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toInstrument } from '../../../src/adapters/binance/mapper.ts';
import { toOrderState } from '../../../src/adapters/binance/mapper-account.ts';
import { readMarketFrame } from '../../../src/adapters/binance/market-frames.ts';
import { readUserFrame } from '../../../src/adapters/binance/user-frames.ts';
import { contractSchema, exchangeInfoSchema } from '../../../src/adapters/binance/wire.ts';
import { orderSchema } from '../../../src/adapters/binance/wire-account.ts';
import { WireCounts } from '../../../src/adapters/binance/wire-counts.ts';
import type { MarketEvent } from '../../../src/core/market.ts';
import { sharedDir } from '../../support/shared-data.ts';

const folder = sharedDir('market-data');
const lines = (file: string): Record<string, unknown>[] =>
  gunzipSync(readFileSync(join(folder ?? '', file)))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.skipIf(folder === null)('recorded wire data', () => {
  it('reads all 67 candles of the frames recorded from the venue, and counts the rest as unknown', () => {
    const counts = new WireCounts();
    const events: MarketEvent[] = [];
    for (const { frame } of lines('ws/binance_futures_market_2021-07-22_recorded.jsonl.gz')) {
      const payload = typeof frame === 'object' && frame !== null && 'data' in frame ? frame.data : null;
      const event = readMarketFrame(payload, counts);
      if (event !== null) events.push(event);
    }
    // PROVENANCE.md: 764 depthUpdate, 613 bookTicker, 91 aggTrade, 67 kline_1m.
    expect(events.filter((event) => event.kind === 'bar').length).toBe(67);
    expect(counts.all()).toEqual({
      'unknown event depthUpdate': 764,
      'unknown event bookTicker': 613,
      'unknown event aggTrade': 91,
    });
    for (const event of events) if (event.kind === 'bar') expect(event.bar.openMs % 60_000).toBe(0);
  });

  it('reads every account event of the published samples', () => {
    const counts = new WireCounts();
    const kinds = new Map<string, number>();
    const account = new Set([
      'ORDER_TRADE_UPDATE',
      'ALGO_UPDATE',
      'ACCOUNT_UPDATE',
      'TRADE_LITE',
      'MARGIN_CALL',
      'ACCOUNT_CONFIG_UPDATE',
    ]);
    for (const { kind, event, body, source } of lines('ws/nautilus_binance_futures_fixtures.jsonl.gz')) {
      if (kind !== 'ws' || typeof event !== 'string' || !account.has(event)) continue;
      const reading = readUserFrame(body, counts);
      expect(reading, String(source)).not.toMatchObject({ kind: 'unreadable' });
      kinds.set(event, (kinds.get(event) ?? 0) + 1);
    }
    expect(Object.fromEntries(kinds)).toMatchObject({ ORDER_TRADE_UPDATE: 19, ALGO_UPDATE: 6, ACCOUNT_UPDATE: 2, TRADE_LITE: 2 });
  });

  it('reads the published order answers', () => {
    const bodies = lines('ws/nautilus_binance_futures_fixtures.jsonl.gz')
      .filter((row) => row['kind'] === 'rest' && String(row['source']).endsWith('order_response.json'))
      .map((row) => row['body']);
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies)
      expect(toOrderState(orderSchema.parse(body))).toMatchObject({ status: 'new', venueId: '12345678' });
  });

  it('makes an instrument of every perpetual of a real exchangeInfo', () => {
    const text = gunzipSync(readFileSync(join(folder ?? '', 'exchange/exchangeInfo_mainnet_2025-08-11.json.gz'))).toString(
      'utf8',
    );
    const info = exchangeInfoSchema.parse(JSON.parse(text));
    const instruments = info.symbols.map((row) => toInstrument(contractSchema.parse(row)));
    expect(instruments.length).toBeGreaterThan(400);
    expect(instruments.filter((each) => each === null)).toEqual([]);
  });
});
