// Services, before the loop: while the market loads, positions of an earlier life are already looked after. What the account says,
// answers, heartbeats and a person's commands are dealt with as they come; candles wait for the loop, which begins when they are whole.
import type { LoopEvent } from '../src/core/events.ts';
import type { LoopRooms } from './trading-loop.ts';

export type BootRooms = Pick<LoopRooms, 'queue' | 'execution' | 'monitoring'>;

export class BootLoop {
  readonly #rooms: BootRooms;

  constructor(rooms: BootRooms) {
    this.#rooms = rooms;
  }

  /** Takes events until `work` is settled, whichever way; a failure of the work is the caller's. */
  async run(work: Promise<unknown>): Promise<void> {
    const over = work.then(
      () => 'over' as const,
      () => 'over' as const,
    );
    while ((await Promise.race([over, this.#rooms.queue.ready()])) === 'event') this.takeAll();
  }

  /** Takes events until no request of ours is out and no trade is between two states. */
  async settle(): Promise<void> {
    const { queue, execution } = this.#rooms;
    for (this.takeAll(); !execution.idle(); this.takeAll()) await queue.ready();
  }

  takeAll(): void {
    const { queue } = this.#rooms;
    for (let event = queue.take(); event !== undefined; event = queue.take()) this.#handle(event);
  }

  #handle(event: LoopEvent): void {
    const { execution, monitoring } = this.#rooms;
    switch (event.kind) {
      case 'account':
        if (event.event.kind === 'userStream') monitoring.onStream('user stream', event.event.state, event.event);
        execution.onAccount(event.event);
        return;
      case 'answer':
        event.apply();
        return;
      case 'tick':
        execution.onTick();
        return;
      case 'command':
        execution.onCommand(event.command, event.by);
        return;
      case 'market':
        // The prices that protection goes by do not wait for candles.
        if (event.event.kind === 'marks') execution.onMarks(event.event.marks);
        return;
      case 'settled':
        return;
    }
  }
}
