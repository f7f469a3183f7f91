// Services, room 6: fees in other assets are worth what their contract is worth now; a trade waits for it before it is booked.
import { unpricedFeeAssets } from '../../src/book/lifecycle-settle.ts';
import type { Mark } from '../../src/core/market.ts';
import { type SymbolId, symbolId } from '../../src/core/units.ts';
import type { TradeDesk } from './trade-desk.ts';

const DECIMALS = 8;

export function priceFees(desk: TradeDesk, marks: ReadonlyMap<SymbolId, Mark>): void {
  for (const trade of desk.all()) {
    if (trade.state !== 'settling') continue;
    const prices = unpricedFeeAssets(trade).flatMap((asset): [string, string][] => {
      const mark = marks.get(symbolId(`${asset}USDT`));
      return mark === undefined ? [] : [[asset, mark.markPrice.toFixed(DECIMALS)]];
    });
    if (prices.length > 0) desk.hear(trade.plan.tradeId, { kind: 'feePrices', prices: Object.fromEntries(prices) });
  }
}
