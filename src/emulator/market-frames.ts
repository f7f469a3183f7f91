// Emulator, wire: market frames as text. Built by joining strings, because thousands leave every second.

import type { Contract, MarketBar } from './market/source.ts';
import type { KlineStream } from './stream-hub.ts';

/** A symbol's fixed pieces of text and precisions, made once. */
export class FrameShape {
  readonly symbol: string;
  readonly #pair: string;
  readonly #contractType: string;
  readonly #pricePlaces: number;
  readonly #quantityPlaces: number;
  readonly #quotePlaces: number;

  constructor(contract: Contract) {
    this.symbol = contract.symbol;
    this.#pair = contract.pair;
    this.#contractType = contract.contractType;
    this.#pricePlaces = contract.pricePrecision;
    this.#quantityPlaces = contract.quantityPrecision;
    this.#quotePlaces = Math.min(8, contract.pricePrecision + contract.quantityPrecision);
  }

  /** `stage` forming: x false; final: x true, once per candle. */
  kline(stream: KlineStream, bar: MarketBar, frame: { readonly stage: 'forming' | 'final'; readonly atMs: number }): string {
    const p = this.#pricePlaces;
    const q = this.#quantityPlaces;
    const ids = tradeIds(bar);
    const plain = stream.form === 'plain';
    const head = plain
      ? `{"e":"kline","E":${frame.atMs},"s":"${this.symbol}"`
      : `{"e":"continuous_kline","E":${frame.atMs},"ps":"${this.#pair}","ct":"${this.#contractType}"`;
    return (
      `${head},"k":{"t":${bar.openMs},"T":${stream.interval.next(bar.openMs) - 1},` +
      `${plain ? `"s":"${this.symbol}",` : ''}"i":"${stream.interval.name}","f":${ids.first},"L":${ids.last},` +
      `"o":"${bar.open.toFixed(p)}","c":"${bar.close.toFixed(p)}","h":"${bar.high.toFixed(p)}","l":"${bar.low.toFixed(p)}",` +
      `"v":"${bar.volume.toFixed(q)}","n":${bar.trades},"x":${frame.stage === 'final'},"q":"${bar.quoteVolume.toFixed(this.#quotePlaces)}",` +
      `"V":"${bar.takerBuyVolume.toFixed(q)}","Q":"${bar.takerBuyQuoteVolume.toFixed(this.#quotePlaces)}","B":"0"},"st":1}`
    );
  }

  mark(atMs: number, mark: { readonly price: number; readonly rate: number; readonly nextFundingMs: number }): string {
    const price = mark.price.toFixed(8);
    return (
      `{"e":"markPriceUpdate","E":${atMs},"s":"${this.symbol}","p":"${price}","ap":"${price}","i":"${price}","P":"${price}",` +
      `"r":"${mark.rate.toFixed(8)}","T":${mark.nextFundingMs},"st":1}`
    );
  }

  /** One row of GET klines. */
  row(bar: MarketBar, nextOpenMs: number): string {
    const p = this.#pricePlaces;
    const q = this.#quantityPlaces;
    return (
      `[${bar.openMs},"${bar.open.toFixed(p)}","${bar.high.toFixed(p)}","${bar.low.toFixed(p)}","${bar.close.toFixed(p)}",` +
      `"${bar.volume.toFixed(q)}",${nextOpenMs - 1},"${bar.quoteVolume.toFixed(this.#quotePlaces)}",${bar.trades},` +
      `"${bar.takerBuyVolume.toFixed(q)}","${bar.takerBuyQuoteVolume.toFixed(this.#quotePlaces)}","0"]`
    );
  }
}

/** Ids grow with time and never overlap between candles; -1 where nothing was traded, as on the venue. */
function tradeIds(bar: MarketBar): { readonly first: number; readonly last: number } {
  if (bar.trades <= 0) return { first: -1, last: -1 };
  const first = (bar.openMs / 60_000) * 1_000_000;
  return { first, last: first + bar.trades - 1 };
}

export const nextFundingMs = (contract: Contract, atMs: number): number => {
  const every = contract.fundingIntervalHours * 3_600_000;
  return atMs - (atMs % every) + every;
};
