// App, the terminal: the handover card. What rests on the exchange, what nobody looks after until the next start.
import type { Handover } from '../../../services/execution/views.ts';
import type { Text } from '../text/catalogue.ts';
import { instant, price } from './format.ts';

/** Where stops and targets rest: a paper account does nothing while nobody runs it. */
export type RestingPlace = 'exchange' | 'paper';

export function handoverLines(handover: Handover, text: Text, place: RestingPlace = 'exchange'): string[] {
  const paper = place === 'paper';
  const lines = ['', text('handover.title')];
  if (handover.positions.length === 0) lines.push(`  ${text('handover.none')}`);
  for (const position of handover.positions) {
    const verified =
      position.stopVerifiedMs === null
        ? text('protection.pending')
        : `${text('protection.verified')} ${instant(position.stopVerifiedMs)}`;
    lines.push(
      `  ${text(paper ? 'handover.positionPaper' : 'handover.position', {
        symbol: position.symbol,
        side: text(position.side === 'long' ? 'side.long' : 'side.short'),
        qty: position.qty,
        entry: price(position.entry),
        stop: position.stop === null ? '—' : price(position.stop),
        target: position.target === null ? '—' : price(position.target),
        verified,
      })}`,
    );
  }
  if (handover.unresolved.length > 0) lines.push(`  ${text('handover.unresolved', { symbols: handover.unresolved.join(', ') })}`);
  const unmanaged = text(paper ? 'handover.unmanagedPaper' : 'handover.unmanaged', { virtuals: handover.virtuals });
  lines.push(`  ${unmanaged}`, `  ${text('handover.resume')}`);
  return lines;
}
