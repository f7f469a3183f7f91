// App, the terminal: the handover card. What rests on the exchange, what nobody looks after until the next start.
import type { Handover } from '../../../services/execution/views.ts';
import type { Text } from '../text/catalogue.ts';
import { instant, price } from './format.ts';

export function handoverLines(handover: Handover, text: Text): string[] {
  const lines = ['', text('handover.title')];
  if (handover.positions.length === 0) lines.push(`  ${text('handover.none')}`);
  for (const position of handover.positions) {
    const verified =
      position.stopVerifiedMs === null
        ? text('protection.pending')
        : `${text('protection.verified')} ${instant(position.stopVerifiedMs)}`;
    lines.push(
      `  ${text('handover.position', {
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
  lines.push(`  ${text('handover.unmanaged', { virtuals: handover.virtuals })}`, `  ${text('handover.resume')}`);
  return lines;
}
