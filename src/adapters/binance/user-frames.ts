// Adapters, binance: one user-stream event, parsed at the door.
import { z } from 'zod';
import type { AccountEvent } from '../../core/orders.ts';
import { epochMs, symbolId } from '../../core/units.ts';
import { accountEvents, conditionalEvents, orderEvents } from './mapper-account.ts';
import type { WireCounts } from './wire-counts.ts';
import { accountUpdateSchema, algoUpdateSchema, configUpdateSchema, orderUpdateSchema } from './wire-user.ts';

export type UserReading =
  | { readonly kind: 'events'; readonly events: readonly AccountEvent[] }
  | { readonly kind: 'expired' }
  | { readonly kind: 'marginCall'; readonly symbols: readonly string[] }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'unreadable'; readonly what: string };

const marginCallSchema = z.looseObject({ p: z.array(z.looseObject({ s: z.string() })).default([]) });

/** Known and of no use: the fill without its fee, the venue's own grids, and what ALGO_UPDATE replaced. */
const IGNORED: ReadonlySet<string> = new Set([
  'TRADE_LITE',
  'STRATEGY_UPDATE',
  'GRID_UPDATE',
  'CONDITIONAL_ORDER_TRIGGER_REJECT',
]);

export function readUserFrame(payload: unknown, counts: WireCounts): UserReading {
  const name = typeof payload === 'object' && payload !== null && 'e' in payload ? String(payload.e) : '';
  switch (name) {
    case 'ORDER_TRADE_UPDATE':
      return read(name, orderUpdateSchema.safeParse(payload), orderEvents);
    case 'ALGO_UPDATE':
      return read(name, algoUpdateSchema.safeParse(payload), conditionalEvents);
    case 'ACCOUNT_UPDATE':
      return read(name, accountUpdateSchema.safeParse(payload), accountEvents);
    case 'ACCOUNT_CONFIG_UPDATE':
      return read(name, configUpdateSchema.safeParse(payload), configEvents);
    case 'listenKeyExpired':
      return { kind: 'expired' };
    case 'MARGIN_CALL': {
      const parsed = marginCallSchema.safeParse(payload);
      return { kind: 'marginCall', symbols: parsed.success ? parsed.data.p.map((row) => row.s) : [] };
    }
    default:
      if (!IGNORED.has(name)) counts.add(`unknown event ${name}`);
      return { kind: 'ignored' };
  }
}

function read<Shape>(
  name: string,
  parsed: z.ZodSafeParseResult<Shape>,
  toEvents: (shape: Shape) => readonly AccountEvent[] | null,
): UserReading {
  if (!parsed.success) return { kind: 'unreadable', what: `${name} (${parsed.error.issues[0]?.path.join('.') ?? 'shape'})` };
  const events = toEvents(parsed.data);
  return events === null ? { kind: 'unreadable', what: `${name} (status)` } : { kind: 'events', events };
}

function configEvents(update: z.infer<typeof configUpdateSchema>): readonly AccountEvent[] {
  const { ac, E } = update;
  return ac === undefined ? [] : [{ kind: 'leverage', at: epochMs(E), symbol: symbolId(ac.s), leverage: ac.l }];
}
