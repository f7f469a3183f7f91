// Adapters, exchange-control: the pacer of a venue that runs at real speed. It waits for nobody and nobody waits for it.
import type { Pacer } from '../../ports/pacer.ts';
import type { ControlDoor } from './client.ts';

export const immediatePacer: Pacer = {
  decideWhen: 'nothing',
  attach: () => Promise.resolve(),
  settle: (_barOpenMs, settled) => settled(),
  acknowledge: () => undefined,
};

/** An embedded exchange at real speed still stands until its bot has come: it is told so, and then waits no more. */
export const realTimePacer = (door: Pick<ControlDoor, 'post'>): Pacer => ({
  ...immediatePacer,
  attach: async () => {
    await door.post('/clock', { attach: true });
  },
});
