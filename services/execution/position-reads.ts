// Services, room 6: a user stream that has fallen silent cannot be told from one with nothing to say (reliability.md F04). While a
// position of ours is open all positions are read every two seconds, in one cheap request beside the full reads.
import type { PositionState } from '../../src/core/orders.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { ExecutionPorts } from './ports.ts';
import type { TradeDesk } from './trade-desk.ts';

const READ_EVERY_MS = 2_000;

export interface PositionReadParts {
  readonly ports: Pick<ExecutionPorts, 'broker'>;
  readonly desk: TradeDesk;
  readonly dispatcher: Dispatcher;
}

export class PositionReads {
  readonly #parts: PositionReadParts;
  #readAt = Number.NEGATIVE_INFINITY;
  #state: 'idle' | 'reading' = 'idle';

  constructor(parts: PositionReadParts) {
    this.#parts = parts;
  }

  onTick(): void {
    const { desk, dispatcher, ports } = this.#parts;
    const asked = desk.now();
    if (this.#state === 'reading' || asked.wallMs - this.#readAt < READ_EVERY_MS) return;
    if (!desk.all().some(({ position }) => position.holding === 'open')) return;
    this.#state = 'reading';
    this.#readAt = asked.wallMs;
    dispatcher.send<readonly PositionState[] | null>({
      label: 'positions',
      call: () => ports.broker.openPositions(),
      apply: (list) => {
        this.#state = 'idle';
        if (list === null) return;
        const found = new Map(list.map((state) => [state.symbol, state]));
        for (const { plan, position } of desk.all()) {
          const state = found.get(plan.symbol);
          const result = state === undefined ? ({ kind: 'flat' } as const) : ({ kind: 'open', state } as const);
          if (position.holding === 'open') desk.hear(plan.tradeId, { kind: 'positionRead', result, asked });
        }
      },
      onFailure: () => null,
    });
  }
}
