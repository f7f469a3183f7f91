// Adapters, binance: how long to wait for whom. A paced venue holds its clock while we ask, so patience costs no market
// time there and a slow machine must not change what is decided.
export type Pacing = 'realTime' | 'paced';

export interface Pace {
  readonly pacing: Pacing;
  /** Entries only: small, because an unseen entry stays possible until it has passed. */
  readonly entryRecvWindowMs: number;
  readonly recvWindowMs: number;
  readonly orderDeadlineMs: number;
  readonly readDeadlineMs: number;
  readonly slowDeadlineMs: number;
}

export function paceOf(pacing: Pacing): Pace {
  if (pacing === 'realTime') {
    return {
      pacing,
      entryRecvWindowMs: 3_000,
      recvWindowMs: 5_000,
      orderDeadlineMs: 1_500,
      readDeadlineMs: 3_000,
      slowDeadlineMs: 10_000,
    };
  }
  // Our market time is the last event seen: between two mark arrays it may lag by several market seconds.
  return {
    pacing,
    entryRecvWindowMs: 3_000,
    recvWindowMs: 60_000,
    // Naked time is wall time at every speed: a stop whose answer was lost must be tried again well before T1.
    orderDeadlineMs: 2_500,
    readDeadlineMs: 4_000,
    slowDeadlineMs: 30_000,
  };
}
