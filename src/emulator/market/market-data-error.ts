// Emulator, the world behind the exchange: recorded or tabled data that cannot be used. The message names file, line and what was found.
export class MarketDataError extends Error {
  override readonly name = 'MarketDataError';
}
