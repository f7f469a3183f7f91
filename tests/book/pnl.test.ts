// Exact results from fills; the sums were made by hand.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradeResult, unrealisedUsdt } from '../../src/book/pnl.ts';
import type { Fill } from '../../src/core/orders.ts';
import { decimalString, epochMs, symbolId } from '../../src/core/units.ts';

let next = 0;
const fill = (action: 'buy' | 'sell', price: string, qty: string, change: Partial<Fill> = {}): Fill => ({
  symbol: symbolId('ETHUSDT'),
  tradeNo: String(next++),
  clientId: '',
  venueOrderId: '1',
  action,
  price: decimalString(price),
  qty: decimalString(qty),
  fee: decimalString('0'),
  feeAsset: 'USDT',
  realizedPnl: decimalString('0'),
  at: epochMs(0),
  ...change,
});

describe('the result of a trade', () => {
  it('is the flow of money, less fees, plus funding', () => {
    const result = tradeResult({
      side: 'long',
      fills: [
        fill('buy', '100.1', '0.3', { fee: decimalString('0.015015') }),
        fill('buy', '100.3', '0.1', { fee: decimalString('0.005015') }),
        fill('sell', '101', '0.4', { fee: decimalString('0.0202') }),
      ],
      fundingUsdt: ['-0.004', '0.001'],
      riskPerUnitUsdt: '1',
    });
    // In: 30.03 + 10.03 = 40.06; out: 40.4; realised 0.34; fees 0.04023; funding −0.003; net 0.29677; risk 0.4.
    expect(result).toMatchObject({
      averageEntry: '100.15',
      averageExit: '101',
      realisedUsdt: '0.34',
      feesUsdt: '0.04023',
      fundingUsdt: '-0.003',
      netPnlUsdt: '0.29677',
      openQty: '0',
      entryQty: '0.4',
      exitQty: '0.4',
    });
    expect(result.netR).toBeCloseTo(0.741925, 12);
  });

  it('of a short gains when the price falls', () => {
    const fills = [fill('sell', '0.0000123', '1000000'), fill('buy', '0.0000121', '1000000')];
    expect(tradeResult({ side: 'short', fills, fundingUsdt: [], riskPerUnitUsdt: '0.0000002' })).toMatchObject({
      netPnlUsdt: '0.2',
      netR: 1,
    });
  });

  it('counts a fill that was told twice once', () => {
    const once = [fill('buy', '100', '1'), fill('sell', '99', '1')];
    expect(tradeResult({ side: 'long', fills: [...once, ...once], fundingUsdt: [], riskPerUnitUsdt: '1' }).netPnlUsdt).toBe('-1');
  });

  it('says what is still open and counts only the closed part', () => {
    const fills = [fill('buy', '100', '3'), fill('sell', '102', '1')];
    expect(tradeResult({ side: 'long', fills, fundingUsdt: [], riskPerUnitUsdt: '1' })).toMatchObject({
      openQty: '2',
      realisedUsdt: '2',
    });
  });

  it('prices fees in another asset, and names those it cannot price', () => {
    const fills = [fill('buy', '100', '1', { fee: decimalString('0.0001'), feeAsset: 'BNB' }), fill('sell', '101', '1')];
    const input = { side: 'long' as const, fills, fundingUsdt: [], riskPerUnitUsdt: '1' };
    expect(tradeResult({ ...input, feePricesUsdt: new Map([['BNB', '650.5']]) })).toMatchObject({
      feesUsdt: '0.06505',
      netPnlUsdt: '0.93495',
      unpricedFees: new Map(),
    });
    expect(tradeResult(input)).toMatchObject({ feesUsdt: '0', unpricedFees: new Map([['BNB', '0.0001']]) });
  });

  it('does not depend on the order of the fills and loses no digit', () => {
    const cents = fc.integer({ min: 1, max: 999_999 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cents, fc.integer({ min: 1, max: 9_999 })), { minLength: 1, maxLength: 12 }),
        cents,
        (buys, exit) => {
          const total = buys.reduce((all, [, qty]) => all + qty, 0);
          const text = (n: number, decimals: number) => (n / 10 ** decimals).toFixed(decimals);
          const fills = [
            ...buys.map(([price, qty]) => fill('buy', text(price, 2), text(qty, 3))),
            fill('sell', text(exit, 2), text(total, 3)),
          ];
          // In units of 10^-5 USDT everything is a whole number.
          const flow = BigInt(exit) * BigInt(total) - buys.reduce((all, [price, qty]) => all + BigInt(price) * BigInt(qty), 0n);
          const forwards = tradeResult({ side: 'long', fills, fundingUsdt: [], riskPerUnitUsdt: '1' });
          const backwards = tradeResult({ side: 'long', fills: fills.toReversed(), fundingUsdt: [], riskPerUnitUsdt: '1' });
          expect(BigInt(Math.round(Number(forwards.netPnlUsdt) * 1e5))).toBe(flow);
          expect(backwards).toEqual(forwards);
        },
      ),
    );
  });
});

describe('unrealised result', () => {
  it('takes the sign of the side', () => {
    expect(unrealisedUsdt('long', '0.5', '100', '98.5')).toBe('-0.75');
    expect(unrealisedUsdt('short', '0.5', '100', '98.5')).toBe('0.75');
  });
});
