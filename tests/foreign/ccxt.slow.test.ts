// Foreign clients: ccxt, REST and pro, on the embedded exchange; its unified answers against the market and the ledger.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ccxtFor, PACKAGE } from './ccxt-client.ts';
import { type CcxtMet, ccxtMarketTests, ccxtWatchTests } from './ccxt-market.ts';
import { ccxtTradingTests } from './ccxt-trading.ts';
import { ensureForeign, installedVersion, pinned } from './install.ts';
import { Tally } from './tally.ts';
import { openVenue } from './venue.ts';

const LEAST_COMPARISONS = 60;
// A client that waits for a socket waits for ever.
vi.setConfig({ testTimeout: 20_000 });

describe('ccxt on the embedded exchange', () => {
  let meeting: ReturnType<CcxtMet>;

  beforeAll(async () => {
    await ensureForeign();
    const venue = await openVenue();
    meeting = { venue, ...ccxtFor(venue), tally: new Tally() };
    await meeting.rest.loadMarkets();
    // Needed for plain ws:// addresses.
    await meeting.pro.loadHttpProxyAgent();
    await meeting.pro.loadMarkets();
  }, 300_000);

  afterAll(async () => {
    await meeting?.pro.close();
    await meeting?.venue.close();
  });

  const met: CcxtMet = () => meeting;
  it('is the pinned version', () => expect(installedVersion(PACKAGE)).toBe(pinned()[PACKAGE]));
  ccxtMarketTests(met);
  ccxtWatchTests(met);
  ccxtTradingTests(met);

  it(`compared at least ${LEAST_COMPARISONS} answers, and the exchange failed at none`, async () => {
    expect(meeting.tally.count).toBeGreaterThanOrEqual(LEAST_COMPARISONS);
    expect((await meeting.venue.state()).failures).toEqual({ count: 0, last: null });
  });
});
