// Adapters, exchange-control: the pacer of a venue that runs at real speed. It waits for nobody and nobody waits for it.
import type { Pacer } from '../../ports/pacer.ts';

export const immediatePacer: Pacer = {
  decideWhen: 'nothing',
  attach: () => Promise.resolve(),
  settle: (_barOpenMs, settled) => settled(),
  acknowledge: () => undefined,
};
